// The drawing surface: head, rows and bars, all virtual; only what is in sight is in the document.
import { type Column } from "./columns";
import { Row, type RowLook } from "./grid";
import { Lane, ROW, shade, type Look } from "./lanes";
import { drawLink, drawLinks, type LinkLook } from "./links";
import { type SortKey } from "./listing";
import { type Task } from "./model";
import { type Tick } from "./scale";
import { dayText } from "./time";

export const HEAD = 50;
const FOOT = 18; // room for the scroll bars at the foot
const OVER = 1; // rows drawn above and below what is in sight; nothing comes into sight before `draw` has moved it there
const BESIDE = 300; // pixels drawn left and right of what is in sight
const SVG = "http://www.w3.org/2000/svg";

function make(name: string, parent: Element, role = ""): HTMLElement {
  const element = document.createElement("div");
  element.className = name;
  if (role) element.setAttribute("role", role);
  parent.append(element);
  return element;
}

function path(parent: SVGElement, name: string): SVGPathElement {
  const element = document.createElementNS(SVG, "path");
  element.setAttribute("class", name);
  parent.append(element);
  return element;
}

export class View {
  readonly scroller: HTMLElement;
  readonly grid: HTMLElement;
  readonly head: HTMLElement;
  readonly chart: HTMLElement;
  readonly split: HTMLElement;
  private readonly space: HTMLElement;
  private readonly stage: HTMLElement;
  private readonly rowsWindow: HTMLElement;
  private readonly rowsHost: HTMLElement;
  private readonly canvas: HTMLElement;
  private readonly lanesWindow: HTMLElement;
  private readonly lanesHost: HTMLElement;
  private readonly ticks: HTMLElement;
  private readonly lines: HTMLElement;
  private readonly shadePath: SVGPathElement;
  private readonly ruler: SVGPathElement;
  private readonly linkPaths: Record<LinkLook | "chosen", { lines: SVGPathElement; heads: SVGPathElement }>;
  private readonly views = new Map<number, { row: Row; lane: Lane; index: number }>();
  private readonly spare: { row: Row; lane: Lane }[] = [];
  private rows: Task[] = [];
  private indexOf = new Map<number, number>();
  private rowLook!: RowLook;
  private look!: Look;
  private drawn = { first: -1, last: -1, from: 0, to: 0 };
  private room = 0;
  private across = 0;
  private sideways = 0; // how far the columns are scrolled
  private pinned = -1;
  private stale = true;

  constructor(host: HTMLElement, name: string) {
    this.scroller = make("gx-scroll", host);
    this.space = make("gx-space", this.scroller);
    this.stage = make("gx-stage", this.space);
    this.grid = make("gx-grid", this.stage, "treegrid");
    this.grid.setAttribute("aria-label", name);
    this.head = make("gx-head", make("gx-heads", this.grid, "rowgroup"), "row");
    this.head.setAttribute("aria-rowindex", "1");
    this.rowsWindow = make("gx-window", this.grid, "presentation");
    this.rowsHost = make("gx-rows", this.rowsWindow, "rowgroup");
    this.split = make("gx-split", this.stage, "separator");
    this.split.tabIndex = 0;
    this.split.setAttribute("aria-orientation", "vertical");
    this.split.setAttribute("aria-label", "Width of the columns");
    this.chart = make("gx-chart", this.stage);
    this.chart.setAttribute("aria-hidden", "true"); // the grid says all of it in words
    this.canvas = make("gx-canvas", this.chart);
    const backing = document.createElementNS(SVG, "svg");
    backing.setAttribute("class", "gx-backing");
    this.ruler = path(backing, "gx-ruler");
    this.lines = document.createElement("div");
    const body = make("gx-window", this.canvas);
    body.append(backing);
    this.lanesWindow = make("gx-lanes-window", body);
    this.lanesHost = make("gx-lanes", this.lanesWindow);
    const under = document.createElementNS(SVG, "svg");
    under.setAttribute("class", "gx-links");
    this.shadePath = path(under, "gx-shade");
    this.lanesHost.append(under);
    const over = document.createElementNS(SVG, "svg");
    over.setAttribute("class", "gx-links");
    const pair = (look: string): { lines: SVGPathElement; heads: SVGPathElement } => ({
      lines: path(over, `gx-link${look}`),
      heads: path(over, `gx-head-of-link${look}`),
    });
    this.linkPaths = { plain: pair(""), critical: pair(" is-critical"), driving: pair(" is-driving"), chosen: pair(" is-chosen") };
    this.lanesHost.append(over);
    this.lines.className = "gx-lines";
    body.append(this.lines);
    this.ticks = make("gx-ticks", this.canvas);
    this.scroller.addEventListener("scroll", () => this.draw(), { passive: true });
    this.grid.addEventListener("scroll", () => this.slide(), { passive: true });
    this.chart.addEventListener("scroll", () => this.draw(), { passive: true });
  }

