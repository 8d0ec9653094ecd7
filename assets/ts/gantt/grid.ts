// One row of the grid: its cells, kept and filled again for another task as one scrolls.
import { type Column, type Writing } from "./columns";
import { type Paint } from "./conditions";
import { type Refusal } from "./conflict";
import { type Rights, isBlank, mayType } from "./fields";
import { ROW } from "./lanes";
import { isGroup } from "./listing";
import { type Plan, type Task, isDone } from "./model";
import { type Area, isIn } from "./selection";

const INDENT = 16;
const DEEPEST = 12;

export interface RowLook {
  plan: Plan;
  columns: Column[];
  widths: number[];
  kept: number; // columns at the beginning that stay in sight when the others are scrolled sideways
  writing: Writing;
  closed: Set<number>;
  foldable: boolean;
  flat: boolean; // in groups, without the outline
  paint: ((task: Task) => Paint | null) | null;
  rights: Rights;
  selected: number | null;
  areas: Area[]; // selected blocks, where more than one cell is
  moved: Set<number>;
  was: Map<number, Task | undefined>;
  typed: (uid: number, field: string) => string | undefined;
  refused: (uid: number, field: string) => Refusal | undefined;
  proposed: boolean;
  dimmed: (task: Task) => boolean;
}

/** A cell with what stands in it, so that nothing is written twice: each write asks the browser for a new layout. */
interface Cell {
  element: HTMLElement;
  words: Text;
  look: string;
  text: string;
  long: string;
  chosen: boolean;
  editable: boolean | null;
  refused: boolean;
}

function levelOf(task: Task, look: RowLook): number {
  if (look.flat) return isGroup(task) ? 1 : 2;
  return Math.max(1, task.level);
}

/** A word in a pill, kept and filled again as the row is. */
class Tag {
  readonly element = document.createElement("span");
  private readonly words = document.createTextNode("");

  constructor() {
    this.element.append(this.words);
  }

  put(words: string, tint: string): void {
    const look = tint ? `gx-tag gx-tag-${tint}` : "gx-tag";
    if (this.element.className !== look) this.element.className = look;
    if (this.words.data !== words) this.words.data = words;
    if (this.element.hidden !== (words === "")) this.element.hidden = words === "";
  }
}

/** What rules say of a row, in words beside its name: colour never stands alone. */
class Tags {
  readonly element = document.createElement("span");
  private readonly first = new Tag();
  private readonly more = new Tag();
  private readonly told = document.createTextNode("");

  constructor() {
    this.element.className = "gx-tags";
    const told = document.createElement("span");
    told.className = "visually-hidden";
    told.append(this.told);
    this.element.append(this.first.element, this.more.element, told);
  }

  put(tags: { words: string; tint: string }[]): void {
    const [first, ...others] = tags;
    this.element.hidden = !first;
    if (!first) return;
    this.first.put(first.words, first.tint);
    this.more.put(others.length ? `+${others.length}` : "", "");
    this.told.data = others.map(({ words }) => `, ${words}`).join("");
    this.element.title = others.length ? tags.map(({ words }) => words).join(", ") : "";
  }
}

/** The arrow before a name by which its rows are folded. */
function foldMark(): HTMLElement {
  const mark = document.createElement("span");
  mark.className = "gx-fold";
  mark.setAttribute("aria-hidden", "true"); // the row says that it can be folded; the arrow keys do it
  return mark;
}

export class Row {
  readonly element = document.createElement("div");
  private cells: Cell[] = [];
  private shaped = "";
  private look = "";
  private written = new Map<string, string>();
  private across = 0;
  private kept = 0;
  // What only some rows have beside their name; made for the first that has it.
  private mark: HTMLElement | null = null;
  private tags: Tags | null = null;
  private tagged = "";

  constructor() {
    this.element.setAttribute("role", "row");
  }

  cell(column: number): HTMLElement | undefined {
    return this.cells[column]?.element;
  }

