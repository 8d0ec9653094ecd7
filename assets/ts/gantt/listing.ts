// Which rows are shown, and in which order: folded, filtered, sorted, grouped. Sorting keeps the outline: it is among siblings.
import { type Column, columnOf } from "./columns";
import { type Condition, type Test, testOf } from "./conditions";
import { GROUPS, emptyTask } from "./fields";
import { type Plan, type Task, isDone, isLate } from "./model";
import { floor, next } from "./time";

export const QUICK: [string, string][] = [
  ["", "All tasks"],
  ["to-do", "To do"],
  ["not-begun", "Not begun"],
  ["in-progress", "In progress"],
  ["late", "Late"],
  ["this-week", "This week"],
  ["critical", "Critical"],
  ["mine", "Mine"],
  ["over-capacity", "Over capacity"],
  ["no-owner", "Without an owner"],
  ["no-predecessor", "Without a predecessor"],
  ["milestones", "Milestones"],
];

export interface SortKey {
  column: string;
  down: boolean;
}

/** What is asked for; a saved view keeps it. */
export interface Asked {
  sort: SortKey[];
  match: "all" | "any";
  conditions: Condition[];
  quick: string;
  search: string;
  group: string;
}

export interface Listing {
  rows: Task[];
  /** How many rows fit, summaries above them not counted. */
  found: number;
  /** The rows that stand for groups, by uid. */
  groups: Map<number, Group>;
}

/** A row that stands for a group: not of the plan, never edited. */
export interface Group extends Task {
  words: string;
  total: number;
  cost: number;
}

export function isGroup(task: Task): task is Group {
  return task.uid <= GROUPS;
}

export function isNarrowed(asked: Asked): boolean {
  return asked.quick !== "" || asked.search.trim() !== "" || asked.conditions.length > 0;
}

/** Whether rows stand in another order than the plan's, or not all together. */
export function isReordered(asked: Asked): boolean {
  return asked.group !== "" || asked.sort.length > 0 || isNarrowed(asked);
}

export function listing(plan: Plan, asked: Asked, closed: Set<number>, me: string): Listing {
  const compare = comparing(plan, asked.sort);
  const tests = testsOf(plan, asked, me);
  const group = columnOf(asked.group);
  if (group) return grouped(plan, group, tests, compare, closed);
  const rows: Task[] = [];
  const ordered = compare ? sorted(plan, compare) : plan.tasks;
  if (tests.length) {
    const fits = new Set<Task>();
    let found = 0;
    for (const task of plan.tasks) {
      if (!tests.every((test) => test(task))) continue;
      found += 1;
      for (let up: Task | null = task; up && !fits.has(up); up = up.parent) fits.add(up);
    }
    for (const task of ordered) if (fits.has(task)) rows.push(task);
    return { rows, found, groups: new Map() };
  }
  let hidden: Task | null = null;
  for (const task of ordered) {
    if (hidden && isUnder(task, hidden)) continue;
    hidden = closed.has(task.uid) && task.children.length ? task : null;
    rows.push(task);
  }
  return { rows, found: plan.tasks.length, groups: new Map() };
}

// --- which -------------------------------------------------------------------------------------

function testsOf(plan: Plan, asked: Asked, me: string): Test[] {
  const tests: Test[] = [];
  const words = asked.search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (words.length) {
    tests.push((task) => {
      const text = `${task.name} ${task.wbs} ${task.owner}`.toLocaleLowerCase();
      return words.every((word) => text.includes(word));
    });
  }
  const quick = quickTest(asked.quick, plan, me);
  if (quick) tests.push((task) => !task.summary && quick(task));
  const conditions = asked.conditions.flatMap((condition) => testOf(condition, plan) ?? []);
  if (asked.match === "all" || conditions.length < 2) tests.push(...conditions);
  else tests.push((task) => conditions.some((test) => test(task)));
  return tests;
}

function quickTest(name: string, plan: Plan, me: string): Test | null {
  const week = floor(plan.now, "week");
  switch (name) {
    case "to-do":
      return (task) => !isDone(task);
    case "not-begun":
      return (task) => !isDone(task) && task.percent === 0 && task.actualStart === null;
    case "in-progress":
      return (task) => !isDone(task) && (task.percent > 0 || task.actualStart !== null);
    case "late":
      return (task) => isLate(task, plan.now);
    case "this-week":
      return (task) => !isDone(task) && (task.start ?? Infinity) < next(week, "week") && (task.finish ?? -Infinity) >= week;
    case "critical":
      return (task) => task.critical;
    case "mine":
      return (task) => (me !== "" && task.owner === me) || plan.peopleOn(task).some((person) => person.mine);
    case "over-capacity":
      return (task) => plan.isOver(task);
    case "no-owner":
      return (task) => task.owner === "" && !plan.peopleOn(task).length;
    case "no-predecessor":
      return (task) => !plan.before(task).length;
    case "milestones":
      return (task) => task.milestone;
    default:
      return null;
  }
}

function isUnder(task: Task, above: Task): boolean {
  let up = task.parent;
  while (up && up.level >= above.level && up !== above) up = up.parent;
  return up === above;
}

