// <x-gantt>: the plan as a tree grid beside its bars. The server owns the schedule; this draws it and takes progress.
import { AWAY, Away, SignedOut } from "../net";
import { COLUMNS, type Column, columnOf } from "./columns";
import { Dragging } from "./dragging";
import { CellEditor } from "./editor";
import { ROW, type Look } from "./lanes";
import { Plan, isDone, type Sent, type Task } from "./model";
import { TaskPane } from "./pane";
import { FILTERS, type Filter, isNarrowed, rowsOf } from "./rows";
import { LEVELS, Scale, ZOOMS, levelOf } from "./scale";
import { chart, Refused } from "./server";
import { type Label, type Switches, Settings } from "./settings";
import { DAY, type Moment, dayOf } from "./time";
import { HEAD, View } from "./view";
const DONE_ABOVE = 3; // finished rows that stay in sight above the first one with work left
const BEFORE_DAYS = 10;
const AFTER_DAYS = 40;
const LEAST_GRID = 120;
const LEAST_CHART = 160;
const FIRST_SPLIT = 0.58;
const WIDE = matchMedia("(min-width: 700px)");

export class Gantt extends HTMLElement {
  plan = new Plan();
  settings!: Settings;
  view!: View;
  private editor!: CellEditor;
  private pane!: TaskPane;
  private dragging!: Dragging;
  private scale!: Scale;
  private rows: Task[] = [];
  private filter: Filter = "all";
  private text = "";
  private sort: { column: Column; down: boolean } | null = null;
  private active = { uid: 0, column: 0, head: false };
  private moved = new Set<number>();
  private readonly pending = new Set<number>();
  private baseline: number | null = null;
  private loading = false;
  private again = false;
  private begun = false;

  connectedCallback(): void {
    if (WIDE.matches) this.begin();
    else WIDE.addEventListener("change", () => this.begin(), { once: true });
  }

  // --- what others of this page ask ------------------------------------------------------------

  get canEdit(): boolean {
    return "progress" in this.dataset;
  }

  /** Whether this person may change the plan itself: dates, links, durations. */
  get canPlan(): boolean {
    return "changes" in this.dataset;
  }

  get monthFirst(): boolean {
    return "monthFirst" in this.dataset;
  }

  get selected(): Task | undefined {
    return this.plan.task(this.active.uid);
  }

  get timeScale(): Scale {
    return this.scale;
  }

  rowAt(index: number): Task | undefined {
    return this.rows[index];
  }

  columns(): Column[] {
    return this.settings.chosen();
  }

  say(text: string): void {
    const status = this.tool("status");
    if (status) status.textContent = text;
  }

  mark(uid: number, isPending: boolean): void {
    if (isPending) this.pending.add(uid);
    else this.pending.delete(uid);
    this.draw();
  }

  /** Fetch what has changed since what is shown; the rows that moved are tinted. Gives whether it came. */
  async refresh(tint = true): Promise<boolean> {
    if (this.loading) {
      this.again = true;
      return false;
    }
    this.loading = true;
    try {
      const sent = await chart(this.dataset["url"] ?? "", {
        ...(this.plan.complete && this.plan.baseline === this.baselineAsked() ? { since: this.plan.version } : {}),
        baseline: this.baseline,
      });
      this.take(sent, tint);
      return true;
    } catch (failure) {
      if (failure instanceof Away) this.say(AWAY);
      else if (failure instanceof Refused || failure instanceof SignedOut) this.say(failure.message);
      else throw failure;
      return false;
    } finally {
      this.loading = false;
      if (this.again) {
        this.again = false;
        void this.refresh(tint);
      }
    }
  }

  focusCell(): void {
    const index = this.view.index(this.active.uid) ?? 0;
    const task = this.rows[index];
    if (!task) return;
    this.active.uid = task.uid;
    this.active.head = false;
    this.view.pin(index);
    this.view.reveal(index);
    this.roving(true);
  }

  focusColumn(key: string): void {
    const at = this.columns().findIndex((column) => column.key === key);
    if (at >= 0) this.active.column = at;
    this.focusCell();
  }

  cellOf(uid: number, key: string): HTMLElement | undefined {
    const column = this.columns().findIndex((one) => one.key === key);
    return this.view.rowOf(uid)?.cell(column);
  }

