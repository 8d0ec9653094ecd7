// Rows that the server does not know yet: shown at once, saved when they have a name.
import { type Gantt } from "./element";
import { type FieldName, emptyTask, isBlank } from "./fields";
import { type Task } from "./model";
import { type PlanChange } from "./server";

export class NewRows {
  private readonly unsent = new Map<number, PlanChange>();

  constructor(private readonly gantt: Gantt) {}

  /** Whether the row is to be made when its name is given. */
  isNew(task: Task): boolean {
    return isBlank(task) || this.unsent.has(task.uid);
  }

  /** An empty row above the selected one, with its name open for typing. */
  insertAbove(): void {
    const { gantt } = this;
    const below = gantt.selected;
    if (!gantt.rights.edit || !below || this.isNew(below) || gantt.isReordered) return this.atEnd();
    const uid = gantt.outbox.newNumber();
    const row = emptyTask(uid, below.level);
    const above = gantt.plan.tasks[below.place - 1];
    this.unsent.set(uid, { act: "add", new: uid, after: above?.uid ?? 0, level: below.level });
    gantt.plan.put(row, below);
    gantt.render();
    gantt.goField(uid, "name");
    gantt.typing.open();
  }

  /** The empty last row, with its name open for typing. */
  atEnd(): void {
    const { gantt } = this;
    if (!gantt.rights.edit) return;
    const blank = gantt.lastRow;
    if (!blank || !isBlank(blank)) {
      gantt.say("Show all rows in the order of the plan first; new rows stand at its end.");
      return;
    }
    gantt.goField(blank.uid, "name");
    gantt.typing.open();
  }

  /** Save the row under this name. */
  make(task: Task, name: string): void {
    const { gantt } = this;
    if (!name) return this.abandon(task);
    let add = this.unsent.get(task.uid);
    let row = task;
    if (!add) {
      const uid = gantt.outbox.newNumber();
      const last = gantt.plan.tasks[gantt.plan.tasks.length - 1];
      row = emptyTask(uid, last?.level ?? 1);
      add = { act: "add", new: uid, after: null, level: row.level };
      gantt.plan.put(row, null);
    }
    this.unsent.delete(row.uid);
    row.name = name;
    const field: FieldName = "name";
    gantt.outbox.post([add, { act: "set", task: row.uid, field, value: name }], [{ uid: row.uid, field, text: name }]);
    gantt.render();
    gantt.goField(row.uid, "name", false);
  }

  /** A row left without a name goes again. */
  abandon(task: Task): void {
    if (!this.unsent.delete(task.uid)) return;
    this.gantt.plan.drop(task.uid);
    this.gantt.render();
  }

  /** A row that the server refused: it waits for another name. */
  returned(change: PlanChange): void {
    if (change.new && this.gantt.plan.task(change.new)) this.unsent.set(change.new, change);
  }
}