  /** Other rows, other columns, another scale: everything in sight is made anew. */
  show(rows: Task[], rowLook: RowLook, look: Look): void {
    this.hold(rows, rowLook, look);
    this.draw();
  }

  /** Take what is to be drawn next and make room for it, so that one can scroll to its place before. */
  hold(rows: Task[], rowLook: RowLook, look: Look): void {
    if (rows !== this.rows || rows.length !== this.indexOf.size) this.number(rows, look.plan.tasks);
    this.rowLook = rowLook;
    this.look = { ...look };
    this.pinned = (rowLook.selected === null ? undefined : this.indexOf.get(rowLook.selected)) ?? -1;
    this.grid.setAttribute("aria-rowcount", String(rows.length + 1));
    this.grid.setAttribute("aria-colcount", String(rowLook.columns.length));
    this.space.style.height = `${HEAD + rows.length * ROW + FOOT}px`;
    this.rowsHost.style.height = this.lanesHost.style.height = `${rows.length * ROW + FOOT}px`;
    this.canvas.style.width = `${look.scale.width}px`;
    this.slideHead();
    this.stale = true;
  }

  private number(rows: Task[], all: Task[]): void {
    this.rows = rows;
    for (const task of all) task.row = -1;
    rows.forEach((task, index) => (task.row = index));
    this.indexOf = new Map(rows.map((task, index) => [task.uid, index]));
  }

  /** Keep this row in the document though it is out of sight, as the selected one is: the keyboard is on it. */
  pin(index: number): void {
    if (index === this.pinned) return;
    this.pinned = index;
    this.stale = true;
    this.draw();
  }

  /** Where the bars are drawn; it scrolls with them. */
  get surface(): HTMLElement {
    return this.lanesHost;
  }

  /** The numbers of the rows that are drawn. */
  get inSight(): { first: number; last: number } {
    return this.drawn;
  }

  /** A row goes on under another number, with what is open in it. */
  rename(from: number, to: number): void {
    const view = this.views.get(from);
    if (!view || this.views.has(to)) return;
    this.views.delete(from);
    this.views.set(to, view);
  }

  rowOf(uid: number): Row | undefined {
    return this.views.get(uid)?.row;
  }

  index(uid: number): number | undefined {
    return this.indexOf.get(uid);
  }

  get height(): number {
    return Math.max(ROW, this.room - HEAD);
  }

  /** Fill the scroller's height, which nothing but this may ask the browser for while one scrolls. */
  fill(): void {
    this.room = this.scroller.clientHeight;
    this.across = this.chart.clientWidth;
    this.stage.style.height = `${this.room}px`;
    this.stale = true;
  }

  /** The first columns stay where they are seen while the others are scrolled past them. */
  private slide(): void {
    const across = this.grid.scrollLeft;
    if (across === this.sideways) return;
    this.sideways = across;
    this.grid.classList.toggle("is-across", across > 0);
    for (const { row } of this.views.values()) row.slide(across);
    this.slideHead();
  }