  /** The columns are scrolled sideways by this much: the first ones stay where they are seen. */
  slide(across: number): void {
    if (across === this.across) return;
    this.across = across;
    for (const cell of this.cells.slice(0, this.kept)) cell.element.style.transform = across ? `translateX(${across}px)` : "";
  }

  put(index: number, task: Task, look: RowLook): void {
    this.shape(look);
    if (look.kept !== this.kept) {
      this.slide(0);
      this.kept = look.kept;
    }
    const { element } = this;
    element.style.transform = `translateY(${index * ROW}px)`;
    this.write("data-uid", String(task.uid));
    this.write("aria-rowindex", String(index + 2));
    const paint = look.paint?.(task) ?? null;
    this.write("aria-level", String(levelOf(task, look)));
    this.write("aria-expanded", task.children.length ? String(!look.foldable || !look.closed.has(task.uid)) : "");
    this.write("aria-selected", String(look.selected === task.uid));
    const name = [
      "gx-row",
      task.summary ? "is-summary" : "",
      task.active ? "" : "is-inactive",
      look.selected === task.uid ? "is-selected" : "",
      look.moved.has(task.uid) ? "is-moved" : "",
      isBlank(task) ? "is-blank" : "",
      look.dimmed(task) ? "is-dimmed" : "",
      isGroup(task) ? "is-group" : "",
      paint?.row ? `gx-tint-${paint.row}` : "",
    ]
      .filter(Boolean)
      .join(" ");
    if (name !== this.look) element.className = this.look = name;
    look.columns.forEach((column, at) => this.fill(this.cells[at] as Cell, column, task, look, isIn(look.areas, index, at), at < look.kept));
    this.tag(task, paint);
  }

  private write(name: string, value: string): void {
    if (this.written.get(name) === value) return;
    this.written.set(name, value);
    if (value) this.element.setAttribute(name, value);
    else this.element.removeAttribute(name);
  }

  /** Cells by column, placed by hand: a grid or table layout of every row costs a frame its time. */
  private shape(look: RowLook): void {
    const shaped = look.columns.map((column, at) => `${column.key} ${look.widths[at]}`).join();
    if (shaped === this.shaped) return;
    this.shaped = shaped;
    this.across = 0;
    let left = 0;
    this.cells = look.columns.map((column, at) => {
      const element = document.createElement("div");
      element.setAttribute("role", column.key === "name" ? "rowheader" : "gridcell");
      element.setAttribute("aria-colindex", String(at + 1));
      element.tabIndex = -1;
      element.style.left = `${left}px`;
      element.style.width = `${look.widths[at]}px`;
      left += look.widths[at] ?? 0;
      const words = document.createTextNode("");
      const cell = { element, words, look: "", text: "", long: "", chosen: false, editable: null, refused: false };
      this.compose(cell, column.key === "name");
      return cell;
    });
    this.element.replaceChildren(...this.cells.map((cell) => cell.element));
  }

  /** Put the cell's words in it, a name with what stands beside it. */
  private compose({ element, words }: Cell, isName: boolean): void {
    if (!isName) return element.replaceChildren(words);
    const name = document.createElement("bdi");
    name.append(words);
    element.replaceChildren(...(this.mark ? [this.mark] : []), name, ...(this.tags ? [this.tags.element] : []));
  }

