// Conditions on columns: which there are, how they read, and whether a task meets one.
import { type Column, type Kind, columnOf } from "./columns";
import { type Plan, type Task, type Tint } from "./model";
import { DAY, type Moment, dayOf, dayText } from "./time";

export type Relation = "is" | "is_not" | "contains" | "lacks" | "below" | "above" | "empty" | "filled";

export interface Condition {
  column: string;
  relation: Relation;
  value: string;
}

export interface Rule {
  condition: Condition;
  tint: Tint;
  on: "row" | "bar";
  words: string;
}

export const TINTS: [Tint, string][] = [
  ["red", "Red"],
  ["amber", "Amber"],
  ["green", "Green"],
  ["blue", "Blue"],
  ["violet", "Violet"],
  ["grey", "Grey"],
];

const EMPTY: [Relation, string][] = [
  ["empty", "is empty"],
  ["filled", "is filled in"],
];
const ORDERED: [Relation, string][] = [
  ["is", "is"],
  ["is_not", "is not"],
  ["below", "is less than"],
  ["above", "is more than"],
  ...EMPTY,
];
const RELATIONS: Record<Kind, [Relation, string][]> = {
  text: [["contains", "contains"], ["lacks", "does not contain"], ["is", "is"], ["is_not", "is not"], ...EMPTY],
  number: ORDERED,
  amount: ORDERED,
  percent: ORDERED,
  date: [["is", "is on"], ["is_not", "is not on"], ["below", "is before"], ["above", "is after"], ...EMPTY],
  yes_no: [["is", "is"]],
};

export function relationsOf(column: Column): [Relation, string][] {
  return RELATIONS[column.kind];
}

/** Whether the relation asks for a value. */
export function asks(relation: Relation): boolean {
  return relation !== "empty" && relation !== "filled";
}

/** 'Finish is before today', as it is said. */
export function conditionText(condition: Condition, plan: Plan, monthFirst: boolean): string {
  const column = columnOf(condition.column);
  if (!column) return "A column that is no longer there";
  const relation = relationsOf(column).find(([name]) => name === condition.relation)?.[1] ?? "";
  if (!asks(condition.relation)) return `${column.label} ${relation}`;
  const iso = column.kind === "date" && /^\d{4}-/.test(condition.value) ? dayValue(condition.value, plan.now) : null;
  return `${column.label} ${relation} ${iso === null ? condition.value : dayText(iso * DAY, plan.now, monthFirst)}`;
}

const UNITS: Record<string, (perDay: number) => number> = {
  m: () => 1,
  h: () => 60,
  d: (perDay) => perDay,
  w: (perDay) => perDay * 5,
  mo: (perDay) => perDay * 20,
};

/** Tenths of minutes of '5 d', '12h' or '40'; a number alone is in the unit that the column shows. */
function amountValue(text: string, plan: Plan, column: Column): number | null {
  const found = /^([+-]?\d+(?:[.,]\d+)?)\s*(mo|[mhdw])?/i.exec(text.trim().replace("−", "-"));
  if (!found) return null;
  const unit = (found[2] ?? (column.key === "work" ? "h" : "d")).toLowerCase();
  return Number((found[1] as string).replace(",", ".")) * (UNITS[unit]?.(plan.minutesPerDay) ?? 0) * 10;
}

function numberValue(text: string): number | null {
  const number = Number(text.trim().replace("−", "-").replace(/\s*(%|d)$/, "").replace(",", "."));
  return text.trim() === "" || Number.isNaN(number) ? null : number;
}

