// The columns a person can choose from.
import { type FieldName } from "./fields";
import { type OwnField, type Plan, type Task, type Tint, isDone, isLate } from "./model";
import { type Moment, dayText, isoDay, momentText } from "./time";

export interface Writing {
  monthFirst: boolean;
}

/** What a column holds: how it is compared, and what a condition on it asks for. */
export type Kind = "text" | "number" | "amount" | "percent" | "date" | "yes_no";

export interface Column {
  key: string;
  label: string;
  width: number;
  kind: Kind;
  /** The values there can be, where they are few. */
  options?: (plan: Plan) => string[];
  /** The colour of a value that has one. */
  tint?: (task: Task) => Tint | null;
  end?: true;
  /** The field that typing in the cell changes. */
  edit?: FieldName;
  /** What stands in the opened cell, where it is not the cell's own text. */
  typed?: (task: Task, plan: Plan) => string;
  text: (task: Task, plan: Plan, writing: Writing) => string;
  /** More than fits the cell, shown when the pointer rests on it. */
  long?: (task: Task, plan: Plan, writing: Writing) => string;
  sort: (task: Task, plan: Plan) => number | string | null;
  tone?: (task: Task, plan: Plan) => string;
}

const DAY_WIDTH = 140; // room for 'Wed, May 24, 2028', in bold as well

type DateKey = "start" | "finish" | "plannedStart" | "plannedFinish" | "actualStart" | "actualFinish" | "deadline";

function date(key: DateKey, label: string, more: Partial<Column> = {}): Column {
  return {
    key,
    label,
    width: DAY_WIDTH,
    kind: "date",
    text: (task, plan, writing) => dayText(task[key], plan.now, writing.monthFirst),
    long: (task, plan, writing) => momentText(task[key], plan.now, writing.monthFirst),
    sort: (task) => task[key],
    ...more,
  };
}

/** Working time in days, at most one digit: '2.5 d'. */
export function daysText(tenths: number | null, minutesPerDay: number): string {
  if (tenths === null) return "";
  const days = Math.round((tenths / (minutesPerDay * 10)) * 10) / 10;
  return `${String(days).replace("-", "−")} d`;
}

export function slipText(slip: number | null): string {
  if (slip === null) return "";
  if (slip === 0) return "0 d";
  return slip > 0 ? `+${slip} d` : `−${-slip} d`;
}

function driverText(task: Task, plan: Plan): string {
  if (task.driver !== "link") return task.driverText;
  const by = task.driverUid === null ? undefined : plan.task(task.driverUid);
  return by ? `After ${by.number} ${by.name}` : "After another task";
}

/** One end of a three-point estimate; the duration is what lies between. */
function range(key: "optimistic" | "pessimistic", label: string): Column {
  return {
    key,
    label,
    width: 92,
    kind: "amount",
    end: true,
    edit: key,
    typed: (task, plan) => {
      const end = task.more?.[key];
      return end === undefined ? "" : `${Math.round((end / (plan.minutesPerDay * 10)) * 100) / 100}d`;
    },
    text: (task, plan) => daysText(task.more?.[key] ?? null, plan.minutesPerDay),
    sort: (task) => task.more?.[key] ?? null,
  };
}

function further(key: "constraintDate" | "lateStart" | "lateFinish", label: string, more: Partial<Column> = {}): Column {
  const at = (task: Task): Moment | null =>
    key === "constraintDate" ? (task.more?.constraintDate ?? null) : key === "lateFinish" ? task.lateFinish : lateStart(task);
  return {
    key,
    label,
    width: DAY_WIDTH,
    kind: "date",
    text: (task, plan, writing) => dayText(at(task), plan.now, writing.monthFirst),
    long: (task, plan, writing) => momentText(at(task), plan.now, writing.monthFirst),
    sort: at,
    ...more,
  };
}

/** Where there is no slack, it is the start. */
function lateStart(task: Task): Moment | null {
  return task.more?.lateStart ?? (task.lateFinish === null ? null : task.start);
}

/** Hours with at most one digit: '12.5 h'. */
export function hoursText(tenths: number | null): string {
  return tenths === null ? "" : `${Math.round(tenths / 60) / 10} h`;
}

export function peopleText(task: Task, plan: Plan, between: string): string {
  return plan
    .sharesOn(task)
    .map(({ person, percent }) => (percent === 100 || person.percent === null ? person.name : `${person.name} [${percent}%]`))
    .join(between);
}

function pathOf(task: Task): string {
  const names = [];
  for (let up = task.parent; up; up = up.parent) names.unshift(up.name);
  return names.join(" › ");
}

