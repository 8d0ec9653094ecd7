// One row of the grid: its cells, kept and filled again for another task as one scrolls.
import { type Column, type Writing } from "./columns";
import { type Paint } from "./conditions";
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
  proposed: boolean;
  dimmed: (task: Task) => boolean;
}

/** A cell with what stands in it, so that nothing is written twice: each write asks the browser for a new layout. */
interface Cell {
  element: HTMLElement;
  words: Text;
  content: Node[];
  look: string;
  text: string;
  long: string;
  chosen: boolean;
  editable: boolean | null;
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

export class Row {
  readonly element = document.createElement("div");
  private cells: Cell[] = [];
  private shaped = "";
  private look = "";
  private written = new Map<string, string>();
  private readonly tags = document.createElement("span");
  private readonly firstTag = new Tag();
  private readonly moreTags = new Tag();
  private readonly told = document.createTextNode("");
  private tagged = "";

  constructor() {
    this.element.setAttribute("role", "row");
    this.tags.className = "gx-tags";
    this.tags.hidden = true;
    const told = document.createElement("span");
    told.className = "visually-hidden";
    told.append(this.told);
    this.tags.append(this.firstTag.element, this.moreTags.element, told);
  }

  cell(column: number): HTMLElement | undefined {
    return this.cells[column]?.element;
  }

  put(index: number, task: Task, look: RowLook): void {
    this.shape(look);
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
    look.columns.forEach((column, at) => this.fill(this.cells[at] as Cell, column, task, look, isIn(look.areas, index, at)));
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
      if (column.key === "name") {
        const name = document.createElement("bdi");
        name.append(words);
        element.append(this.toggle(), name, this.tags);
      } else {
        element.append(words);
      }
      return { element, words, content: [...element.childNodes], look: "", text: "", long: "", chosen: false, editable: null };
    });
    this.element.replaceChildren(...this.cells.map((cell) => cell.element));
  }

  private toggle(): HTMLElement {
    const button = document.createElement("span");
    button.className = "gx-fold";
    button.setAttribute("aria-hidden", "true"); // the row says that it can be folded; the arrow keys do it
    return button;
  }

  private fill(cell: Cell, column: Column, task: Task, look: RowLook, chosen: boolean): void {
    const { element } = cell;
    if (element.classList.contains("is-editing")) return;
    const editable = mayType(column.edit, task, look.rights);
    const typed = column.edit && look.typed(task.uid, column.edit);
    const text = typed ?? (isBlank(task) ? blankText(column) : column.text(task, look.plan, look.writing));
    const former = typed === undefined ? formerText(column, task, look, text) : null;
    const name = [
      "gx-cell",
      column.end ? "is-end" : "",
      editable ? "is-editable" : "",
      chosen ? "is-chosen" : "",
      typed === undefined ? "" : look.proposed ? "is-proposed" : "is-pending",
      former === null ? "" : "is-changed",
      column.tone?.(task, look.plan) ? `is-${column.tone(task, look.plan)}` : "",
    ]
      .filter(Boolean)
      .join(" ");
    if (name !== cell.look) element.className = cell.look = name;
    if (chosen !== cell.chosen) element.setAttribute("aria-selected", String((cell.chosen = chosen)));
    if (editable !== cell.editable) element.setAttribute("aria-readonly", String(!editable));
    cell.editable = editable;
    if (text !== cell.text) cell.words.data = cell.text = text;
    if (column.key === "name") this.fillName(cell, task, look);
    this.tint(cell, column, task);
    const long = former === null ? longText(column, task, look, text) : `Before: ${former || "nothing"}`;
    if (long !== cell.long) element.title = cell.long = long;
  }

  /** What rules say of a row, in words beside its name: colour never stands alone. */
  private tag(task: Task, paint: Paint | null): void {
    const tags: { words: string; tint: string }[] = isGroup(task) ? [{ words: task.words, tint: "" }] : (paint?.tags ?? []);
    const tagged = tags.map(({ words, tint }) => `${tint} ${words}`).join("\n");
    if (tagged === this.tagged) return;
    this.tagged = tagged;
    this.tags.hidden = !tags.length;
    const [first, ...others] = tags;
    if (!first) return;
    this.firstTag.put(first.words, first.tint);
    this.moreTags.put(others.length ? `+${others.length}` : "", "");
    this.told.data = others.map(({ words }) => `, ${words}`).join("");
    this.tags.title = others.length ? tags.map(({ words }) => words).join(", ") : "";
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
    const [toggle, name] = [...cell.element.children] as [HTMLElement, HTMLElement];
    const folds = task.children.length > 0;
    if (toggle.hidden === folds) toggle.hidden = !folds;
    const indent = `${8 + Math.min(levelOf(task, look) - 1, DEEPEST) * INDENT}px`;
    if (cell.element.style.paddingInlineStart !== indent) cell.element.style.paddingInlineStart = indent;
    const done = isDone(task) && !task.summary ? "is-done" : "";
    if (name.className !== done) name.className = done;
  }

  /** Forget what stands in a cell that was edited, so that it is written again. */
  renew(element: HTMLElement): void {
    const cell = this.cells.find((one) => one.element === element);
    if (!cell) return;
    Object.assign(cell, { look: "", text: "", long: "" });
    element.replaceChildren(...cell.content);
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
