// <x-gantt>: the plan as a tree grid beside its bars. The server owns the schedule; this draws it and takes what is typed.
import { AWAY, Away, SignedOut } from "../net";
import { Acts } from "./acts";
import { ChangeList } from "./change_list";
import { Clipboard } from "./clipboard";
import { Choice } from "./choice";
import { type Column, columnOf, takeFields } from "./columns";
import { type Paint, painterOf } from "./conditions";
import { Conflict } from "./conflict";
import { Dragging } from "./dragging";
import { Effects } from "./effect";
import { Exporting } from "./exporting";
import { type Rights, blankRow, isTask, mayType } from "./fields";
import { Keyboard } from "./keyboard";
import { ROW, type Look } from "./lanes";
import { type Asked, type Group, isNarrowed, isReordered, listing } from "./listing";
import { Plan, isDone, type Sent, type Task } from "./model";
import { Looking } from "./looking";
import { NewRows } from "./new_rows";
import { Outbox } from "./outbox";
import { TaskPane } from "./pane";
import { PhoneList } from "./phone_list";
import { Pointing } from "./pointing";
import { Preview } from "./preview";
import { Room } from "./room";
import { RowMenu } from "./row_menu";
import { type Scale } from "./scale";
import { Selection } from "./selection";
import { chart, Refused } from "./server";
import { Settings } from "./settings";
import { listenForSizes } from "./sizing";
import { ChartSwitches } from "./switches";
import { TimeLine } from "./time_line";
import { Typing } from "./typing";
import { HEAD, View } from "./view";

const DONE_ABOVE = 3; // finished rows that stay in sight above the first one with work left
const WIDE = matchMedia("(min-width: 700px)");

export class Gantt extends HTMLElement {
  plan = new Plan();
  settings!: Settings;
  view!: View;
  readonly selection = new Selection();
  readonly choice = new Choice(this);
  readonly acts = new Acts(this);
  readonly outbox = new Outbox(this);
  readonly newRows = new NewRows(this);
  readonly clipboard = new Clipboard(this);
  readonly timeLine = new TimeLine(this);
  readonly room = new Room(this);
  private readonly switches = new ChartSwitches(this);
  typing!: Typing;
  effects!: Effects;
  conflict!: Conflict;
  preview!: Preview;
  private readonly looking = new Looking(this);
  private rowMenu!: RowMenu;
  private pane!: TaskPane;
  private dragging!: Dragging;
  private rows: Task[] = [];
  private groups = new Map<number, Group>();
  private found = 0; // rows that fit what is asked for
  private paint: ((task: Task) => Paint | null) | null = null;
  private moved = new Set<number>();
  private was = new Map<number, Task | undefined>(); // rows before the last change that came in
  private readonly blank = blankRow();
  private tabbedFrom: number | null = null;
  private loading = false;
  private again = false;
  private begun = false;

  connectedCallback(): void {
    if (WIDE.matches) return this.begin();
    WIDE.addEventListener("change", () => this.begin(), { once: true });
    const list = document.querySelector<HTMLElement>(".gx-list");
    if (list) new PhoneList(this, list).begin();
  }

  // --- what others of this page ask ------------------------------------------------------------

  get rights(): Rights {
    return { edit: "edit" in this.dataset, progress: "progress" in this.dataset };
  }

  get canType(): boolean {
    return this.rights.edit || this.rights.progress;
  }

  get changesAddress(): string {
    return this.dataset["changes"] ?? "";
  }

  /** Where the public API has another part of the plan: 'undo', 'bin' ... */
  planAddress(part: string): string {
    return this.changesAddress.replace(/changes$/, part);
  }

  get monthFirst(): boolean {
    return "monthFirst" in this.dataset;
  }

  get selected(): Task | undefined {
    return this.taskOf(this.selection.at.uid);
  }

  /** A task of the plan, a group of them, or the empty last row. */
  taskOf(uid: number): Task | undefined {
    return uid === this.blank.uid ? this.blank : (this.plan.task(uid) ?? this.groups.get(uid));
  }

  /** The rows as they are shown, from the top. */
  shownTasks(): Task[] {
    return this.rows;
  }

  get lastRow(): Task | undefined {
    return this.rows[this.rows.length - 1];
  }

  /** Whether the rows are shown otherwise than the plan has them. */
  get isReordered(): boolean {
    return isReordered(this.settings);
  }