function phaseOf(task: Task): string {
  let top = task;
  while (top.parent) top = top.parent;
  return top === task && !task.summary ? "" : top.name;
}

export const STATUSES = ["Not begun", "In progress", "Late", "Done"];

export function statusOf(task: Task, plan: Plan): string {
  if (isDone(task)) return "Done";
  if (task.finish !== null && task.finish < plan.now) return "Late";
  return task.percent > 0 || task.actualStart !== null ? "In progress" : "Not begun";
}

const CONSTRAINTS: Record<string, string> = {
  ASAP: "As soon as possible",
  ALAP: "As late as possible",
  MSO: "Must start on",
  MFO: "Must finish on",
  SNET: "Start no earlier than",
  SNLT: "Start no later than",
  FNET: "Finish no earlier than",
  FNLT: "Finish no later than",
};
const TYPES: Record<string, string> = { fixed_units: "Fixed units", fixed_duration: "Fixed duration", fixed_work: "Fixed work" };

function constraintOf(task: Task): string {
  return CONSTRAINTS[task.more?.constraint ?? "ASAP"] ?? "";
}

function typeOf(task: Task): string {
  return task.summary ? "" : (TYPES[task.more?.type ?? "fixed_units"] ?? "");
}

function yesNo(value: boolean): string {
  return value ? "Yes" : "No";
}

function linksText(links: { row: number; kind: string; lag: string }[]): string {
  return links.map(({ row, kind, lag }) => `${row}${kind === "FS" && !lag ? "" : kind}${lag}`).join("; ");
}

function calendarOf(task: Task, plan: Plan): string {
  return task.calendar === null ? "" : (plan.calendars.get(task.calendar)?.name ?? "");
}

function peopleOf(plan: Plan): string[] {
  return [...plan.people.values()].map((person) => person.name).sort((one, other) => one.localeCompare(other));
}

function ownersOf(plan: Plan): string[] {
  return [...new Set(plan.tasks.map((task) => task.owner))].filter(Boolean).sort((one, other) => one.localeCompare(other));
}

