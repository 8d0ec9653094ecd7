// Working time of one calendar: where it begins and ends, and how much of it lies between two moments.
import { type WorkingDays } from "./model";
import { DAY, MINUTE, type Moment, dayOf } from "./time";

const MOST_DAYS = 4000; // as far as one looks for working time before giving up

/** Working stretches of a day as moments. */
function stretches(calendar: WorkingDays, day: number): [Moment, Moment][] {
  return calendar.shifts(day).map(([start, finish]) => [day * DAY + start * MINUTE, day * DAY + finish * MINUTE]);
}

/** The first moment at or after `at` at which work can begin; `at` itself without working time. */
export function beginOn(calendar: WorkingDays, at: Moment): Moment {
  for (let day = dayOf(at), left = MOST_DAYS; left > 0; day += 1, left -= 1) {
    const found = stretches(calendar, day).find(([, finish]) => finish > at);
    if (found) return Math.max(at, found[0]);
  }
  return at;
}

/** The last moment at or before `at` at which work can end; `at` itself without working time. */
export function endBy(calendar: WorkingDays, at: Moment): Moment {
  for (let day = dayOf(at - 1), left = MOST_DAYS; left > 0; day -= 1, left -= 1) {
    const found = stretches(calendar, day).reverse().find(([start]) => start < at);
    if (found) return Math.min(at, found[1]);
  }
  return at;
}

/** Working time from one moment to another in tenths of minutes; negative when the second lies before the first. */
export function workBetween(calendar: WorkingDays, from: Moment, to: Moment): number {
  if (to < from) return -workBetween(calendar, to, from);
  let sum = 0;
  for (let day = dayOf(from); day * DAY < to; day += 1) {
    for (const [start, finish] of stretches(calendar, day)) sum += Math.max(0, Math.min(finish, to) - Math.max(start, from));
  }
  return sum;
}

/** Where an amount of work that begins at `from` is done. */
export function afterWork(calendar: WorkingDays, from: Moment, amount: number): Moment {
  let left = amount;
  for (let day = dayOf(from), days = MOST_DAYS; days > 0; day += 1, days -= 1) {
    for (const [start, finish] of stretches(calendar, day)) {
      const free = finish - Math.max(start, from);
      if (free <= 0) continue;
      if (free >= left) return Math.max(start, from) + left;
      left -= free;
    }
  }
  return from + amount;
}