  private slideHead(): void {
    [...this.head.children].forEach((cell, at) => {
      const isKept = at < this.rowLook.kept;
      cell.classList.toggle("is-kept", isKept);
      (cell as HTMLElement).style.transform = isKept && this.sideways ? `translateX(${this.sideways}px)` : "";
    });
  }

  get pageRows(): number {
    return Math.max(1, Math.floor(this.height / ROW) - 1);
  }

  reveal(index: number): void {
    const top = index * ROW;
    const room = this.height - FOOT;
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
    else if (top + ROW > this.scroller.scrollTop + room) this.scroller.scrollTop = top + ROW - room;
  }

  draw(): void {
    if (!this.look) return;
    const top = this.scroller.scrollTop;
    const first = Math.max(0, Math.floor(top / ROW) - OVER);
    const last = Math.min(this.rows.length - 1, Math.ceil((top + this.height) / ROW) + OVER);
    const left = this.chart.scrollLeft;
    const width = this.across;
    // Scrolled and not transformed: a change of the hosts' style would have every row in sight styled anew.
    this.rowsWindow.scrollTop = top;
    this.lanesWindow.scrollTop = top;
    const sideways = this.stale || left < this.drawn.from || left + width > this.drawn.to;
    if (sideways) {
      this.drawn.from = Math.max(0, left - BESIDE);
      this.drawn.to = left + width + BESIDE;
      this.look.from = this.drawn.from;
      this.look.to = this.drawn.to;
      this.drawHead();
    }
    if (sideways || first !== this.drawn.first || last !== this.drawn.last) {
      this.drawn.first = first;
      this.drawn.last = last;
      this.drawRows(first, last, sideways);
      this.drawLinks(first, last);
    }
    this.stale = false;
  }

  private drawRows(first: number, last: number, all: boolean): void {
    for (const [uid, view] of this.views) {
      const index = this.indexOf.get(uid);
      if (index !== undefined && ((index >= first && index <= last) || index === this.pinned)) continue;
      this.views.delete(uid);
      this.spare.push(view);
    }
    const wanted = this.pinned >= 0 && this.pinned < this.rows.length && (this.pinned < first || this.pinned > last) ? [this.pinned] : [];
    for (let index = first; index <= last; index += 1) wanted.push(index);
    for (const index of wanted) {
      const task = this.rows[index] as Task;
      const known = this.views.get(task.uid);
      const moved = known?.index !== index;
      if (!moved && !all) continue;
      const view = known ?? this.fresh(task.uid);
      view.index = index;
      if (moved || this.stale) view.row.put(index, task, this.rowLook);
      view.row.slide(this.sideways);
      view.lane.put(index, task, this.look);
    }
    for (const view of this.spare) {
      view.row.element.hidden = true;
      view.lane.element.hidden = true;
    }
  }

  private fresh(uid: number): { row: Row; lane: Lane; index: number } {
    const held = this.spare.pop();
    const view = held ? { ...held, index: -1 } : { row: new Row(), lane: new Lane(), index: -1 };
    view.row.element.hidden = false;
    view.lane.element.hidden = false;
    if (!held) {
      this.rowsHost.append(view.row.element);
      this.lanesHost.append(view.lane.element);
    }
    this.views.set(uid, view);
    return view;
  }

  private drawLinks(first: number, last: number): void {
    const { look } = this;
    const seen = this.rows.slice(first, last + 1).map((task, at) => ({ task, index: first + at }));
    this.shadePath.setAttribute("d", look.switches.shade ? shade(look, seen, look.from, look.to) : "");
    const found = look.switches.links ? drawLinks(look, look.plan.links, first, last) : null;
    for (const kind of ["plain", "critical", "driving"] as const) {
      this.linkPaths[kind].lines.setAttribute("d", found?.[kind].lines ?? "");
      this.linkPaths[kind].heads.setAttribute("d", found?.[kind].heads ?? "");
    }
    const chosen = look.chosen && drawLink(look, look.chosen);
    this.linkPaths.chosen.lines.setAttribute("d", chosen?.lines ?? "");
    this.linkPaths.chosen.heads.setAttribute("d", chosen?.heads ?? "");
  }