export const COLUMNS: Column[] = [
  { key: "number", label: "No.", width: 56, kind: "number", end: true, text: (task) => String(task.number || ""), sort: (task) => task.number },
  { key: "wbs", label: "WBS", width: 76, kind: "text", text: (task) => task.wbs, sort: (task) => task.place },
  {
    key: "name",
    label: "Task",
    width: 240,
    kind: "text",
    edit: "name",
    text: (task) => task.name || "(no name)",
    sort: (task) => task.name.toLocaleLowerCase(),
  },
  { key: "duration", label: "Duration", width: 80, kind: "amount", end: true, edit: "duration", text: (task) => task.duration, sort: (task) => task.tenths },
  date("start", "Start", { edit: "start" }),
  date("finish", "Finish", { edit: "finish", tone: (task, plan) => (!task.summary && isLate(task, plan.now) ? "late" : "") }),
  {
    key: "percent",
    label: "Done",
    width: 66,
    kind: "percent",
    end: true,
    edit: "percent",
    text: (task) => `${Math.round(task.percent)} %`,
    sort: (task) => task.percent,
  },
  {
    key: "slip",
    label: "Slip",
    width: 70,
    kind: "number",
    end: true,
    text: (task) => slipText(task.slip),
    long: (task) => (task.slip === null ? "" : "Working days of the finish after the baseline's"),
    sort: (task) => task.slip,
    tone: (task) => ((task.slip ?? 0) > 0 ? "late" : ""),
  },
  {
    key: "people",
    label: "Who",
    width: 150,
    kind: "text",
    edit: "people",
    typed: (task, plan) => peopleText(task, plan, "; "),
    options: peopleOf,
    text: (task, plan) => peopleText(task, plan, ", ") || task.owner,
    sort: (task, plan) => plan.peopleOn(task)[0]?.name ?? task.owner,
  },
  {
    key: "status",
    label: "Status",
    width: 96,
    kind: "text",
    options: () => STATUSES,
    text: (task, plan) => (task.summary ? "" : statusOf(task, plan)),
    sort: (task, plan) => STATUSES.indexOf(statusOf(task, plan)),
    tone: (task, plan) => (!task.summary && statusOf(task, plan) === "Late" ? "late" : ""),
  },
  date("actualStart", "Actual start", { edit: "actual_start" }),
  date("actualFinish", "Actual finish", { edit: "actual_finish" }),
  {
    key: "remaining",
    label: "Remaining",
    width: 88,
    kind: "amount",
    end: true,
    edit: "remaining",
    text: (task, plan) => (task.summary ? "" : daysText(task.remaining, plan.minutesPerDay)),
    sort: (task) => task.remaining,
  },
  {
    key: "work",
    label: "Work",
    width: 80,
    kind: "amount",
    end: true,
    edit: "work",
    typed: (task, plan) => hoursText(plan.workOf(task)).replace(" ", ""),
    text: (task, plan) => hoursText(plan.workOf(task)),
    sort: (task, plan) => plan.workOf(task),
  },
  {
    key: "slack",
    label: "Slack",
    width: 72,
    kind: "amount",
    end: true,
    text: (task, plan) => daysText(task.slack, plan.minutesPerDay),
    sort: (task) => task.slack,
    tone: (task) => ((task.slack ?? 0) < 0 ? "late" : ""),
  },
  {
    key: "freeSlack",
    label: "Free slack",
    width: 88,
    kind: "amount",
    end: true,
    text: (task, plan) => (task.start === null ? "" : daysText(task.more?.freeSlack ?? 0, plan.minutesPerDay)),
    sort: (task) => task.more?.freeSlack ?? 0,
  },
  further("lateStart", "Late start"),
  further("lateFinish", "Late finish"),
  date("plannedStart", "Baseline start"),
  date("plannedFinish", "Baseline finish"),
  {
    key: "predecessors",
    label: "After",
    width: 110,
    kind: "text",
    edit: "predecessors",
    text: (task, plan) => linksText(plan.before(task).map(({ from, kind, lag }) => ({ row: from.number, kind, lag }))),
    sort: (task, plan) => plan.before(task)[0]?.from.number ?? null,
  },
  {
    key: "successors",
    label: "Before",
    width: 110,
    kind: "text",
    edit: "successors",
    text: (task, plan) => linksText(plan.after(task).map(({ to, kind, lag }) => ({ row: to.number, kind, lag }))),
    sort: (task, plan) => plan.after(task)[0]?.to.number ?? null,
  },
  { key: "driver", label: "Driven by", width: 220, kind: "text", text: driverText, sort: (task, plan) => driverText(task, plan) },
  {
    key: "owner",
    label: "Owner",
    width: 130,
    kind: "text",
    edit: "owner",
    options: ownersOf,
    text: (task) => task.owner,
    sort: (task) => task.owner,
  },
  date("deadline", "Deadline", {
    edit: "deadline",
    tone: (task) => (task.deadline !== null && (task.finish ?? 0) > task.deadline ? "late" : ""),
  }),
  {
    key: "constraint",
    label: "Constraint",
    width: 160,
    kind: "text",
    edit: "constraint",
    options: () => Object.values(CONSTRAINTS),
    text: (task) => constraintOf(task),
    sort: (task) => constraintOf(task),
  },
  further("constraintDate", "Constraint date", {
    edit: "constraint_date",
    typed: (task) => isoDay(task.more?.constraintDate ?? null),
  }),
  range("optimistic", "Optimistic"),
  range("pessimistic", "Pessimistic"),
  {
    key: "priority",
    label: "Priority",
    width: 76,
    kind: "number",
    end: true,
    edit: "priority",
    text: (task) => String(task.more?.priority ?? 500),
    sort: (task) => task.more?.priority ?? 500,
  },
  {
    key: "type",
    label: "Type",
    width: 120,
    kind: "text",
    edit: "type",
    options: () => Object.values(TYPES),
    text: typeOf,
    long: (task) => typeOf(task) && `${typeOf(task)}${task.more?.effortDriven ? ", effort-driven" : ""}`,
    sort: typeOf,
  },
  {
    key: "mode",
    label: "Scheduled",
    width: 92,
    kind: "text",
    edit: "mode",
    options: () => ["Auto", "Manual"],
    text: (task) => (task.manual ? "Manual" : "Auto"),
    sort: (task) => (task.manual ? "Manual" : "Auto"),
  },
  {
    key: "calendar",
    label: "Own calendar",
    width: 120,
    kind: "text",
    edit: "calendar",
    options: (plan) => [...plan.calendars.values()].map((calendar) => calendar.name),
    text: calendarOf,
    sort: calendarOf,
  },
  {
    key: "milestone",
    label: "Milestone",
    width: 88,
    kind: "yes_no",
    edit: "milestone",
    text: (task) => (task.milestone ? "Yes" : ""),
    typed: (task) => yesNo(task.milestone),
    sort: (task) => Number(task.milestone),
  },
  {
    key: "active",
    label: "Active",
    width: 74,
    kind: "yes_no",
    edit: "active",
    text: (task) => yesNo(task.active),
    sort: (task) => Number(task.active),
  },
  { key: "critical", label: "Critical", width: 76, kind: "yes_no", text: (task) => (task.critical ? "Yes" : ""), sort: (task) => Number(task.critical) },
  {
    key: "over",
    label: "Over capacity",
    width: 108,
    kind: "yes_no",
    text: (task, plan) => (plan.isOver(task) ? "Yes" : ""),
    long: (task, plan) => (plan.isOver(task) ? "Somebody on it has more to do than time while it runs" : ""),
    sort: (task, plan) => Number(plan.isOver(task)),
    tone: (task, plan) => (plan.isOver(task) ? "late" : ""),
  },
  { key: "noted", label: "Notes", width: 66, kind: "yes_no", text: (task) => (task.noted ? "Yes" : ""), sort: (task) => Number(task.noted) },
  { key: "phase", label: "Phase", width: 140, kind: "text", text: phaseOf, sort: phaseOf },
  { key: "path", label: "Under", width: 200, kind: "text", text: pathOf, sort: pathOf },
];