  /** Go to a task, unfolding what hides it. */
  show(task: Task): void {
    if (!this.rows.includes(task)) {
      for (let up = task.parent; up; up = up.parent) this.settings.closed.delete(up.uid);
      this.settings.saveClosed();
      if (isNarrowed(this.shown())) this.narrow("all", "");
    }
    this.select(task, this.active.column);
    this.render();
    const index = this.view.index(task.uid);
    if (index !== undefined) this.view.reveal(index);
    if (task.start !== null) this.showMoment(task.start);
  }

  draw(): void {
    this.dragging.settle();
    this.view.show(this.rows, this.rowLook(), this.look);
    this.roving(false);
    this.dragging.place();
  }

  /** Bring a task's bar into sight and select it, the keyboard staying where it is. */
  showBar(task: Task): void {
    this.select(task, this.active.column);
    const index = this.view.index(task.uid);
    if (index !== undefined) this.view.reveal(index);
    if (task.start !== null) this.showMoment(task.start);
  }

  // --- beginning -------------------------------------------------------------------------------

  private begin(): void {
    if (this.begun) return;
    this.begun = true;
    const frame = this.tool("frame");
    if (!frame) return;
    this.settings = new Settings(this.dataset["person"] ?? "", this.dataset["project"] ?? "");
    this.view = new View(frame, "Tasks of the plan");
    this.editor = new CellEditor(this, frame);
    this.pane = new TaskPane(this);
    this.dragging = new Dragging(this, frame);
    const head = document.getElementById("plan-head")?.textContent;
    if (head) this.take(JSON.parse(head) as Sent, false);
    this.classList.add("is-ready");
    this.closest(".hw-main")?.classList.add("is-plan");
    this.listen(frame);
    this.controls();
    this.fit();
    const opened = this.showWork();
    performance.mark("headway:plan-first-rows");
    void this.refresh(false).then(() => {
      performance.mark("headway:plan-all-rows");
      const wanted = Number(new URLSearchParams(location.search).get("task"));
      const task = this.plan.tasks.find((one) => one.id === wanted);
      if (task) this.show(task);
      else if (!opened && this.view.scroller.scrollTop === 0) this.showWork();
    });
  }

  /** Bring the first row with work left, and the beginning of its bar, into sight; false where no row has any. */
  private showWork(): boolean {
    const { now, start, finish } = this.plan;
    const index = this.rows.findIndex((task) => !task.children.length && !isDone(task) && task.start !== null);
    const first = this.rows[index];
    this.goTo(first?.start ?? (now > finish || now < start ? start : now));
    if (!first) return false;
    this.active = { ...this.active, uid: first.uid };
    this.view.scroller.scrollTop = Math.max(0, (index - DONE_ABOVE) * ROW);
    this.draw();
    return true;
  }

