// The columns a person can choose from.
import { type FieldName } from "./fields";
import { isLate, type Plan, type Task } from "./model";
import { dayText, momentText } from "./time";

export interface Writing {
  monthFirst: boolean;
}

export interface Column {
  key: string;
  label: string;
  width: number;
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

type DateKey = "start" | "finish" | "plannedStart" | "plannedFinish" | "actualStart" | "actualFinish" | "deadline";

function date(key: DateKey, label: string, more: Partial<Column> = {}): Column {
  return {
    key,
    label,
    width: 102,
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

export const COLUMNS: Column[] = [
  { key: "number", label: "No.", width: 56, end: true, text: (task) => String(task.number || ""), sort: (task) => task.number },
  { key: "wbs", label: "WBS", width: 76, text: (task) => task.wbs, sort: (task) => task.place },
  {
    key: "name",
    label: "Task",
    width: 240,
    text: (task) => task.name || "(no name)",
    sort: (task) => task.name.toLocaleLowerCase(),
  },
  { key: "duration", label: "Duration", width: 80, end: true, text: (task) => task.duration, sort: (task) => task.tenths },
  date("start", "Start"),
  date("finish", "Finish", { tone: (task, plan) => (!task.summary && isLate(task, plan.now) ? "late" : "") }),
  {
    key: "percent",
    label: "Done",
    width: 66,
    end: true,
    edit: "percent",
    text: (task) => `${Math.round(task.percent)} %`,
    sort: (task) => task.percent,
  },
  {
    key: "slip",
    label: "Slip",
    width: 70,
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
    text: (task, plan) => plan.peopleOn(task).map((person) => person.name).join(", ") || task.owner,
    sort: (task, plan) => plan.peopleOn(task)[0]?.name ?? task.owner,
  },
  date("actualStart", "Actual start", { edit: "actual_start" }),
  date("actualFinish", "Actual finish", { edit: "actual_finish" }),
  {
    key: "remaining",
    label: "Remaining",
    width: 88,
    end: true,
    edit: "remaining",
    text: (task, plan) => (task.summary ? "" : daysText(task.remaining, plan.minutesPerDay)),
    sort: (task) => task.remaining,
  },
  {
    key: "slack",
    label: "Slack",
    width: 72,
    end: true,
    text: (task, plan) => daysText(task.slack, plan.minutesPerDay),
    sort: (task) => task.slack,
    tone: (task) => ((task.slack ?? 0) < 0 ? "late" : ""),
  },
  date("plannedStart", "Baseline start", { width: 112 }),
  date("plannedFinish", "Baseline finish", { width: 112 }),
  {
    key: "predecessors",
    label: "After",
    width: 110,
    text: (task, plan) =>
      plan
        .before(task)
        .map((link) => `${link.from.number}${link.kind === "FS" && !link.lag ? "" : link.kind}${link.lag}`)
        .join("; "),
    sort: (task, plan) => plan.before(task)[0]?.from.number ?? null,
  },
  { key: "driver", label: "Driven by", width: 220, text: driverText, sort: (task, plan) => driverText(task, plan) },
  { key: "owner", label: "Owner", width: 130, text: (task) => task.owner, sort: (task) => task.owner },
  date("deadline", "Deadline", {
    tone: (task) => (task.deadline !== null && (task.finish ?? 0) > task.deadline ? "late" : ""),
  }),
];

export const FIRST_COLUMNS = ["number", "name", "duration", "start", "finish", "predecessors", "people", "percent", "slip"];

export function columnOf(key: string): Column | undefined {
  return COLUMNS.find((column) => column.key === key);
}