  /** The number that a row is shown under: the one it was made with until the plan has come with its lasting one. */
  shownAs(uid: number): number {
    return [uid, this.outbox.real(uid), this.outbox.made(uid)].find((one) => this.plan.task(one)) ?? uid;
  }

  neighbour(task: Task | undefined, step = 1): Task | undefined {
    const index = task && this.view.index(task.uid);
    return index === undefined ? undefined : this.rows[index + step];
  }

  /** Names to suggest: the project's people and those who work in the plan already. */
  people(): string[] {
    const given = document.getElementById("plan-people")?.textContent;
    const names = [...(given ? (JSON.parse(given) as string[]) : []), ...[...this.plan.people.values()].map((person) => person.name)];
    return [...new Set(names)].sort((one, other) => one.localeCompare(other));
  }

  get timeScale(): Scale {
    return this.timeLine.scale;
  }

  rowAt(index: number): Task | undefined {
    return this.rows[index];
  }

  columns(): Column[] {
    return this.settings.chosen();
  }

  /** One sentence under the plan, in place of what was told there before. */
  say(text: string): void {
    const status = this.tool("status");
    if (status) status.textContent = text;
    this.effects.clear();
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
        ...(this.plan.complete && this.plan.baseline === this.switches.baselineAsked ? { since: this.plan.version } : {}),
        baseline: this.switches.baseline,
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
    const index = this.view.index(this.selection.at.uid) ?? 0;
    const task = this.rows[index];
    if (!task) return;
    if (task.uid !== this.selection.at.uid) this.selection.put(task.uid, this.selection.at.column);
    this.selection.head = false;
    this.view.pin(index);
    this.view.reveal(index);
    this.roving(true);
  }

  /** Select a task's cell of a field, and give it the keyboard; where the column is not shown, its name. */
  goField(uid: number, field: string, focus = true): void {
    this.selection.put(this.shownAs(uid), Math.max(0, this.columnAt(field)));
    this.draw();
    if (focus) this.focusCell();
  }

  private columnAt(field: string): number {
    const columns = this.columns();
    const at = columns.findIndex((column) => column.edit === field || column.key === field);
    return at < 0 ? columns.findIndex((column) => column.key === "name") : at;
  }

  cellOf(uid: number, field: string): HTMLElement | undefined {
    return this.view.rowOf(this.shownAs(uid))?.cell(this.columnAt(field));
  }

  reveal(uid: number): void {
    const index = this.view.index(this.shownAs(uid));
    if (index === undefined) return;
    this.view.pin(index);
    this.view.reveal(index);
  }

  /** A row made here has got its lasting number, and is in the plan as the server has it. */
  lasting(made: number, uid: number): void {
    if (!this.plan.task(uid)) return;
    this.plan.drop(made);
    this.view.rename(made, uid);
    this.selection.rename(made, uid);
  }

  // --- what is selected ------------------------------------------------------------------------

  /** Whether typing opens the cell that the keyboard is on. */
  get takesTyping(): boolean {
    const task = this.selected;
    const column = this.columns()[this.selection.at.column];
    return !this.selection.head && task !== undefined && mayType(column?.edit, task, this.rights);
  }

  /** The selection has changed by hand: show it, and give its cell the keyboard. */
  landed(focus = true): void {
    this.draw();
    this.roving(focus);
    this.pane.follow();
    this.tabbedFrom = null;
  }

  /** Go to a task, unfolding what hides it. */
  show(task: Task): void {
    if (!this.rows.includes(task)) {
      for (let up = task.parent; up; up = up.parent) this.settings.closed.delete(up.uid);
      for (const group of this.groups.values()) if (group.children.includes(task)) this.settings.closed.delete(group.uid);
      this.settings.saveClosed();
      this.render();
      if (!this.rows.includes(task)) this.ask({ quick: "", search: "", conditions: [], ...(task.summary ? { group: "" } : {}) });
    }
    this.select(task, this.selection.at.column);
    this.render();
    this.showBar(task);
  }

  draw(): void {
    this.dragging.settle();
    this.view.show(this.rows, this.rowLook(), this.look);
    this.roving(false);
    this.dragging.place();
  }

  /** Bring a task's bar into sight and select it, the keyboard staying where it is. */
  showBar(task: Task): void {
    this.select(task, this.selection.at.column);
    const index = this.view.index(task.uid);
    if (index !== undefined) this.view.reveal(index);
    this.timeLine.show(task);
  }

  // --- beginning -------------------------------------------------------------------------------