export const FIRST_COLUMNS = ["number", "name", "duration", "start", "finish", "predecessors", "people", "percent", "slip"];
export const OWN = "custom:";

let own: Column[] = [];
let byKey = new Map(COLUMNS.map((column) => [column.key, column]));

export function columnOf(key: string): Column | undefined {
  return byKey.get(key);
}

export function allColumns(): Column[] {
  return [...COLUMNS, ...own];
}

/** Take what this plan has beyond the usual in as columns: cost, the house's own fields; whether any differs. */
export function takeFields({ fields, currency, hasCosts }: Plan): boolean {
  const made = JSON.stringify([fields, currency, hasCosts]);
  if (made === taken) return false;
  taken = made;
  own = [...(hasCosts ? [costColumn(currency)] : []), ...fields.map((field) => ownColumn(field, currency))];
  byKey = new Map(allColumns().map((column) => [column.key, column]));
  return true;
}
let taken = "";

function money(amount: number, currency: string): string {
  return `${currency ? `${currency} ` : ""}${amount.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

function costColumn(currency: string): Column {
  return {
    key: "cost",
    label: "Cost",
    width: 110,
    kind: "number",
    end: true,
    text: (task, plan) => {
      const cost = plan.costOf(task);
      return cost === null ? "" : money(cost, currency);
    },
    long: (task, plan) => (plan.costOf(task) === null ? "" : "Work by the rates of who does it, and fixed cost"),
    sort: (task, plan) => plan.costOf(task),
  };
}

function ownColumn(field: OwnField, currency: string): Column {
  const value = (task: Task): string | boolean | undefined => task.more?.custom?.[field.key];
  const words = (task: Task): string => {
    const found = value(task);
    return found === undefined ? "" : typeof found === "boolean" ? yesNo(found) : found;
  };
  const base: Column = {
    key: `${OWN}${field.key}`,
    label: field.name,
    width: 120,
    kind: "text",
    edit: `${OWN}${field.key}`,
    typed: words,
    text: words,
    sort: words,
  };
  switch (field.kind) {
    case "number":
    case "money": {
      const shown = (task: Task): string => {
        const number = Number(words(task));
        return words(task) === "" || Number.isNaN(number) ? words(task) : field.kind === "money" ? money(number, currency) : number.toLocaleString("en", { maximumFractionDigits: 6 });
      };
      return { ...base, width: 100, kind: "number", end: true, text: shown, sort: (task) => (words(task) === "" ? null : Number(words(task))) };
    }
    case "date": {
      const at = (task: Task): Moment | null => {
        const found = Date.parse(`${words(task).slice(0, 10)}T00:00:00Z`);
        return Number.isNaN(found) ? null : found / 6000;
      };
      return {
        ...base,
        width: DAY_WIDTH,
        kind: "date",
        typed: (task) => words(task).slice(0, 10),
        text: (task, plan, writing) => dayText(at(task), plan.now, writing.monthFirst),
        sort: at,
      };
    }
    case "yes_no":
      return { ...base, width: 84, kind: "yes_no", sort: (task) => (value(task) === undefined ? null : Number(value(task))) };
    case "choice": {
      const places = new Map(field.choices.map(([name], place) => [name, place]));
      const tints = new Map(field.choices);
      return {
        ...base,
        options: () => field.choices.map(([name]) => name),
        tint: (task) => tints.get(words(task)) ?? null,
        sort: (task) => (words(task) === "" ? null : (places.get(words(task)) ?? places.size)),
      };
    }
    case "person":
      return { ...base, options: peopleOf };
    case "text":
      return base;
  }
}