/** The day of '2026-03-12', 'today' or 'today+7'. */
function dayValue(text: string, now: Moment): number | null {
  const typed = text.trim().toLowerCase();
  const relative = /^today\s*(?:([+-])\s*(\d{1,4}))?$/.exec(typed);
  if (relative) return dayOf(now) + (relative[2] ? Number(`${relative[1]}${relative[2]}`) : 0);
  const at = Date.parse(`${typed}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(typed) && !Number.isNaN(at) ? dayOf(at / 6000) : null;
}

/** What a condition's value stands for in this column; null where it stands for nothing. */
function wanted(condition: Condition, column: Column, plan: Plan): number | string | null {
  switch (column.kind) {
    case "amount":
      return amountValue(condition.value, plan, column);
    case "number":
    case "percent":
      return numberValue(condition.value);
    case "date":
      return dayValue(condition.value, plan.now);
    case "yes_no":
      return /^y/i.test(condition.value.trim()) ? 1 : 0;
    case "text":
      return condition.value.trim().toLocaleLowerCase();
  }
}

/** Whether the value can be read, so that the page can say so beside the field. */
export function isReadable(condition: Condition, plan: Plan): boolean {
  const column = columnOf(condition.column);
  if (!column || !asks(condition.relation)) return true;
  const value = wanted(condition, column, plan);
  return value !== null && value !== "";
}

export type Test = (task: Task) => boolean;

/** The condition as a test of tasks; null where its column is gone or its value cannot be read, so that it narrows nothing. */
export function testOf(condition: Condition, plan: Plan): Test | null {
  const column = columnOf(condition.column);
  if (!column || !isReadable(condition, plan)) return null;
  const { relation } = condition;
  const text = (task: Task): string => column.text(task, plan, { monthFirst: false });
  if (relation === "empty") return (task) => text(task) === "";
  if (relation === "filled") return (task) => text(task) !== "";
  const value = wanted(condition, column, plan);
  if (column.kind === "text") return wordTest(relation, value as string, text);
  const number = value as number;
  const own = (task: Task): number | null => {
    const found = column.sort(task, plan);
    if (typeof found !== "number") return found === null ? null : Number(found);
    return column.kind === "date" ? dayOf(found) : column.kind === "percent" ? Math.round(found) : found;
  };
  switch (relation) {
    case "is":
    case "contains":
      return (task) => own(task) === number;
    case "is_not":
    case "lacks":
      return (task) => own(task) !== number;
    case "below":
      return (task) => (own(task) ?? Infinity) < number;
    case "above":
      return (task) => (own(task) ?? -Infinity) > number;
  }
}

function wordTest(relation: Relation, value: string, text: (task: Task) => string): Test {
  const low = (task: Task): string => text(task).toLocaleLowerCase();
  switch (relation) {
    case "is":
      return (task) => low(task) === value;
    case "is_not":
      return (task) => low(task) !== value;
    case "lacks":
      return (task) => !low(task).includes(value);
    default:
      return (task) => low(task).includes(value);
  }
}

/** What a rule says of a row: its own words, else the value that is met, else the condition. */
export function wordsOf(rule: Rule, plan: Plan, monthFirst: boolean): string {
  const { relation, value, column } = rule.condition;
  if (rule.words) return rule.words;
  if (relation === "is" && columnOf(column)?.kind === "text") return value;
  if (relation === "is" && columnOf(column)?.kind === "yes_no" && /^y/i.test(value)) return columnOf(column)?.label ?? "";
  return conditionText(rule.condition, plan, monthFirst);
}

/** How a task is painted: the first rule for the row, the first for the bar, and the words of all that fit. */
export interface Paint {
  row: Tint | null;
  bar: Tint | null;
  tags: { words: string; tint: Tint }[];
}

export function painterOf(rules: Rule[], plan: Plan, monthFirst: boolean): ((task: Task) => Paint | null) | null {
  const tests = rules.flatMap((rule) => {
    const test = testOf(rule.condition, plan);
    return test ? [{ ...rule, words: wordsOf(rule, plan, monthFirst), test }] : [];
  });
  if (!tests.length) return null;
  const paintOf = (task: Task): Paint | null => {
    const met = tests.filter((rule) => rule.test(task));
    if (!met.length) return null;
    const first = (on: "row" | "bar"): Tint | null => met.find((rule) => rule.on === on)?.tint ?? null;
    return { row: first("row"), bar: first("bar"), tags: met.map(({ words, tint }) => ({ words, tint })) };
  };
  // Row and bar ask of every task in sight, again and again while one scrolls; a change of the plan makes a new painter.
  const known = new Map<Task, Paint | null>();
  return (task) => {
    let paint = known.get(task);
    if (paint === undefined) known.set(task, (paint = paintOf(task)));
    return paint;
  };
}