  private begin(): void {
    if (this.begun) return;
    this.begun = true;
    const frame = this.tool("frame");
    if (!frame) return;
    this.settings = new Settings(this.dataset["person"] ?? "", this.dataset["project"] ?? "");
    this.view = new View(frame, "Tasks of the plan");
    this.effects = new Effects(this, frame);
    this.conflict = new Conflict(this, frame);
    this.preview = new Preview(this, frame);
    this.typing = new Typing(this, frame);
    this.pane = new TaskPane(this);
    this.dragging = new Dragging(this, frame);
    const head = document.getElementById("plan-head")?.textContent;
    if (head) this.plan.take(JSON.parse(head) as Sent);
    takeFields(this.plan);
    this.classList.add("is-ready");
    this.closest(".hw-main")?.classList.add("is-plan");
    this.listen(frame);
    this.rowMenu = new RowMenu(this);
    new ChangeList(this);
    new Exporting(this);
    this.controls();
    const opened = this.drawFirst();
    performance.mark("headway:plan-first-rows");
    void this.refresh(false).then(() => {
      performance.mark("headway:plan-all-rows");
      const wanted = Number(new URLSearchParams(location.search).get("task"));
      const task = this.plan.tasks.find((one) => one.id === wanted);
      if (task) this.show(task);
      else if (!opened && this.view.scroller.scrollTop === 0 && this.goToWork()) this.draw();
      this.outbox.restore();
    });
  }

  /** The rows that the page came with, drawn once: their room is measured and scrolled to its place before. */
  private drawFirst(): boolean {
    this.list();
    if (!this.room.measure()) this.timeLine.rescale();
    this.view.hold(this.rows, this.rowLook(), this.look);
    const opened = this.goToWork();
    this.draw();
    this.tellCount();
    this.switches.listBaselines();
    return opened;
  }

  /** Bring the first row with work left, and the beginning of its bar, into sight; false where no row has any. */
  private goToWork(): boolean {
    const { now, start, finish } = this.plan;
    const index = this.rows.findIndex((task) => !task.children.length && !isDone(task) && task.start !== null);
    const first = this.rows[index];
    this.timeLine.goTo(first?.start ?? (now > finish || now < start ? start : now));
    if (!first) return false;
    this.selection.put(first.uid, this.columnAt("name"));
    this.view.scroller.scrollTop = Math.max(0, (index - DONE_ABOVE) * ROW);
    return true;
  }

