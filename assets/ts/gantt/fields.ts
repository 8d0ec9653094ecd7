// The fields of a task that a person can type: which there are, who may type them, what stands in an opened cell.
import { type Column } from "./columns";
import { type Plan, type Task } from "./model";
import { isoDay } from "./time";

type Fixed =
  | "name" | "duration" | "start" | "finish" | "predecessors" | "successors" | "people" | "work" | "percent"
  | "actual_start" | "actual_finish" | "remaining" | "constraint" | "constraint_date" | "deadline" | "priority" | "mode"
  | "optimistic" | "pessimistic" | "type" | "calendar" | "milestone" | "active" | "owner" | "notes" | "level";
export type FieldName = Fixed | `custom:${string}`;

/** What the person may change: the plan, or how far its tasks have come. */
export interface Rights {
  edit: boolean;
  progress: boolean;
}

const PROGRESS: FieldName[] = ["percent", "actual_start", "actual_finish", "remaining"];
const FROM_SUBTASKS: FieldName[] = [...PROGRESS, "duration", "finish", "work", "milestone", "type", "optimistic", "pessimistic"];

/** Whether a cell takes typing. What a summary has from its tasks is not typed; on the empty last row only the name is. */
export function mayType(field: FieldName | undefined, task: Task, rights: Rights): boolean {
  if (!field || !(rights.edit || (rights.progress && PROGRESS.includes(field)))) return false;
  if (isBlank(task)) return field === "name";
  if (task.uid <= GROUPS) return false;
  if (task.summary && FROM_SUBTASKS.includes(field)) return false;
  return task.active || !PROGRESS.includes(field);
}

/** What stands in the cell when it is opened, and what is copied: text that the server reads back as the same value. */
export function fieldText(column: Column, task: Task, plan: Plan): string {
  if (column.typed) return column.typed(task, plan);
  switch (column.edit) {
    case "name":
      return task.name;
    case "start":
      return isoDay(task.start);
    case "finish":
      return isoDay(task.finish);
    case "actual_start":
      return isoDay(task.actualStart);
    case "actual_finish":
      return isoDay(task.actualFinish);
    case "deadline":
      return isoDay(task.deadline);
    case "percent":
      return `${Math.round(task.percent * 100) / 100}%`;
    case "remaining":
      return task.remaining === null ? "" : `${Math.round((task.remaining / (plan.minutesPerDay * 10)) * 100) / 100}d`;
    case "duration":
      return task.duration.replace(" ", "");
    default:
      return column.text(task, plan, { monthFirst: false });
  }
}

export const DATES: FieldName[] = ["start", "finish", "actual_start", "actual_finish", "deadline", "constraint_date"];

export const GROUPS = -2_000_000; // at and below it: rows that stand for groups of tasks
const BLANK = -1_000_000; // below every number that new rows get

export function isBlank(task: Task): boolean {
  return task.uid === BLANK;
}

/** Whether a row is a task, and neither the empty last row nor one that stands for a group. */
export function isTask(task: Task): boolean {
  return task.uid > BLANK;
}

/** The empty last row: typing a name in it makes a task. */
export function blankRow(): Task {
  return emptyTask(BLANK, 1);
}

/** A row that the server does not know yet. */
export function emptyTask(uid: number, level: number): Task {
  return {
    id: 0, uid, position: 0, version: 0, number: 0, wbs: "", name: "", level, summary: false, milestone: false, active: true,
    manual: false, critical: false, noted: false, start: null, finish: null, plannedStart: null, plannedFinish: null,
    slip: null, duration: "", tenths: null, percent: 0, remaining: null, slack: null, actualStart: null, actualFinish: null,
    deadline: null, lateFinish: null, owner: "", driver: "", driverUid: null, driverText: "", calendar: null, parts: null, more: null,
    place: 0, row: -1, parent: null, children: [],
  };
}