  private drawHead(): void {
    const { scale, plan, switches } = this.look;
    const { monthFirst } = this.rowLook.writing;
    const { above, below } = scale.ticks(this.drawn.from, this.drawn.to, monthFirst);
    const tick = (one: Tick, name: string): HTMLElement => {
      const element = document.createElement("span");
      element.className = name;
      element.style.left = `${one.left}px`;
      element.style.width = `${one.width}px`;
      return element;
    };
    const month = (one: Tick): HTMLElement => {
      const element = tick(one, "gx-tick gx-tick-above");
      const words = document.createElement("span"); // stays in sight as long as its stretch does
      words.textContent = one.text;
      element.append(words);
      return element;
    };
    const day = (one: Tick): HTMLElement => {
      const element = tick(one, "gx-tick gx-tick-below");
      element.textContent = one.text;
      return element;
    };
    this.ruler.setAttribute("d", below.map((one) => `M${Math.round(one.left) + 0.5} 0V4000`).join(""));
    const days: { at: number; name: string; text: string }[] = [];
    if (switches.status && plan.status !== null) days.push({ at: plan.status, name: "status", text: "Status date" });
    if (switches.today) days.push({ at: plan.now, name: "today", text: "Today" });
    days.sort((one, other) => one.at - other.at);
    const placed = (name: string, at: number): HTMLElement => {
      const element = document.createElement("div");
      element.className = name;
      element.style.left = `${scale.x(at)}px`;
      return element;
    };
    // The flags stand in the head, where they cover no bar; of two the earlier one to the left of its line.
    const flags = days.map(({ at, name, text }, place) => {
      const flag = placed(`gx-flag gx-flag-${name}${place === 0 && days.length > 1 ? " is-left" : ""}`, at);
      const words = document.createElement("span");
      words.textContent = text;
      words.title = `${text} ${dayText(at, plan.now, monthFirst)}`;
      flag.append(words);
      return flag;
    });
    this.ticks.replaceChildren(...above.map(month), ...below.map(day), ...flags);
    this.lines.replaceChildren(...days.map(({ at, name }) => placed(`gx-line gx-line-${name}`, at)));
  }

  drawColumns(columns: Column[], widthOf: (column: Column) => number, sort: SortKey[]): void {
    this.grid.style.setProperty("--gx-cols", columns.map((column) => `${widthOf(column)}px`).join(" "));
    this.grid.style.setProperty("--gx-wide", `${columns.reduce((sum, column) => sum + widthOf(column), 0)}px`);
    this.head.replaceChildren(
      ...columns.map((column, at) => {
        const cell = document.createElement("div");
        cell.setAttribute("role", "columnheader");
        cell.setAttribute("aria-colindex", String(at + 1));
        cell.className = `gx-cell gx-head-cell${column.end ? " is-end" : ""}`;
        cell.tabIndex = -1;
        cell.dataset["column"] = column.key;
        const words = document.createElement("span");
        words.textContent = column.label;
        cell.append(words);
        const place = sort.findIndex((one) => one.column === column.key);
        const key = sort[place];
        cell.setAttribute("aria-sort", key ? (key.down ? "descending" : "ascending") : "none");
        if (key && sort.length > 1) cell.dataset["place"] = String(place + 1);
        const edge = document.createElement("span");
        edge.className = "gx-edge";
        edge.dataset["edge"] = column.key;
        cell.append(edge);
        return cell;
      }),
    );
  }

  headCell(column: number): HTMLElement | undefined {
    return this.head.children[column] as HTMLElement | undefined;
  }
}