  private listen(frame: HTMLElement): void {
    new ResizeObserver(() => this.fit()).observe(frame);
    addEventListener("resize", () => this.fit());
    document.addEventListener("headway:changed", (event) => {
      const { project } = (event as CustomEvent<{ project: string }>).detail;
      if (!project || project === this.dataset["project"]) void this.refresh();
    });
    const { grid, chart: lanes, split, head } = this.view;
    grid.addEventListener("keydown", (event) => this.onKey(event));
    grid.addEventListener("focusin", (event) => this.onFocus(event.target as HTMLElement));
    grid.addEventListener("click", (event) => this.onClick(event));
    grid.addEventListener("dblclick", (event) => this.onDoubleClick(event));
    lanes.addEventListener("click", (event) => this.onLaneClick(event));
    lanes.addEventListener("dblclick", () => this.openPane());
    lanes.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    split.addEventListener("pointerdown", (event) => this.dragSplit(event));
    split.addEventListener("keydown", (event) => this.onSplitKey(event));
    head.addEventListener("pointerdown", (event) => this.dragEdge(event));
    document.addEventListener("click", (event) => {
      const link = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-plan-task]") : null;
      const task = this.plan.tasks.find((one) => String(one.id) === link?.dataset["planTask"]);
      if (!task || !link) return;
      event.preventDefault();
      this.show(task);
      this.openPane();
    });
  }

  private tool(name: string): HTMLElement | null {
    return this.querySelector<HTMLElement>(`[data-gx="${name}"]`);
  }

  // --- what is shown ---------------------------------------------------------------------------

  private take(sent: Sent, tint: boolean): void {
    const before = tint ? new Map(this.plan.tasks.map((task) => [task.uid, `${task.start} ${task.finish}`])) : null;
    const changed = this.plan.take(sent);
    this.classList.toggle("is-complete", this.plan.complete);
    if (before && changed.size) {
      this.moved = new Set([...changed].filter((uid) => before.get(uid) !== place(this.plan.task(uid))));
    }
    this.rescale();
    this.render();
    this.listBaselines();
  }

  private shown(): { closed: Set<number>; filter: Filter; text: string; sort: { column: Column; down: boolean } | null } {
    return { closed: this.settings.closed, filter: this.filter, text: this.text, sort: this.sort };
  }

  render(): void {
    const { rows, found } = rowsOf(this.plan, this.shown(), this.dataset["me"] ?? "");
    this.rows = rows;
    if (!rows.some((task) => task.uid === this.active.uid)) this.active.uid = rows[0]?.uid ?? 0;
    this.view.drawColumns(this.columns(), (column) => this.settings.width(column), this.sort);
    this.draw();
    this.view.pin(this.view.index(this.active.uid) ?? -1);
    this.fitHeight();
    const count = this.tool("count");
    if (count) {
      const all = `${this.plan.count} row${this.plan.count === 1 ? "" : "s"}`;
      count.textContent = isNarrowed(this.shown()) ? `${found} of ${all}` : all;
    }
    const nothing = this.tool("nothing");
    if (nothing) nothing.hidden = rows.length > 0 || !this.plan.complete;
  }

  private rowLook(): Parameters<View["show"]>[1] {
    const shown = this.shown();
    const narrowed = isNarrowed(shown);
    return {
      plan: this.plan,
      columns: this.columns(),
      widths: this.columns().map((column) => this.settings.width(column)),
      writing: { monthFirst: this.monthFirst },
      closed: this.settings.closed,
      foldable: !narrowed,
      canEdit: this.canEdit,
      selected: this.active.uid,
      moved: this.moved,
      pending: this.pending,
      dimmed: (task) => narrowed && this.filter !== "all" && task.summary,
    };
  }

  get look(): Look {
    const task = this.selected;
    return {
      plan: this.plan,
      scale: this.scale,
      from: 0,
      to: this.scale.width,
      switches: this.settings.switches,
      label: this.settings.label,
      monthFirst: this.monthFirst,
      selected: this.active.uid,
      path: task && this.settings.switches.driving ? this.plan.drivingPath(task) : new Set<number>(),
      moved: this.moved,
      held: this.dragging.held,
      chosen: this.dragging.chosen,
    };
  }

  private rescale(): void {
    const first = (dayOf(Math.min(this.plan.start, this.plan.now)) - BEFORE_DAYS) * DAY;
    const last = (dayOf(Math.max(this.plan.finish, this.plan.now)) + AFTER_DAYS) * DAY;
    // A plan shorter than the window still fills it.
    const perDay = ZOOMS[this.settings.zoom] as number;
    const least = (this.view.chart.clientWidth / perDay) * DAY;
    this.scale = new Scale(first, Math.max(last, first + least), perDay);
  }

  private fit(): void {
    const room = this.view.scroller.clientWidth;
    if (!room) return;
    const wanted = this.settings.split ?? this.firstSplit(room * FIRST_SPLIT);
    const wide = this.columns().reduce((sum, column) => sum + this.settings.width(column), 0) + 1;
    const width = Math.max(LEAST_GRID, Math.min(wanted, wide, room - LEAST_CHART));
    this.view.grid.style.width = `${width}px`;
    this.view.split.setAttribute("aria-valuenow", String(Math.round((width / room) * 100)));
    this.fitHeight();
    this.rescale();
    this.draw();
  }

  /** As many whole columns as half of the room has place for. */
  private firstSplit(most: number): number {
    let width = 1;
    for (const column of this.columns()) {
      if (width + this.settings.width(column) > most) break;
      width += this.settings.width(column);
    }
    return width;
  }

  private fitHeight(): void {
    const { scroller } = this.view;
    const top = scroller.getBoundingClientRect().top + scrollY;
    const room = Math.max(360, innerHeight - Math.min(top, innerHeight * 0.45) - 24);
    const need = HEAD + this.rows.length * ROW + 18;
    scroller.style.height = `${Math.round(Math.min(room, Math.max(need, 180)))}px`;
    this.view.fill();
  }

  // --- moving about ----------------------------------------------------------------------------

  private select(task: Task, column: number): void {
    this.active = { uid: task.uid, column: Math.max(0, Math.min(column, this.columns().length - 1)), head: false };
  }

  private roving(focus: boolean): void {
    for (const cell of this.view.grid.querySelectorAll<HTMLElement>('[tabindex="0"]')) cell.tabIndex = -1;
    const cell = this.active.head
      ? this.view.headCell(this.active.column)
      : this.view.rowOf(this.active.uid)?.cell(this.active.column);
    if (!cell) return;
    cell.tabIndex = 0;
    if (!focus) return;
    cell.focus({ preventScroll: true });
    const { grid } = this.view;
    const left = cell.offsetLeft;
    if (left < grid.scrollLeft) grid.scrollLeft = left;
    else if (left + cell.offsetWidth > grid.scrollLeft + grid.clientWidth) grid.scrollLeft = left + cell.offsetWidth - grid.clientWidth;
  }

  private go(index: number, column: number): void {
    const last = this.columns().length - 1;
    if (index < 0) {
      this.active = { ...this.active, column: Math.max(0, Math.min(column, last)), head: true };
      this.roving(true);
      return;
    }
    const task = this.rows[Math.max(0, Math.min(index, this.rows.length - 1))];
    if (!task) return;
    const changed = task.uid !== this.active.uid;
    this.select(task, column);
    if (changed) this.draw();
    const at = this.view.index(task.uid) ?? 0;
    this.view.pin(at);
    this.view.reveal(at);
    this.roving(true);
    if (changed) this.pane.follow();
  }

  private onFocus(target: HTMLElement): void {
    const cell = target.closest<HTMLElement>("[role=gridcell], [role=rowheader]");
    const uid = Number(cell?.closest<HTMLElement>("[role=row]")?.dataset["uid"]);
    if (!cell || !uid || target !== cell) return;
    const column = Number(cell.getAttribute("aria-colindex")) - 1;
    if (uid === this.active.uid && column === this.active.column && !this.active.head) return;
    const task = this.plan.task(uid);
    if (!task) return;
    this.select(task, column);
    this.draw();
    this.view.pin(this.view.index(uid) ?? -1);
    this.roving(false);
    this.pane.follow();
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as HTMLElement;
    const head = target.closest<HTMLElement>("[data-column]");
    if (head && !target.closest("[data-edge]")) {
      this.sortBy(head.dataset["column"] ?? "");
      return;
    }
    if (!target.closest(".gx-fold")) return;
    const task = this.plan.task(Number(target.closest<HTMLElement>("[data-uid]")?.dataset["uid"]));
    if (task) this.fold(task);
  }

  private onDoubleClick(event: MouseEvent): void {
    const cell = (event.target as HTMLElement).closest<HTMLElement>(".gx-cell");
    if (!cell?.closest("[data-uid]")) return;
    if (cell.classList.contains("is-editable")) this.editor.open();
    else if (!(event.target as HTMLElement).closest(".gx-fold")) this.openPane();
  }

  private onLaneClick(event: MouseEvent): void {
    const box = this.view.chart.getBoundingClientRect();
    const index = Math.floor((event.clientY - box.top - HEAD + this.view.scroller.scrollTop) / ROW);
    if (event.clientY - box.top > HEAD && this.rows[index]) this.go(index, this.active.column);
  }

  private onKey(event: KeyboardEvent): void {
    if (this.editor.isOpen || event.isComposing) return;
    const task = this.selected;
    const index = this.active.head ? -1 : (this.view.index(this.active.uid) ?? 0);
    const columns = this.columns();
    const { column } = this.active;
    const key = event.key;
    const done = (): void => {
      event.preventDefault();
      event.stopPropagation();
    };
    if ((event.ctrlKey || event.metaKey) && !event.altKey) {
      if (key === "Home" || key === "End") this.go(key === "Home" ? 0 : this.rows.length - 1, column);
      else if (key.toLowerCase() === "z") void this.editor.undo(event.shiftKey);
      else if (key.toLowerCase() === "y") void this.editor.undo(true);
      else return;
      done();
      return;
    }
    if (this.active.head && this.onHeadKey(event, columns[column])) return done();
    const steps: Record<string, () => void> = {
      ArrowUp: () => this.go(index - 1, column),
      ArrowDown: () => this.go(index + 1, column),
      PageUp: () => this.go(Math.max(0, index - this.view.pageRows), column),
      PageDown: () => this.go(index + this.view.pageRows, column),
      Home: () => this.go(index, 0),
      End: () => this.go(index, columns.length - 1),
      ArrowLeft: () => this.left(task, index, column),
      ArrowRight: () => this.right(task, index, column),
      Escape: () => this.leave(),
      "+": () => this.zoom(1),
      "=": () => this.zoom(1),
      "-": () => this.zoom(-1),
    };
    if (event.altKey) return;
    if (key === "Tab") {
      const next = column + (event.shiftKey ? -1 : 1);
      if (next < 0 || next >= columns.length) return; // at the end of a row Tab leaves the grid
      this.go(index, next);
    } else if (steps[key]) {
      steps[key]();
    } else if (task && !this.active.head) {
      if (!this.onTaskKey(key, task, columns[column])) return;
    } else {
      return;
    }
    done();
  }

  private onTaskKey(key: string, task: Task, column: Column | undefined): boolean {
    const editable = column?.edit !== undefined && this.editor.may(task);
    if (key === "Enter" || key === "F2") {
      if (editable) this.editor.open();
      else if (key === "Enter") this.openPane();
      return true;
    }
    if (key.length !== 1 || key === " ") return false;
    if (editable && /[\d.,]/.test(key)) {
      this.editor.open(key);
      return true;
    }
    const quick: Record<string, number> = { d: 100, "0": 0, "1": 25, "2": 50, "3": 75, "4": 100 };
    const percent = quick[key.toLowerCase()];
    if (percent === undefined || !this.editor.may(task)) return false;
    void this.editor.setPercent(task, percent);
    return true;
  }

  private onHeadKey(event: KeyboardEvent, column: Column | undefined): boolean {
    if (!column) return false;
    if (event.key === "Enter" || event.key === " ") {
      this.sortBy(column.key);
      this.active.head = true;
      this.roving(true);
      return true;
    }
    if (event.altKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      this.settings.resize(column, this.settings.width(column) + (event.key === "ArrowRight" ? 16 : -16));
      this.render();
      this.fit();
      this.active.head = true;
      this.roving(true);
      return true;
    }
    return false;
  }

  private left(task: Task | undefined, index: number, column: number): void {
    const name = this.columns()[column]?.key === "name";
    if (name && !this.active.head && task?.children.length && !this.settings.closed.has(task.uid)) this.fold(task);
    else if (column > 0) this.go(index, column - 1);
    else if (task?.parent && !this.active.head) this.go(this.view.index(task.parent.uid) ?? index, column);
  }

  private right(task: Task | undefined, index: number, column: number): void {
    const name = this.columns()[column]?.key === "name";
    if (name && !this.active.head && task?.children.length && this.settings.closed.has(task.uid)) this.fold(task);
    else this.go(index, column + 1);
  }

  private leave(): void {
    const to = this.tool("text");
    to?.focus();
  }

  private openPane(): void {
    const task = this.selected;
    if (!task) return;
    if (task.start !== null) this.showMoment(task.start);
    void this.pane.open(task);
  }

  // --- folding, finding, sorting ---------------------------------------------------------------

  private fold(task: Task): void {
    const { closed } = this.settings;
    if (closed.has(task.uid)) closed.delete(task.uid);
    else closed.add(task.uid);
    this.settings.saveClosed();
    this.select(task, this.active.column);
    this.render();
    this.roving(this.view.grid.contains(document.activeElement));
  }

  private foldAll(folded: boolean): void {
    this.settings.closed = new Set(folded ? this.plan.tasks.filter((task) => task.children.length).map((task) => task.uid) : []);
    this.settings.saveClosed();
    this.render();
  }

  private narrow(filter: Filter, text: string): void {
    this.filter = filter;
    this.text = text;
    const choice = this.tool("filter") as HTMLSelectElement | null;
    const typed = this.tool("text") as HTMLInputElement | null;
    if (choice) choice.value = filter;
    if (typed && typed.value !== text) typed.value = text;
    this.view.scroller.scrollTop = 0;
    this.render();
  }

  private sortBy(key: string): void {
    const column = columnOf(key);
    if (!column) return;
    if (this.sort?.column !== column) this.sort = { column, down: false };
    else if (!this.sort.down) this.sort = { column, down: true };
    else this.sort = null;
    const at = this.columns().indexOf(column);
    this.active = { ...this.active, column: Math.max(0, at) };
    this.render();
    this.say(this.sort ? `Sorted by ${column.label}, ${this.sort.down ? "largest" : "smallest"} first.` : "In the order of the plan.");
  }

  // --- time line -------------------------------------------------------------------------------

  private zoom(step: number, around?: number): void {
    const to = Math.max(0, Math.min(ZOOMS.length - 1, this.settings.zoom + step));
    if (to === this.settings.zoom) return;
    const { chart: lanes } = this.view;
    const beside = around ?? lanes.clientWidth / 2;
    const at = this.scale.at(lanes.scrollLeft + beside);
    this.zoomTo(to);
    lanes.scrollLeft = this.scale.x(at) - beside;
  }

  private zoomTo(zoom: number): void {
    this.settings.zoom = zoom;
    this.settings.save();
    this.rescale();
    this.showLevel();
    this.draw();
  }

  private showLevel(): void {
    const select = this.tool("zoom") as HTMLSelectElement | null;
    if (select) select.selectedIndex = levelOf(this.settings.zoom);
  }

  private zoomToFit(): void {
    const room = this.view.chart.clientWidth - 40;
    const days = (this.plan.finish - this.plan.start) / DAY + BEFORE_DAYS / 2;
    let to = 0;
    ZOOMS.forEach((perDay, at) => {
      if (perDay * days <= room) to = at;
    });
    this.zoomTo(to);
    this.view.chart.scrollLeft = this.scale.x(this.plan.start) - 20;
  }

  goTo(at: Moment): void {
    this.view.chart.scrollLeft = this.scale.x(at) - this.view.chart.clientWidth / 3;
  }

  private showMoment(at: Moment): void {
    const { chart: lanes } = this.view;
    const x = this.scale.x(at);
    if (x < lanes.scrollLeft + 20 || x > lanes.scrollLeft + lanes.clientWidth - 80) this.goTo(at);
  }

  private onWheel(event: WheelEvent): void {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.zoom(event.deltaY < 0 ? 1 : -1, event.clientX - this.view.chart.getBoundingClientRect().left);
  }

  private dragSplit(event: PointerEvent): void {
    event.preventDefault();
    this.view.split.setPointerCapture(event.pointerId);
    const left = this.view.grid.getBoundingClientRect().left;
    const move = (to: PointerEvent): void => {
      this.settings.split = Math.round(to.clientX - left);
      this.fit();
    };
    this.view.split.addEventListener("pointermove", move);
    this.view.split.addEventListener(
      "pointerup",
      () => {
        this.view.split.removeEventListener("pointermove", move);
        this.settings.save();
      },
      { once: true },
    );
  }

  private onSplitKey(event: KeyboardEvent): void {
    const step = { ArrowLeft: -24, ArrowRight: 24 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.settings.split = this.view.grid.clientWidth + step;
    this.settings.save();
    this.fit();
  }

  private dragEdge(event: PointerEvent): void {
    const edge = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-edge]") : null;
    const column = columnOf(edge?.dataset["edge"] ?? "");
    if (!edge || !column) return;
    event.preventDefault();
    const from = event.clientX;
    const width = this.settings.width(column);
    const move = (to: PointerEvent): void => {
      this.settings.resize(column, width + to.clientX - from);
      this.view.grid.style.setProperty("--gx-cols", this.columns().map((one) => `${this.settings.width(one)}px`).join(" "));
    };
    document.addEventListener("pointermove", move);
    document.addEventListener(
      "pointerup",
      () => {
        document.removeEventListener("pointermove", move);
        this.render();
        this.fit();
      },
      { once: true },
    );
  }

  // --- the tools above -------------------------------------------------------------------------

  private controls(): void {
    const on = (name: string, act: () => void): void => this.tool(name)?.addEventListener("click", act);
    this.tool("text")?.addEventListener("input", (event) => this.narrow(this.filter, (event.target as HTMLInputElement).value));
    this.tool("filter")?.addEventListener("change", (event) => {
      const wanted = (event.target as HTMLSelectElement).value as Filter;
      this.narrow(FILTERS.includes(wanted) ? wanted : "all", this.text);
    });
    on("fold", () => this.foldAll(true));
    on("unfold", () => this.foldAll(false));
    on("today", () => this.goTo(this.plan.now));
    on("to-task", () => {
      const start = this.selected?.start;
      if (start !== null && start !== undefined) this.goTo(start);
    });
    on("in", () => this.zoom(1));
    on("out", () => this.zoom(-1));
    on("whole", () => this.zoomToFit());
    on("undo", () => void this.editor.undo(false));
    on("redo", () => void this.editor.undo(true));
    on("open", () => this.openPane());
    for (const button of this.querySelectorAll<HTMLElement>("[data-percent]")) {
      button.addEventListener("click", () => {
        const task = this.selected;
        if (task && this.editor.may(task)) void this.editor.setPercent(task, Number(button.dataset["percent"]));
        else this.say("Select a task that is no summary first; a summary's progress comes from its tasks.");
      });
    }
    this.listLevels();
    this.listSwitches();
    this.listColumns();
  }

  private listLevels(): void {
    const select = this.tool("zoom") as HTMLSelectElement | null;
    select?.replaceChildren(...LEVELS.map(({ name }) => new Option(name)));
    this.showLevel();
    select?.addEventListener("change", () => {
      const level = LEVELS[select.selectedIndex];
      if (level) this.zoom(level.zoom - this.settings.zoom);
    });
    const label = this.tool("label") as HTMLSelectElement | null;
    if (label) label.value = this.settings.label;
    label?.addEventListener("change", () => {
      this.settings.label = label.value as Label;
      this.settings.save();
      this.draw();
    });
  }

  private listSwitches(): void {
    for (const box of this.querySelectorAll<HTMLInputElement>("[data-switch]")) {
      const name = box.dataset["switch"] as keyof Switches;
      box.checked = this.settings.switches[name];
      box.addEventListener("change", () => {
        this.settings.switches[name] = box.checked;
        this.settings.save();
        this.draw();
      });
    }
    this.tool("baseline")?.addEventListener("change", (event) => {
      this.baseline = Number((event.target as HTMLSelectElement).value) || null;
      void this.refresh(false);
    });
  }

  private baselineAsked(): number | null {
    return this.baseline ?? this.plan.baselines.find(([, , current]) => current)?.[0] ?? null;
  }

  private listBaselines(): void {
    const select = this.tool("baseline") as HTMLSelectElement | null;
    if (!select) return;
    const options = this.plan.baselines.map(([id, name, current]) => {
      const option = document.createElement("option");
      option.value = String(id);
      option.textContent = current ? `${name} (measured against)` : name;
      option.selected = id === this.plan.baseline;
      return option;
    });
    select.replaceChildren(...options);
    select.disabled = options.length === 0;
  }

  private listColumns(): void {
    const list = this.tool("columns");
    list?.replaceChildren(
      ...COLUMNS.map((column) => {
        const label = document.createElement("label");
        label.className = "hw-check";
        const box = document.createElement("input");
        box.type = "checkbox";
        box.className = "form-check-input";
        box.checked = this.settings.columns.includes(column.key);
        box.disabled = column.key === "name";
        box.addEventListener("change", () => {
          this.settings.choose(column.key, box.checked);
          this.render();
          this.fit();
        });
        const words = document.createElement("span");
        words.textContent = column.label;
        label.append(box, words);
        return label;
      }),
    );
  }
}

function place(task: Task | undefined): string {
  return task ? `${task.start} ${task.finish}` : "";
}

