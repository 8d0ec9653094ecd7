// What pulling at a bar means: where the task would then stand, and the changes that say so to the server.
import { type Rights } from "./fields";
import { type Plan, type Task, type WorkingDays } from "./model";
import { type PlanChange } from "./server";
import { type Scale } from "./scale";
import { DAY, HOUR, MINUTE, type Moment, dayOf, dayText, isoText, momentText } from "./time";
import { afterWork, beginOn, endBy, workBetween } from "./working";

export type Grip = "body" | "start" | "finish" | "progress";

const HOURS_FROM = 100; // pixels a day from which on bars move by hours
const QUARTERS_FROM = 480;
export const PERCENT_STEP = 5;

/** Where a task would stand, and how long it would be (tenths of minutes; null where it has no duration). */
export interface Wanted {
  start: Moment;
  finish: Moment;
  tenths: number | null;
  percent: number;
}

/** How far one step moves a bar at this zoom. */
export function stepOf(scale: Scale): Moment {
  if (scale.perDay >= QUARTERS_FROM) return HOUR / 4;
  return scale.perDay >= HOURS_FROM ? HOUR : DAY;
}

/** Which parts of a bar this person can pull; a summary's dates come from its tasks, and a row not stored yet has none. */
export function gripsOf(task: Task, rights: Rights): Grip[] {
  return allGrips(task).filter((grip) => (grip === "progress" ? rights.progress : rights.edit));
}

function allGrips(task: Task): Grip[] {
  if (!task.id || task.start === null || task.finish === null || !task.active) return [];
  if (task.summary) return task.manual ? ["body"] : [];
  if (task.milestone || task.start === task.finish) return ["body"];
  return ["body", "start", "finish", "progress"];
}

export function standing(task: Task): Wanted {
  return { start: task.start ?? 0, finish: task.finish ?? 0, tenths: task.tenths, percent: task.percent };
}

/** The task pulled by `far` (in time, or for its progress in percent), snapped to steps and to its working time. */
export function pulled(plan: Plan, task: Task, grip: Grip, far: number, step: Moment): Wanted {
  const now = standing(task);
  if (grip === "progress") {
    const percent = Math.round((now.percent + far) / PERCENT_STEP) * PERCENT_STEP;
    return { ...now, percent: Math.max(0, Math.min(100, percent)) };
  }
  const steps = Math.round(far / step) * step;
  const calendar = plan.calendarOf(task);
  if (!steps || !calendar) return now;
  if (grip === "body") return moved(task, calendar, now, steps);
  return grip === "finish" ? finished(task, calendar, now, steps, step) : begun(task, calendar, now, steps, step);
}

function moved(task: Task, calendar: WorkingDays, now: Wanted, steps: Moment): Wanted {
  if (now.start === now.finish) {
    const at = onWorkingDay(calendar, now.start + steps, Math.sign(steps));
    return { ...now, start: at, finish: at };
  }
  if (isElapsed(task)) return { ...now, start: now.start + steps, finish: now.finish + steps };
  const start = beginOn(calendar, now.start + steps);
  const work = workBetween(calendar, now.start, now.finish); // with the pauses of a split
  const finish = work > 0 ? afterWork(calendar, start, work) : start + now.finish - now.start;
  return { ...now, start, finish };
}

function finished(task: Task, calendar: WorkingDays, now: Wanted, steps: Moment, step: Moment): Wanted {
  const to = step === DAY ? (dayOf(now.finish + steps - 1) + 1) * DAY : Math.round((now.finish + steps) / step) * step;
  if (isElapsed(task)) {
    const finish = Math.max(now.start + step, now.finish + steps);
    return { ...now, finish, tenths: finish - now.start };
  }
  const finish = endBy(calendar, to);
  if (finish <= now.start) return { ...now, ...shortest(calendar, now.start, step) };
  return { ...now, finish, tenths: longer(calendar, now, now.finish, finish) };
}

function begun(task: Task, calendar: WorkingDays, now: Wanted, steps: Moment, step: Moment): Wanted {
  const to = step === DAY ? dayOf(now.start + steps) * DAY : Math.round((now.start + steps) / step) * step;
  const latest = step === DAY ? dayOf(now.finish - 1) * DAY : now.finish - step;
  if (isElapsed(task)) {
    const start = Math.min(now.start + steps, now.finish - step);
    return { ...now, start, tenths: now.finish - start };
  }
  const start = beginOn(calendar, Math.min(to, latest));
  return { ...now, start, tenths: longer(calendar, now, start, now.start) };
}

/** The duration when working time from one moment to another is added; a split's pauses stay. */
function longer(calendar: WorkingDays, now: Wanted, from: Moment, to: Moment): number {
  return Math.max(MINUTE, (now.tenths ?? 0) + workBetween(calendar, from, to));
}

/** To the end of the step in which it begins. */
function shortest(calendar: WorkingDays, start: Moment, step: Moment): { finish: Moment; tenths: number } {
  const finish = step === DAY ? endBy(calendar, (dayOf(start) + 1) * DAY) : afterWork(calendar, start, step);
  return { finish, tenths: workBetween(calendar, start, finish) };
}

/** A milestone keeps its hour and stands on a day that is worked. */
function onWorkingDay(calendar: WorkingDays, at: Moment, way: number): Moment {
  let found = at;
  for (let left = 400; left > 0; left -= 1, found += way * DAY) {
    if (calendar.shifts(dayOf(found)).length || calendar.shifts(dayOf(found - 1)).some(([, end]) => end === 1440)) return found;
  }
  return at;
}

function isElapsed(task: Task): boolean {
  return /\d\s?e(mo|m|h|d|w)/.test(task.duration);
}

/** A duration as one types it: whole or half days, else hours, else minutes. */
export function durationText(task: Task, tenths: number, minutesPerDay: number): string {
  const elapsed = isElapsed(task) ? "e" : "";
  const minutes = Math.round(tenths / MINUTE);
  const perDay = elapsed ? 1440 : minutesPerDay;
  if ((minutes * 2) % perDay === 0) return `${minutes / perDay}${elapsed}d`;
  return minutes % 60 === 0 ? `${minutes / 60}${elapsed}h` : `${minutes}${elapsed}m`;
}

/** The changes that lead there; none where nothing differs. */
export function changesOf(task: Task, to: Wanted, minutesPerDay: number): PlanChange[] {
  const changes: PlanChange[] = [];
  const set = (field: string, value: string): void => void changes.push({ act: "set", task: task.uid, field, value });
  if (to.percent !== task.percent) set("percent", `${to.percent}%`);
  if (to.start !== task.start) set("start", isoText(to.start));
  if (to.tenths !== null && to.tenths !== task.tenths) set("duration", durationText(task, to.tenths, minutesPerDay));
  return changes;
}

/** Where the task would stand, for the note beside the pointer. */
export function wantedWords(task: Task, to: Wanted, plan: Plan, monthFirst: boolean, step: Moment): string {
  if (to.percent !== task.percent) return `${to.percent} % done`;
  const words = step === DAY ? dayText : momentText;
  const start = words(to.start, plan.now, monthFirst);
  if (to.start === to.finish) return start;
  const length = to.tenths === null ? "" : ` (${durationText(task, to.tenths, plan.minutesPerDay)})`;
  return `${start} – ${words(step === DAY ? to.finish - 1 : to.finish, plan.now, monthFirst)}${length}`;
}