// --- in which order ----------------------------------------------------------------------------

type Compare = (one: Task, other: Task) => number;
type Value = number | string | null;

/** Where a value stands against another; what has none stands last both ways. */
function order(one: Value, other: Value, down: boolean): number {
  if (one === other) return 0;
  if (one === null || one === "") return 1;
  if (other === null || other === "") return -1;
  const found = typeof one === "string" ? COLLATOR.compare(one, String(other)) : one - Number(other);
  return down ? -found : found;
}
const COLLATOR = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** The values are asked of each task once: a comparison is made many times. */
function comparing(plan: Plan, sort: SortKey[]): Compare | null {
  const keys = sort.flatMap(({ column, down }) => {
    const found = columnOf(column);
    return found ? [{ down, values: new Map(plan.tasks.map((task) => [task, found.sort(task, plan)])) }] : [];
  });
  if (!keys.length) return null;
  return (one, other) => {
    for (const { values, down } of keys) {
      const found = order(values.get(one) ?? null, values.get(other) ?? null, down);
      if (found) return found;
    }
    return one.place - other.place;
  };
}

function sorted(plan: Plan, compare: Compare): Task[] {
  const rows: Task[] = [];
  const add = (tasks: Task[]): void => {
    for (const task of [...tasks].sort(compare)) {
      rows.push(task);
      if (task.children.length) add(task.children);
    }
  };
  add(plan.tasks.filter((task) => !task.parent));
  return rows;
}

// --- in groups ---------------------------------------------------------------------------------

function grouped(plan: Plan, column: Column, tests: Test[], compare: Compare | null, closed: Set<number>): Listing {
  const members = new Map<string, { order: Value; tasks: Task[] }>();
  let found = 0;
  for (const task of plan.tasks) {
    if (task.summary || !tests.every((test) => test(task))) continue;
    found += 1;
    const [name, order] = groupOf(column, task, plan);
    const known = members.get(name);
    if (known) known.tasks.push(task);
    else members.set(name, { order, tasks: [task] });
  }
  const rows: Task[] = [];
  const groups = new Map<number, Group>();
  for (const [name, { tasks }] of [...members].sort(([, one], [, other]) => order(one.order, other.order, false))) {
    const group = groupRow(plan, column, name, compare ? tasks.sort(compare) : tasks, groups);
    groups.set(group.uid, group);
    rows.push(group);
    if (!closed.has(group.uid)) rows.push(...tasks);
  }
  return { rows, found, groups };
}

/** The group of a task and its place among the others: by month for days, by quarters for percentages, else by what the cell says. */
function groupOf(column: Column, task: Task, plan: Plan): [string, Value] {
  const value = column.sort(task, plan);
  if (column.kind === "date") {
    if (typeof value !== "number") return ["", null];
    const month = floor(value, "month");
    return [MONTH.format(new Date(month * 6000)), month];
  }
  if (column.kind === "percent") {
    const percent = Number(value);
    const at = percent >= 100 ? 5 : percent <= 0 ? 0 : Math.ceil(percent / 25);
    return [["0 %", "1 – 25 %", "26 – 50 %", "51 – 75 %", "76 – 99 %", "100 %"][at] as string, at];
  }
  const text = column.text(task, plan, { monthFirst: false });
  if (column.kind === "yes_no") return [text === "Yes" ? "Yes" : "No", text === "Yes" ? 0 : 1];
  return [text, text === "" ? null : column.key === "name" || column.key === "people" ? text : value];
}
const MONTH = new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" });

function groupRow(plan: Plan, column: Column, name: string, tasks: Task[], taken: Map<number, Group>): Group {
  let uid = GROUPS - hashOf(`${column.key} ${name}`);
  while (taken.has(uid)) uid -= 1;
  const starts = tasks.flatMap((task) => task.start ?? []);
  const finishes = tasks.flatMap((task) => task.finish ?? []);
  const whole = tasks.reduce((sum, task) => sum + (task.tenths ?? 0), 0);
  const done = tasks.reduce((sum, task) => sum + ((task.tenths ?? 0) * task.percent) / 100, 0);
  const percent = whole ? (done / whole) * 100 : tasks.reduce((sum, task) => sum + task.percent, 0) / tasks.length;
  return {
    ...emptyTask(uid, 1),
    summary: true,
    name: name || `Without ${column.label.toLocaleLowerCase()}`,
    words: `${tasks.length} ${tasks.length === 1 ? "task" : "tasks"}`,
    total: tasks.reduce((sum, task) => sum + (plan.workOf(task) ?? 0), 0),
    cost: tasks.reduce((sum, task) => sum + (plan.costOf(task) ?? 0), 0),
    start: starts.length ? starts.reduce((one, other) => Math.min(one, other)) : null,
    finish: finishes.length ? finishes.reduce((one, other) => Math.max(one, other)) : null,
    percent,
    children: tasks,
  };
}

/** A number that is the same for the same words, so that a folded group stays folded. */
function hashOf(text: string): number {
  let found = 7;
  for (let at = 0; at < text.length; at += 1) found = (found * 31 + text.charCodeAt(at)) % 1_000_000_007;
  return found;
}
