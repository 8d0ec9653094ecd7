// Local moments as the server sends them: tenths of a minute since 1 January 1970, without a zone.
export type Moment = number;

export const MINUTE = 10;
export const HOUR = 600;
export const DAY = 14400;

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTHS_WHOLE = [
  "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
];

export type Unit = "hour" | "quarterday" | "day" | "week" | "month" | "quarter" | "year";

function utc(moment: Moment): Date {
  return new Date(moment * 6000);
}

function moment(date: number): Moment {
  return date / 6000;
}

export function dayOf(at: Moment): number {
  return Math.floor(at / DAY);
}

/** The beginning of the unit that holds the moment. Weeks begin on Monday. */
export function floor(at: Moment, unit: Unit): Moment {
  if (unit === "hour") return Math.floor(at / HOUR) * HOUR;
  if (unit === "quarterday") return Math.floor(at / (6 * HOUR)) * 6 * HOUR;
  if (unit === "day") return dayOf(at) * DAY;
  if (unit === "week") return (Math.floor((dayOf(at) + 3) / 7) * 7 - 3) * DAY;
  const date = utc(at);
  const month = date.getUTCMonth();
  const first = unit === "year" ? 0 : unit === "quarter" ? month - (month % 3) : month;
  return moment(Date.UTC(date.getUTCFullYear(), first, 1));
}

export function next(at: Moment, unit: Unit): Moment {
  if (unit === "hour") return at + HOUR;
  if (unit === "quarterday") return at + 6 * HOUR;
  if (unit === "day") return at + DAY;
  if (unit === "week") return at + 7 * DAY;
  const date = utc(at);
  return moment(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + (unit === "year" ? 12 : unit === "quarter" ? 3 : 1), 1));
}

/** The number of a week after ISO 8601: the first one holds the year's first Thursday. */
export function weekOf(at: Moment): number {
  const thursday = floor(at, "week") + 3 * DAY;
  return Math.floor((dayOf(thursday) - dayOf(floor(thursday, "year"))) / 7) + 1;
}

/** What stands in the head of the time line: as much as the width has room for. */
export function label(at: Moment, unit: Unit, width: number, monthFirst: boolean): string {
  const date = utc(at);
  const day = date.getUTCDate();
  const month = date.getUTCMonth();
  const year = date.getUTCFullYear();
  const dayAndMonth = monthFirst ? `${MONTHS[month]} ${day}` : `${day} ${MONTHS[month]}`;
  switch (unit) {
    case "hour":
    case "quarterday":
      return String(date.getUTCHours()).padStart(2, "0") + (width >= 44 ? ":00" : "");
    case "day":
      if (width >= 110) return `${WEEKDAYS[date.getUTCDay()]} ${dayAndMonth} ${year}`;
      if (width >= 46) return `${WEEKDAYS[date.getUTCDay()]} ${day}`;
      return width >= 17 ? String(day) : "";
    case "week":
      if (width >= 110) return `Week ${weekOf(at)} · ${dayAndMonth} ${year}`;
      return width >= 76 ? `W${weekOf(at)} · ${dayAndMonth}` : width >= 26 ? `W${weekOf(at)}` : "";
    case "month":
      if (width >= 120) return `${MONTHS_WHOLE[month]} ${year}`;
      if (width >= 64) return `${MONTHS[month]} ${year}`;
      return width >= 30 ? (MONTHS[month] ?? "") : width >= 14 ? (MONTHS[month]?.[0] ?? "") : "";
    case "quarter":
      return width >= 60 ? `Q${month / 3 + 1} ${year}` : width >= 22 ? `Q${month / 3 + 1}` : "";
    case "year":
      return width >= 32 ? String(year) : "";
  }
}

/** 'Fri 14 Mar', with the year where it is not the one of `now`; 'Fri, Mar 14' in American order. */
export function dayText(at: Moment | null, now: Moment, monthFirst: boolean): string {
  if (at === null) return "";
  const date = utc(at);
  const month = MONTHS[date.getUTCMonth()];
  const weekday = WEEKDAYS[date.getUTCDay()];
  const year = date.getUTCFullYear() === utc(now).getUTCFullYear() ? "" : ` ${date.getUTCFullYear()}`;
  if (monthFirst) return `${weekday}, ${month} ${date.getUTCDate()}${year && `,${year}`}`;
  return `${weekday} ${date.getUTCDate()} ${month}${year}`;
}

/** 'Fri 14 Mar, 17:00'. */
export function momentText(at: Moment | null, now: Moment, monthFirst: boolean): string {
  return at === null ? "" : `${dayText(at, now, monthFirst)}, ${isoText(at).slice(11, 16)}`;
}

/** '2026-03-14T08:00:00', as the API takes and gives local moments. */
export function isoText(at: Moment): string {
  return utc(at).toISOString().slice(0, 19);
}

/** The local moment that the API gave as '2026-03-14T08:00:00'. */
export function momentOf(text: string): Moment {
  return Date.parse(`${text.slice(0, 19)}Z`) / 6000;
}

export function isoDay(at: Moment | null): string {
  return at === null ? "" : isoText(at).slice(0, 10);
}

/** The moment of a day from a date field and an hour; null when the text is no day. */
export function atHour(day: string, hour: number): Moment | null {
  const found = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN;
  return Number.isNaN(found) ? null : moment(found) + hour * HOUR;
}

/** When something was done, in the reader's own time and order: 'Fri, 14 Mar, 14:05'. */
export function instantText(at: string): string {
  const lang = document.documentElement.lang || "en";
  return new Date(at).toLocaleString(lang, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}