  private fill(cell: Cell, column: Column, task: Task, look: RowLook, chosen: boolean, isKept: boolean): void {
    const { element } = cell;
    if (element.classList.contains("is-editing")) return;
    const editable = mayType(column.edit, task, look.rights);
    const typed = column.edit && look.typed(task.uid, column.edit);
    const refusal = column.edit && typed === undefined ? look.refused(task.uid, column.edit) : undefined;
    const text = typed ?? refusal?.text ?? (isBlank(task) ? blankText(column) : column.text(task, look.plan, look.writing));
    const former = typed === undefined && !refusal ? formerText(column, task, look, text) : null;
    const tone = column.tone?.(task, look.plan);
    const name = [
      "gx-cell",
      isKept ? "is-kept" : "",
      column.end ? "is-end" : "",
      editable ? "is-editable" : "",
      chosen ? "is-chosen" : "",
      typed === undefined ? "" : look.proposed ? "is-proposed" : "is-pending",
      refusal ? "is-refused" : "",
      former === null ? "" : "is-changed",
      tone ? `is-${tone}` : "",
    ]
      .filter(Boolean)
      .join(" ");
    if (name !== cell.look) element.className = cell.look = name;
    if (chosen !== cell.chosen) element.setAttribute("aria-selected", String((cell.chosen = chosen)));
    if (editable !== cell.editable) element.setAttribute("aria-readonly", String(!editable));
    cell.editable = editable;
    const refused = refusal !== undefined;
    if (refused !== cell.refused) element.setAttribute("aria-invalid", String((cell.refused = refused)));
    if (text !== cell.text) cell.words.data = cell.text = text;
    if (column.key === "name") this.fillName(cell, task, look);
    this.tint(cell, column, task);
    const long = refusal ? `Not saved. ${refusal.why}` : former === null ? longText(column, task, look, text) : `Before: ${former || "nothing"}`;
    if (long !== cell.long) element.title = cell.long = long;
  }

  private tag(task: Task, paint: Paint | null): void {
    const tags: { words: string; tint: string }[] = isGroup(task) ? [{ words: task.words, tint: "" }] : (paint?.tags ?? []);
    const tagged = tags.map(({ words, tint }) => `${tint} ${words}`).join("\n");
    if (tagged === this.tagged) return;
    this.tagged = tagged;
    if (!this.tags) {
      this.tags = new Tags();
      this.element.querySelector("[role=rowheader]")?.append(this.tags.element);
    }
    this.tags.put(tags);
  }

  /** The colour of a chosen value, beside its word. */
  private tint(cell: Cell, column: Column, task: Task): void {
    if (!column.tint) return;
    const tint = column.tint(task) ?? "";
    if ((cell.element.dataset["tint"] ?? "") === tint) return;
    if (tint) cell.element.dataset["tint"] = tint;
    else delete cell.element.dataset["tint"];
  }

  private fillName(cell: Cell, task: Task, look: RowLook): void {
    const folds = task.children.length > 0;
    if (folds && !this.mark) cell.element.prepend((this.mark = foldMark()));
    if (this.mark && this.mark.hidden === folds) this.mark.hidden = !folds;
    const indent = `${8 + Math.min(levelOf(task, look) - 1, DEEPEST) * INDENT}px`;
    if (cell.element.style.paddingInlineStart !== indent) cell.element.style.paddingInlineStart = indent;
    const name = cell.words.parentElement as HTMLElement;
    const done = isDone(task) && !task.summary ? "is-done" : "";
    if (name.className !== done) name.className = done;
  }

  /** Forget what stands in a cell that was edited, so that it is written again. */
  renew(element: HTMLElement): void {
    const cell = this.cells.find((one) => one.element === element);
    if (!cell) return;
    Object.assign(cell, { look: "", text: "", long: "" });
    this.compose(cell, element.getAttribute("role") === "rowheader");
  }
}

function blankText(column: Column): string {
  return column.key === "name" ? "New task" : "";
}

/** What stood in the cell before the last change, where it was something else; null where not. */
function formerText(column: Column, task: Task, look: RowLook, text: string): string | null {
  if (column.key === "number" || column.key === "wbs") return null; // they follow from the order alone
  const was = look.was.get(task.uid);
  const former = was && column.text(was, look.plan, look.writing);
  return former === undefined || former === text ? null : former;
}

function longText(column: Column, task: Task, look: RowLook, text: string): string {
  return column.long?.(task, look.plan, look.writing) ?? (text.length * 7 > column.width - 16 ? text : "");
}
