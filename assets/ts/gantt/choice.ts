// The rows and cells that are selected, among those that are shown.
import { type Column } from "./columns";
import { type Gantt } from "./element";
import { isTask } from "./fields";
import { type Task } from "./model";
import { type Area, isIn } from "./selection";

export class Choice {
  constructor(private readonly gantt: Gantt) {}

  areas(): Area[] {
    const { gantt } = this;
    return gantt.selection.areas((uid) => gantt.view.index(uid), gantt.columns().length);
  }

  has(task: Task, column: number): boolean {
    return isIn(this.areas(), this.gantt.view.index(task.uid) ?? -1, column);
  }

  /** The rows that are selected or have selected cells, from the top. */
  tasks(): Task[] {
    const areas = this.areas();
    return this.gantt.shownTasks().filter((_, row) => areas.some((area) => row >= area.top && row <= area.bottom));
  }

  cells(): { task: Task; column: Column }[] {
    const { gantt } = this;
    const areas = this.areas();
    const columns = gantt.columns();
    return this.tasks().flatMap((task) => {
      const row = gantt.view.index(task.uid) ?? -1;
      return columns.flatMap((column, at) => (isIn(areas, row, at) ? [{ task, column }] : []));
    });
  }

  takeAll(): void {
    this.takeColumn();
    this.gantt.selection.widen();
    this.gantt.draw();
  }

  takeColumn(): void {
    const { selection } = this.gantt;
    const { column } = selection.at;
    const rows = this.gantt.shownTasks().filter(isTask);
    const [first] = rows;
    const last = rows[rows.length - 1];
    if (!first || !last) return;
    selection.put(first.uid, column);
    selection.extend(last.uid, column);
    this.gantt.landed();
  }
}