  private listen(frame: HTMLElement): void {
    this.room.listen(frame);
    document.addEventListener("headway:changed", (event) => {
      const { project } = (event as CustomEvent<{ project: string }>).detail;
      if (!project || project === this.dataset["project"]) void this.refresh();
    });
    const { grid, chart: lanes } = this.view;
    new Pointing(this);
    new Keyboard(this);
    this.clipboard.listen(grid);
    listenForSizes(this);
    lanes.addEventListener("click", (event) => this.onLaneClick(event));
    lanes.addEventListener("dblclick", () => this.openPane());
    document.addEventListener("click", (event) => {
      const link = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-plan-task]") : null;
      const task = this.plan.tasks.find((one) => String(one.id) === link?.dataset["planTask"]);
      if (!task || !link) return;
      event.preventDefault();
      this.show(task);
      this.openPane();
    });
  }

  tool(name: string): HTMLElement | null {
    return this.querySelector<HTMLElement>(`[data-gx="${name}"]`);
  }

  // --- what is shown ---------------------------------------------------------------------------

  private take(sent: Sent, tint: boolean): void {
    const isNewer = this.plan.complete && sent.version !== this.plan.version;
    const before = this.plan.take(sent);
    if (isNewer) document.dispatchEvent(new CustomEvent("headway:saved"));
    if (takeFields(this.plan)) this.looking.renew();
    this.outbox.settle(this.plan.version);
    this.typing.lookAgain();
    this.conflict.lookAgain();
    this.classList.toggle("is-complete", this.plan.complete);
    if (tint && before.size) {
      this.was = before;
      this.moved = new Set([...before].filter(([uid, task]) => place(task) !== place(this.plan.task(uid))).map(([uid]) => uid));
    }
    this.timeLine.rescale();
    this.render();
    this.switches.listBaselines();
  }

  render(): void {
    this.list();
    this.draw();
    this.room.fitHeight();
    this.tellCount();
  }

  /** Which rows there are to show, how they are coloured, and the heads of their columns. */
  private list(): void {
    const { rows, found, groups } = listing(this.plan, this.settings, this.settings.closed, this.dataset["me"] ?? "");
    this.groups = groups;
    this.found = found;
    this.paint = painterOf(this.settings.rules, this.plan, this.monthFirst);
    this.rows = this.rights.edit && this.plan.complete && !this.isReordered ? [...rows, this.blank] : rows;
    if (!this.rows.some((task) => task.uid === this.selection.at.uid)) this.selection.put(rows[0]?.uid ?? 0, this.selection.at.column);
    this.view.drawColumns(this.columns(), (column) => this.settings.width(column), this.settings.sort);
  }

  private tellCount(): void {
    const count = this.tool("count");
    if (count) {
      const all = `${this.plan.count} row${this.plan.count === 1 ? "" : "s"}`;
      count.textContent = isNarrowed(this.settings) ? `${this.found} of ${all}` : all;
    }
    const nothing = this.tool("nothing");
    if (nothing) nothing.hidden = this.rows.some((task) => task !== this.blank) || !this.plan.complete || this.plan.count === 0;
  }

  private rowLook(): Parameters<View["show"]>[1] {
    const narrowed = isNarrowed(this.settings);
    const isGrouped = this.groups.size > 0;
    return {
      plan: this.plan,
      columns: this.columns(),
      widths: this.columns().map((column) => this.settings.width(column)),
      kept: this.room.keptColumns(),
      writing: { monthFirst: this.monthFirst },
      closed: this.settings.closed,
      foldable: !narrowed || isGrouped,
      flat: isGrouped,
      paint: this.paint,
      rights: this.rights,
      selected: this.selection.at.uid,
      areas: this.selection.isOne ? [] : this.choice.areas(),
      moved: this.moved,
      was: this.was,
      typed: (uid, field) => this.preview.textOf(uid, field) ?? this.outbox.textOf(uid, field),
      refused: (uid, field) => this.conflict.refusalOf(uid, field),
      proposed: this.preview.isOpen,
      dimmed: (task) => narrowed && !isGrouped && this.settings.quick !== "" && task.summary,
    };
  }

  get look(): Look {
    const task = this.selected;
    return {
      plan: this.plan,
      scale: this.timeScale,
      from: 0,
      to: this.timeScale.width,
      switches: this.settings.switches,
      label: this.settings.label,
      monthFirst: this.monthFirst,
      selected: this.selection.at.uid,
      path: task && this.settings.switches.driving ? this.plan.drivingPath(task) : new Set<number>(),
      moved: this.moved,
      paint: this.paint,
      held: this.dragging.held,
      chosen: this.dragging.chosen,
      was: this.was,
    };
  }

  /** Share the room out anew and draw. */
  fit(): void {
    if (this.room.measure()) this.draw();
  }

  // --- moving about ----------------------------------------------------------------------------

  select(task: Task, column: number): void {
    this.selection.put(task.uid, Math.max(0, Math.min(column, this.columns().length - 1)));
  }

  private roving(focus: boolean): void {
    for (const cell of this.view.grid.querySelectorAll<HTMLElement>('[tabindex="0"]')) cell.tabIndex = -1;
    const { at, head } = this.selection;
    const cell = head ? this.view.headCell(at.column) : this.view.rowOf(at.uid)?.cell(at.column);
    if (!cell) return;
    cell.tabIndex = 0;
    if (!focus) return;
    cell.focus({ preventScroll: true });
    const { grid } = this.view;
    if (at.column < this.room.keptColumns()) return;
    const left = cell.offsetLeft;
    const { covered } = this.room;
    if (left - covered < grid.scrollLeft) grid.scrollLeft = left - covered;
    else if (left + cell.offsetWidth > grid.scrollLeft + grid.clientWidth) grid.scrollLeft = left + cell.offsetWidth - grid.clientWidth;
  }

  /** Go to a cell by numbers, or with `more` select up to it; above the first row stand the headings. */
  go(index: number, column: number, more = false): void {
    const last = this.columns().length - 1;
    const wanted = Math.max(0, Math.min(column, last));
    if (index < 0 && !more) {
      this.selection.onHead(wanted);
      this.roving(true);
      return;
    }
    const at = Math.max(0, Math.min(index, this.rows.length - 1));
    const task = this.rows[at];
    if (!task) return;
    if (more) this.selection.extend(task.uid, wanted);
    else this.selection.put(task.uid, wanted);
    this.view.reveal(at);
    this.landed();
  }

  /** Whether a row is being typed from cell to cell, so that Enter goes to the column where that began. */
  get typesAlong(): boolean {
    return this.tabbedFrom !== null;
  }

  /** Go on from a cell that was typed: after Tabs, Enter goes to the column where they began. */
  moveBy(rows: number, columns: number): void {
    const { at } = this.selection;
    const from = this.tabbedFrom;
    const column = rows && from !== null ? from : at.column + columns;
    this.go(Math.max(0, (this.view.index(at.uid) ?? 0) + rows), column);
    if (columns > 0) this.tabbedFrom = from ?? at.column;
  }

  private onLaneClick(event: MouseEvent): void {
    const box = this.view.chart.getBoundingClientRect();
    const index = Math.floor((event.clientY - box.top - HEAD + this.view.scroller.scrollTop) / ROW);
    if (event.clientY - box.top > HEAD && this.rows[index]) this.go(index, this.selection.at.column);
  }

  /** Make the column that the keyboard is on wider by so many pixels, or narrower. */
  widen(column: Column, by: number): void {
    this.settings.resize(column, this.settings.width(column) + by);
    this.render();
    this.fit();
  }

  /** The keyboard stays on the heading, which was drawn anew. */
  backToHead(): void {
    this.selection.head = true;
    this.roving(true);
  }

  leave(): void {
    const to = this.tool("text");
    to?.focus();
  }

  openPane(): boolean {
    const task = this.selected;
    if (!task?.id) return false;
    this.timeLine.show(task);
    void this.pane.open(task);
    return true;
  }

  /** The form that pauses the work of the selected task. */
  openPause(): void {
    const task = this.selected;
    if (task && isTask(task)) this.dragging.openPause(task);
    else this.say("Select a task first.");
  }

  // --- folding, finding, sorting ---------------------------------------------------------------

  fold(task: Task): void {
    const { closed } = this.settings;
    if (closed.has(task.uid)) closed.delete(task.uid);
    else closed.add(task.uid);
    this.settings.saveClosed();
    this.select(task, this.selection.at.column);
    this.render();
    this.roving(this.view.grid.contains(document.activeElement));
  }

  private foldAll(folded: boolean): void {
    const folds = this.groups.size ? [...this.groups.keys()] : this.plan.tasks.filter((task) => task.children.length).map((task) => task.uid);
    this.settings.closed = new Set(folded ? folds : []);
    this.settings.saveClosed();
    this.render();
  }

  /** Look at the plan another way: what is given changes, the rest stays. */
  ask(changes: Partial<Asked>): void {
    Object.assign(this.settings, changes);
    this.view.scroller.scrollTop = 0;
    this.settings.save();
    this.render();
  }

  /** The choice of columns or colours has changed. */
  looked(): void {
    this.settings.save();
    this.render();
    this.fit();
  }

  /** Order the rows by a column: up, down, as the plan has them; `more` keeps the columns that they are ordered by already. */
  sortBy(key: string, more = false): void {
    const column = columnOf(key);
    if (!column) return;
    const known = this.settings.sort.find((one) => one.column === key);
    const others = more ? this.settings.sort.filter((one) => one.column !== key) : [];
    const sort = known?.down ? others : [...others, { column: key, down: known !== undefined }];
    const at = this.columns().indexOf(column);
    this.selection.put(this.selection.at.uid, Math.max(0, at));
    this.ask({ sort });
    const names = sort.map((one) => `${columnOf(one.column)?.label ?? ""}, ${one.down ? "largest" : "smallest"} first`);
    this.say(names.length ? `Sorted by ${names.join("; then ")}.` : "In the order of the plan.");
  }

  // --- the tools above -------------------------------------------------------------------------

  private controls(): void {
    const on = (name: string, act: () => void): void => this.tool(name)?.addEventListener("click", act);
    on("fold", () => this.foldAll(true));
    on("unfold", () => this.foldAll(false));
    on("undo", () => this.outbox.undo(false));
    on("redo", () => this.outbox.undo(true));
    on("open", () => this.openPane());
    for (const button of this.querySelectorAll<HTMLElement>(".gx-group > [data-act]")) {
      button.addEventListener("click", () => this.rowMenu.run(button.dataset["act"] ?? ""));
    }
    this.timeLine.listen();
    this.switches.listen();
    this.looking.begin();
  }
}

function place(task: Task | undefined): string {
  return task ? `${task.start} ${task.finish}` : "";
}

