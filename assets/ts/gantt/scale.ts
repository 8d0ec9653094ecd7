// Between moments and pixels, and what stands in the head of the time line.
import { DAY, type Moment, type Unit, floor, label, next } from "./time";

/** Pixels a day, from years to hours. */
export const ZOOMS = [0.25, 0.5, 1, 2, 4, 7, 12, 20, 36, 64, 120, 240, 600];
export const FIRST_ZOOM = 6;

/** The levels that have a name, by their place in ZOOMS; those between belong to the next coarser one. */
export const LEVELS: { name: string; zoom: number }[] = [
  { name: "Years", zoom: 0 },
  { name: "Quarters", zoom: 1 },
  { name: "Months", zoom: 3 },
  { name: "Weeks", zoom: 6 },
  { name: "Days", zoom: 8 },
  { name: "Hours", zoom: 12 },
];
const FINEST_OF_LEVEL = [0, 1, 4, 6, 9, 12];

/** Which named level a zoom belongs to. */
export function levelOf(zoom: number): number {
  return FINEST_OF_LEVEL.findIndex((finest) => zoom <= finest);
}

const DAYS: Record<Unit, number> = { hour: 1 / 24, quarterday: 0.25, day: 1, week: 7, month: 30, quarter: 91, year: 365 };
const LEAST: Record<Unit, number> = { hour: 20, quarterday: 24, day: 18, week: 40, month: 26, quarter: 20, year: 30 };
const ABOVE: Record<Unit, Unit> = {
  hour: "day", quarterday: "day", day: "week", week: "month", month: "year", quarter: "year", year: "year",
};
const FINE_TO_COARSE: Unit[] = ["hour", "quarterday", "day", "week", "month", "quarter", "year"];
const MOST_WIDTH = 12_000_000; // browsers give up on wider elements

export interface Tick {
  at: Moment;
  left: number;
  width: number;
  text: string;
}

export class Scale {
  readonly width: number;
  readonly perDay: number;

  constructor(
    readonly first: Moment,
    readonly last: Moment,
    perDay: number,
  ) {
    this.perDay = Math.min(perDay, MOST_WIDTH / ((last - first) / DAY));
    this.width = Math.ceil(((last - first) / DAY) * this.perDay);
  }

  x(at: Moment): number {
    return ((at - this.first) / DAY) * this.perDay;
  }

  at(x: number): Moment {
    return this.first + (x / this.perDay) * DAY;
  }

  get unit(): Unit {
    return FINE_TO_COARSE.find((unit) => DAYS[unit] * this.perDay >= LEAST[unit]) ?? "year";
  }

  /** The two rows of the head between two positions. */
  ticks(from: number, to: number, monthFirst: boolean): { above: Tick[]; below: Tick[] } {
    const unit = this.unit;
    return { above: this.row(ABOVE[unit], from, to, monthFirst), below: this.row(unit, from, to, monthFirst) };
  }

  private row(unit: Unit, from: number, to: number, monthFirst: boolean): Tick[] {
    const ticks: Tick[] = [];
    const usual = DAYS[unit] * this.perDay; // so that all of one row are written alike, short February too
    const end = Math.min(this.at(to), this.last);
    for (let at = floor(Math.max(this.at(from), this.first), unit); at < end; at = next(at, unit)) {
      const left = this.x(at);
      const width = this.x(next(at, unit)) - left;
      ticks.push({ at, left, width, text: label(at, unit, usual, monthFirst) });
    }
    return ticks;
  }
}
