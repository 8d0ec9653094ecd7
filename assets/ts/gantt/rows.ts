// Which rows are shown, and in which order: folded, filtered, sorted. The outline is kept: sorting is among siblings.
import { type Column } from "./columns";
import { isDone, isLate, type Plan, type Task } from "./model";

export const FILTERS = ["all", "critical", "late", "mine", "in-progress", "to-do"] as const;
export type Filter = (typeof FILTERS)[number];

export interface Shown {
  closed: Set<number>;
  filter: Filter;
  text: string;
  sort: { column: Column; down: boolean } | null;
}

export function isNarrowed(shown: Shown): boolean {
  return shown.filter !== "all" || shown.text.trim() !== "";
}

function fits(task: Task, plan: Plan, shown: Shown, words: string[], me: string): boolean {
  if (words.length) {
    const text = `${task.name} ${task.wbs} ${task.owner}`.toLocaleLowerCase();
    if (!words.every((word) => text.includes(word))) return false;
  }
  if (shown.filter === "all") return true;
  if (task.summary) return false;
  switch (shown.filter) {
    case "critical":
      return task.critical;
    case "late":
      return isLate(task, plan.now);
    case "mine":
      return (me !== "" && task.owner === me) || plan.peopleOn(task).some((person) => person.mine);
    case "in-progress":
      return !isDone(task) && (task.percent > 0 || task.actualStart !== null);
    case "to-do":
      return !isDone(task);
  }
}

/** The tasks to show; those that fit a filter stand under their summaries, which then cannot be folded. */
export function rowsOf(plan: Plan, shown: Shown, me: string): { rows: Task[]; found: number } {
  const words = shown.text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const narrowed = isNarrowed(shown);
  const wanted = new Set<Task>();
  let found = plan.tasks.length;
  if (narrowed) {
    found = 0;
    for (const task of plan.tasks) {
      if (!fits(task, plan, shown, words, me)) continue;
      found += 1;
      for (let up: Task | null = task; up && !wanted.has(up); up = up.parent) wanted.add(up);
    }
  }
  const ordered = shown.sort ? sorted(plan, shown.sort) : plan.tasks;
  const rows: Task[] = [];
  let hidden: Task | null = null;
  for (const task of ordered) {
    if (narrowed) {
      if (wanted.has(task)) rows.push(task);
      continue;
    }
    if (hidden && isUnder(task, hidden)) continue;
    hidden = shown.closed.has(task.uid) && task.children.length ? task : null;
    rows.push(task);
  }
  return { rows, found };
}

function isUnder(task: Task, above: Task): boolean {
  let up = task.parent;
  while (up && up.level >= above.level && up !== above) up = up.parent;
  return up === above;
}

function sorted(plan: Plan, sort: { column: Column; down: boolean }): Task[] {
  const sign = sort.down ? -1 : 1;
  const compare = (one: Task, other: Task): number => {
    const first = sort.column.sort(one, plan);
    const second = sort.column.sort(other, plan);
    if (first === second) return one.place - other.place;
    if (first === null || first === "") return 1; // what has no value stands last both ways
    if (second === null || second === "") return -1;
    const order = typeof first === "string" ? first.localeCompare(String(second)) : Number(first) - Number(second);
    return sign * order || one.place - other.place;
  };
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
