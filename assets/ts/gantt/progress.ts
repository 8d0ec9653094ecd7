// Progress as it is typed into cells, saved through the API, and taken back by the same way.

import { type Task } from "./model";
import { type Progress } from "./server";
import { type Moment, atHour, isoDay, isoText } from "./time";

export type Edit = "percent" | "actual_start" | "actual_finish" | "remaining";

const MORNING = 8;
const EVENING = 17;

/** What a task's progress was, exact enough to be set again. */
export interface Former {
  percent: number;
  actualStart: Moment | null;
  actualFinish: Moment | null;
  remaining: number | null;
}

/** One saved change: how to go back, how to do it again, and what it left. */
export interface Change {
  uid: number;
  before: Progress;
  after: Progress;
  left: Former;
}

export function isSame(one: Former, other: Former): boolean {
  return (
    one.percent === other.percent &&
    one.actualStart === other.actualStart &&
    one.actualFinish === other.actualFinish &&
    one.remaining === other.remaining
  );
}

export function formerOf(task: Task): Former {
  const { percent, actualStart, actualFinish, remaining } = task;
  return { percent, actualStart, actualFinish, remaining };
}

/** The inputs that set progress to what it was. */
export function backTo(former: Former): Progress {
  const back: Progress = { percent_complete: String(former.percent) };
  if (former.actualStart !== null) back.actual_start = isoText(former.actualStart);
  if (former.percent >= 100) {
    if (former.actualFinish !== null) back.actual_finish = isoText(former.actualFinish);
  } else if (former.remaining !== null) {
    back.remaining = `${former.remaining / 10}m`;
  }
  return back;
}

/** What stands in the field when a cell is opened. */
export function fieldText(edit: Edit, task: Task, minutesPerDay: number): string {
  if (edit === "percent") return String(Math.round(task.percent * 100) / 100);
  if (edit === "actual_start") return isoDay(task.actualStart);
  if (edit === "actual_finish") return isoDay(task.actualFinish);
  return task.remaining === null ? "" : `${Math.round((task.remaining / (minutesPerDay * 10)) * 100) / 100}d`;
}

export type Read = { progress: Progress; now: Partial<Task> } | { refused: string } | null;

/** What a typed text asks for, with what the page can show of it at once; null when nothing differs. */
export function read(edit: Edit, text: string, task: Task, minutesPerDay: number): Read {
  const typed = text.trim();
  if (typed === fieldText(edit, task, minutesPerDay)) return null;
  if (edit === "percent") {
    const percent = typed.replace(/\s*%$/, "").replace(",", ".");
    if (!/^\d+(\.\d+)?$/.test(percent) || Number(percent) > 100) return { refused: "Percent complete is 0 to 100." };
    if (Number(percent) === task.percent) return null;
    return { progress: { percent_complete: percent }, now: { percent: Number(percent) } };
  }
  if (edit === "remaining") {
    if (!typed) return { refused: "Write what remains, such as 3d or 4h." };
    return { progress: { remaining: typed }, now: {} };
  }
  const at = atHour(typed, edit === "actual_start" ? MORNING : EVENING);
  if (at === null) {
    const how = edit === "actual_start" ? "To take a start back, set Done to 0 %." : "To take a finish back, set Done below 100 %.";
    return { refused: how };
  }
  return edit === "actual_start"
    ? { progress: { actual_start: isoText(at) }, now: { actualStart: at } }
    : { progress: { actual_finish: isoText(at) }, now: { actualFinish: at, percent: 100 } };
}

export function percentOf(percent: number): { progress: Progress; now: Partial<Task> } {
  return { progress: { percent_complete: String(percent) }, now: { percent } };
}
