// One row of the grid: its cells, kept and filled again for another task as one scrolls.
import { type Column, type Writing } from "./columns";
import { ROW } from "./lanes";
import { type Plan, type Task, isDone } from "./model";

const INDENT = 16;
const DEEPEST = 12;

export interface RowLook {
  plan: Plan;
  columns: Column[];
  writing: Writing;
  closed: Set<number>;
  foldable: boolean;
  canEdit: boolean;
  selected: number | null;
  moved: Set<number>;
  pending: Set<number>;
  dimmed: (task: Task) => boolean;
}

export class Row {
  readonly element = document.createElement("div");
  private cells: HTMLElement[] = [];
  private keys = "";
  uid = 0;

  constructor() {
    this.element.setAttribute("role", "row");
    this.element.className = "gx-row";
  }

  cell(column: number): HTMLElement | undefined {
    return this.cells[column];
  }

  put(index: number, task: Task, look: RowLook): void {
    this.uid = task.uid;
    this.shape(look.columns);
    const { element } = this;
    element.style.transform = `translateY(${index * ROW}px)`;
    element.dataset["uid"] = String(task.uid);
    element.setAttribute("aria-rowindex", String(index + 2));
    element.setAttribute("aria-level", String(Math.max(1, task.level)));
    const folds = task.children.length > 0;
    if (folds) element.setAttribute("aria-expanded", String(!look.foldable || !look.closed.has(task.uid)));
    else element.removeAttribute("aria-expanded");
    element.setAttribute("aria-selected", String(look.selected === task.uid));
    element.className = [
      "gx-row",
      task.summary ? "is-summary" : "",
      task.active ? "" : "is-inactive",
      look.selected === task.uid ? "is-selected" : "",
      look.moved.has(task.uid) ? "is-moved" : "",
      look.pending.has(task.uid) ? "is-pending" : "",
      look.dimmed(task) ? "is-dimmed" : "",
    ].join(" ");
    look.columns.forEach((column, at) => this.fill(this.cells[at] as HTMLElement, column, task, look));
  }

  private shape(columns: Column[]): void {
    const keys = columns.map((column) => column.key).join();
    if (keys === this.keys) return;
    this.keys = keys;
    this.cells = columns.map((column, at) => {
      const cell = document.createElement("div");
      cell.setAttribute("role", column.key === "name" ? "rowheader" : "gridcell");
      cell.setAttribute("aria-colindex", String(at + 1));
      cell.tabIndex = -1;
      if (column.key === "name") cell.append(this.toggle(), document.createElement("bdi"));
      return cell;
    });
    this.element.replaceChildren(...this.cells);
  }

  private toggle(): HTMLElement {
    const button = document.createElement("span");
    button.className = "gx-fold";
    button.setAttribute("aria-hidden", "true"); // the row says that it can be folded; the arrow keys do it
    return button;
  }

  private fill(cell: HTMLElement, column: Column, task: Task, look: RowLook): void {
    if (cell.classList.contains("is-editing")) return;
    const editable = column.edit !== undefined && look.canEdit && !task.summary && task.active;
    const tone = column.tone?.(task, look.plan) ?? "";
    cell.className = `gx-cell${column.end ? " is-end" : ""}${editable ? " is-editable" : ""}${tone ? ` is-${tone}` : ""}`;
    cell.setAttribute("aria-readonly", String(!editable));
    const text = column.text(task, look.plan, look.writing);
    if (column.key === "name") {
      const [toggle, name] = [...cell.children] as [HTMLElement, HTMLElement];
      toggle.hidden = task.children.length === 0;
      cell.style.paddingInlineStart = `${8 + Math.min(task.level - 1, DEEPEST) * INDENT}px`;
      if (name.textContent !== text) name.textContent = text;
      name.className = isDone(task) && !task.summary ? "is-done" : "";
      cell.title = text;
      return;
    }
    if (cell.textContent !== text) cell.textContent = text;
    const long = column.long?.(task, look.plan, look.writing) ?? (text.length * 8 > column.width ? text : "");
    if (cell.title !== long) cell.title = long;
  }
}
