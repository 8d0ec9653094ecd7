// The field in a cell: opened by typing or F2, saved by leaving it, given back by Escape.
import { type Column } from "./columns";
import { type Gantt } from "./element";
import { DATES, fieldText, isBlank, mayType } from "./fields";
import { type Task } from "./model";
import { Suggestions } from "./suggest";

type Step = [rows: number, columns: number];

interface Open {
  task: Task;
  column: Column;
  cell: HTMLElement;
  field: HTMLInputElement;
  before: string;
  seen: number;
  replacing: boolean;
  suggestions: Suggestions;
}

export class Typing {
  private now: Open | null = null;

  constructor(
    private readonly gantt: Gantt,
    private readonly frame: HTMLElement,
  ) {}

  get isOpen(): boolean {
    return this.now !== null;
  }

  /** Open the cell that the keyboard is on; `typed` replaces what stands there. Whether it takes typing. */
  open(typed = ""): boolean {
    const { gantt } = this;
    const task = gantt.selected;
    const column = gantt.columns()[gantt.selection.at.column];
    if (!task || !column?.edit || this.now || !mayType(column.edit, task, gantt.rights)) return false;
    const cell = gantt.cellOf(task.uid, column.edit);
    if (!cell) return false;
    const before = gantt.outbox.textOf(task.uid, column.edit) ?? fieldText(column, task, gantt.plan);
    if (before.includes("\n")) return false; // a field holds one line; the task's page takes more
    gantt.conflict.hide();
    const refused = gantt.conflict.take(task.uid, column.edit);
    const field = document.createElement("input");
    field.className = "gx-field";
    field.type = "text";
    field.autocomplete = "off";
    field.spellcheck = column.edit === "name";
    field.dir = "auto";
    field.setAttribute("aria-label", isBlank(task) ? "Name of a new task" : `${column.label} of ${task.name || "the task"}`);
    field.value = typed || (refused ?? before);
    cell.classList.add("is-editing");
    cell.replaceChildren(field);
    if (DATES.includes(column.edit)) cell.append(this.picker(field));
    const suggestions = new Suggestions(field, column.edit, task, gantt.plan, gantt.people(), this.frame);
    this.now = { task, column, cell, field, before, seen: gantt.plan.version, replacing: typed !== "", suggestions };
    field.focus();
    if (typed) suggestions.renew();
    else field.select();
    field.addEventListener("keydown", (event) => this.onKey(event));
    field.addEventListener("pointerdown", () => this.now && (this.now.replacing = false));
    cell.addEventListener("focusout", this.onLeave);
    return true;
  }

  private readonly onLeave = (event: FocusEvent): void => {
    if (!this.now?.cell.contains(event.relatedTarget as Node | null)) this.close(true);
  };

  private onKey(event: KeyboardEvent): void {
    if (event.isComposing || !this.now) return;
    event.stopPropagation();
    const { key } = event;
    if (!event.ctrlKey && !event.altKey && !event.metaKey && this.now.suggestions.onKey(key)) {
      event.preventDefault();
      return;
    }
    const back = event.shiftKey ? -1 : 1;
    const steps: Record<string, Step> = { Enter: [back, 0], Tab: [0, back] };
    if (this.now.replacing && !event.shiftKey) {
      Object.assign(steps, { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] });
    }
    if (key === "F2") this.now.replacing = !this.now.replacing;
    else if (key === "Escape") this.close(false, [0, 0]);
    else if (steps[key]) this.close(true, steps[key]);
    else return;
    event.preventDefault();
  }

  /** Close the field; `step` says where the keyboard goes, nowhere when something else has it already. */
  close(save: boolean, step?: Step): void {
    const { now, gantt } = this;
    if (!now) return;
    this.now = null;
    const { task, column, cell, field, before } = now;
    const text = field.value.trim();
    cell.removeEventListener("focusout", this.onLeave);
    now.suggestions.remove();
    cell.classList.remove("is-editing");
    gantt.view.rowOf(gantt.shownAs(task.uid))?.renew(cell);
    if (save && text !== before.trim()) this.save(now, text);
    else if (!text) {
      if (save && field.value && column.edit === "name") gantt.say("A task needs a name, and spaces alone are none. Nothing was saved.");
      gantt.newRows.abandon(task);
    }
    gantt.draw();
    if (!step) return;
    if (column.edit === "name" && step[1] === 0 && step[0] === 1 && isBlank(task) && !text) gantt.moveBy(0, 0);
    else gantt.moveBy(...step);
  }

  /** The plan has come anew: where the row is gone, what was typed in it is told and not lost unseen. */
  lookAgain(): void {
    const { now, gantt } = this;
    if (!now || gantt.taskOf(gantt.shownAs(now.task.uid))) return;
    const text = now.field.value.trim();
    this.close(false);
    gantt.say(`Somebody removed ${now.task.name || "the row"} meanwhile.${text && ` You had typed: ${text}`}`);
  }

  private save({ task, column, seen }: Open, text: string): void {
    const { gantt } = this;
    const field = column.edit;
    if (!field) return;
    const uid = gantt.outbox.real(task.uid);
    if (gantt.newRows.isNew(task)) gantt.newRows.make(task, text);
    else if (field === "name" && !text) gantt.say("A task needs a name. To take the row away, select it whole and press Delete.");
    else gantt.outbox.post([{ act: "set", task: uid, field, value: text }], [{ uid, field, text }], { seen });
  }

  /** A button that opens the browser's own calendar. */
  private picker(field: HTMLInputElement): HTMLElement {
    const day = document.createElement("input");
    day.type = "date";
    day.className = "gx-day";
    day.tabIndex = -1;
    day.setAttribute("aria-label", "Choose the day in a calendar");
    day.value = /^\d{4}-\d{2}-\d{2}$/.test(field.value) ? field.value : "";
    day.addEventListener("change", () => {
      if (!day.value) return;
      field.value = day.value;
      field.focus();
    });
    return day;
  }
}
