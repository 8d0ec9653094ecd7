// The plan as the page holds it: tasks in outline order, links, people, working time. It computes no date.
import { costsOf, overCapacity, worksOf } from "./loads";
import { type Moment } from "./time";

export type LinkKind = "FS" | "SS" | "FF" | "SF";

export interface Task {
  id: number;
  uid: number;
  position: number;
  version: number;
  number: number;
  wbs: string;
  name: string;
  level: number;
  summary: boolean;
  milestone: boolean;
  active: boolean;
  manual: boolean;
  critical: boolean;
  noted: boolean;
  start: Moment | null;
  finish: Moment | null;
  plannedStart: Moment | null;
  plannedFinish: Moment | null;
  slip: number | null;
  duration: string;
  tenths: number | null;
  percent: number;
  remaining: number | null;
  slack: number | null;
  actualStart: Moment | null;
  actualFinish: Moment | null;
  deadline: Moment | null;
  lateFinish: Moment | null;
  owner: string;
  driver: string;
  driverUid: number | null;
  driverText: string;
  calendar: number | null;
  parts: [Moment, Moment][] | null;
  more: More | null;
  total?: number; // work of a row that stands for several tasks
  cost?: number;
  // Made here, from the order and the levels.
  place: number;
  row: number; // where it is shown now; -1 = not
  parent: Task | null;
  children: Task[];
}

/** What few tasks have; left out where it is as usual. Amounts of work and time are tenths of minutes. */
export interface More {
  work?: number;
  constraint?: string;
  constraintDate?: Moment;
  priority?: number;
  optimistic?: number;
  pessimistic?: number;
  type?: string;
  effortDriven?: boolean;
  freeSlack?: number;
  lateStart?: Moment;
  custom?: Record<string, string | boolean>;
}

export type FieldKind = "text" | "number" | "money" | "date" | "yes_no" | "choice" | "person";
export type Tint = "grey" | "blue" | "green" | "amber" | "red" | "violet";

/** A field of the house's own; its values stand in `More.custom` under its key. */
export interface OwnField {
  id: number;
  key: string;
  name: string;
  kind: FieldKind;
  house: boolean;
  choices: [string, Tint][];
  version: number;
}

export interface Link {
  from: Task;
  to: Task;
  kind: LinkKind;
  lag: string;
}

export interface Person {
  uid: number;
  name: string;
  mine: boolean;
  /** How much of them there is, 100 = one full-time person; null = no work is theirs. */
  percent: number | null;
  /** What an hour, an hour of overtime and each time cost; null where there is no rate, or none for this reader. */
  rates: [number, number, number] | null;
}

/** Somebody on a task: units in percent, work in tenths of minutes. */
export interface Share {
  person: Person;
  percent: number;
  work: number;
  overtime: number;
}

export interface WorkingTime {
  name: string;
  first: number;
  week: number[];
  days: [number, number][];
  patterns: [number, number][][];
}

/** What the server sends; see the view `chart`. */
export interface Sent {
  version: number;
  whole: boolean;
  count: number;
  columns: string[];
  rows: unknown[][];
  removed: number[];
  links: [number, number, LinkKind, string][] | null;
  assigned: [number, number, number, number, number?][] | null;
  calendars: { project: number | null; items: Record<string, WorkingTime> };
  people: [number, string, boolean, number | null, [number, number, number]?][];
  fixedCosts: [number, number][];
  fields: OwnField[];
  currency: string;
  start: Moment | null;
  finish: Moment | null;
  status: Moment | null;
  now: Moment;
  minutesPerDay: number;
  baseline: number | null;
  baselines: [number, string, boolean][];
}

const NO_SHARES: Share[] = [];
const SUMMARY = 1;
const MILESTONE = 2;
const INACTIVE = 4;
const MANUAL = 8;
const CRITICAL = 16;
const NOTED = 32;

function taskOf(columns: string[], row: unknown[]): Task {
  const read: Record<string, unknown> = { place: 0, row: -1, parent: null, children: [] };
  for (let at = 0; at < columns.length; at += 1) read[columns[at] as string] = row[at];
  const flags = read["flags"] as number;
  read["summary"] = (flags & SUMMARY) !== 0;
  read["milestone"] = (flags & MILESTONE) !== 0;
  read["active"] = (flags & INACTIVE) === 0;
  read["manual"] = (flags & MANUAL) !== 0;
  read["critical"] = (flags & CRITICAL) !== 0;
  read["noted"] = (flags & NOTED) !== 0;
  return read as unknown as Task;
}

export class Plan {
  tasks: Task[] = [];
  links: Link[] = [];
  version = 0;
  count = 0;
  complete = false;
  start: Moment = 0;
  finish: Moment = 0;
  status: Moment | null = null;
  now: Moment = 0;
  minutesPerDay = 480;
  baseline: number | null = null;
  baselines: [number, string, boolean][] = [];
  people = new Map<number, Person>();
  projectCalendar: number | null = null;
  calendars = new Map<number, WorkingDays>();
  private byUid = new Map<number, Task>();
  private into = new Map<number, Link[]>();
  private outOf = new Map<number, Link[]>();
  fields: OwnField[] = [];
  currency = "";
  private assigned = new Map<number, Share[]>();
  private works: Map<number, number> | null = null;
  private expenses: Map<number, number> | null = null;
  fixedCosts = new Map<number, number>();
  /** Whether this reader is told what the work costs. */
  hasCosts = false;
  private crowded: Set<number> | null = null;

  /** Take what the server sent; gives the tasks that are new or differ, by uid, as they were before. */
  take(sent: Sent): Map<number, Task | undefined> {
    const changed = new Map<number, Task | undefined>();
    const known = this.byUid;
    if (sent.whole || !this.complete) this.byUid = new Map(this.tasks.filter((task) => task.uid < 0).map((task) => [task.uid, task]));
    for (const row of sent.rows) {
      const task = taskOf(sent.columns, row);
      changed.set(task.uid, known.get(task.uid));
      this.byUid.set(task.uid, task);
    }
    for (const uid of sent.removed) this.byUid.delete(uid);
    this.order();
    this.complete ||= sent.whole;
    this.version = sent.version;
    this.count = sent.count;
    this.start = sent.start ?? sent.now;
    this.finish = sent.finish ?? this.start;
    this.status = sent.status;
    this.now = sent.now;
    this.minutesPerDay = sent.minutesPerDay;
    this.baseline = sent.baseline;
    this.baselines = sent.baselines;
    this.people = new Map(sent.people.map(([uid, name, mine, percent, rates = null]) => [uid, { uid, name, mine, percent, rates }]));
    this.fixedCosts = new Map(sent.fixedCosts);
    this.hasCosts = this.fixedCosts.size > 0 || sent.people.some((person) => person[4]);
    this.fields = sent.fields;
    this.currency = sent.currency;
    this.works = this.expenses = this.crowded = null;
    this.projectCalendar = sent.calendars.project;
    this.calendars = new Map(Object.entries(sent.calendars.items).map(([uid, days]) => [Number(uid), new WorkingDays(days)]));
    if (sent.links) this.link(sent.links);
    else this.link(this.links.map(({ from, to, kind, lag }) => [from.uid, to.uid, kind, lag]));
    if (sent.assigned) this.assign(sent.assigned);
    return changed;
  }

  /** Show a row that the server does not know yet, above another one or at the end. */
  put(task: Task, below: Task | null): void {
    const above = below ? this.tasks[below.place - 1] : this.tasks[this.tasks.length - 1];
    const last = above?.position ?? 0;
    task.position = below ? (last + below.position) / 2 : last + 1;
    this.byUid.set(task.uid, task);
    this.order();
  }

  drop(uid: number): void {
    if (this.byUid.delete(uid)) this.order();
  }

  private order(): void {
    this.tasks = [...this.byUid.values()].sort((one, other) => one.position - other.position);
    this.outline();
  }

  task(uid: number): Task | undefined {
    return this.byUid.get(uid);
  }

  /** Links that lead to a task. */
  before(task: Task): Link[] {
    return this.into.get(task.uid) ?? [];
  }

  /** Links that lead from a task. */
  after(task: Task): Link[] {
    return this.outOf.get(task.uid) ?? [];
  }

  peopleOn(task: Task): Person[] {
    return this.sharesOn(task).map((share) => share.person);
  }

  sharesOn(task: Task): Share[] {
    return this.assigned.get(task.uid) ?? NO_SHARES;
  }

  /** Work in tenths of minutes; of a summary that of its tasks; null where there is none. */
  workOf(task: Task): number | null {
    return task.total ?? (this.works ??= worksOf(this)).get(task.uid) ?? null;
  }

  /** What it costs by the rates of who works on it; of a summary with its tasks; null where nothing costs. */
  costOf(task: Task): number | null {
    return task.cost ?? (this.expenses ??= costsOf(this)).get(task.uid) ?? null;
  }

  /** Whether somebody on it has more to do than time while it runs. */
  isOver(task: Task): boolean {
    return (this.crowded ??= overCapacity(this)).has(task.uid);
  }

  calendarOf(task: Task): WorkingDays | undefined {
    return this.calendars.get(task.calendar ?? this.projectCalendar ?? -1) ?? this.calendars.get(this.projectCalendar ?? -1);
  }

  /** The tasks whose dates lead, one by one, to this task's. */
  drivingPath(task: Task): Set<number> {
    const path = new Set<number>();
    let here: Task | undefined = task;
    while (here && !path.has(here.uid)) {
      path.add(here.uid);
      here = here.driver === "link" && here.driverUid !== null ? this.task(here.driverUid) : undefined;
    }
    return path;
  }

  private outline(): void {
    const open: Task[] = [];
    this.tasks.forEach((task, place) => {
      task.place = place;
      task.children = [];
      while (open.length && (open[open.length - 1] as Task).level >= task.level) open.pop();
      task.parent = open[open.length - 1] ?? null;
      task.parent?.children.push(task);
      open.push(task);
    });
  }

  private link(sent: [number, number, LinkKind, string][]): void {
    this.links = [];
    this.into = new Map();
    this.outOf = new Map();
    for (const [before, after, kind, lag] of sent) {
      const from = this.byUid.get(before);
      const to = this.byUid.get(after);
      if (!from || !to) continue;
      const link = { from, to, kind, lag };
      this.links.push(link);
      const into = this.into.get(after);
      if (into) into.push(link);
      else this.into.set(after, [link]);
      const outOf = this.outOf.get(before);
      if (outOf) outOf.push(link);
      else this.outOf.set(before, [link]);
    }
  }

  private assign(sent: [number, number, number, number, number?][]): void {
    this.assigned = new Map();
    for (const [task, resource, percent, work, overtime = 0] of sent) {
      const person = this.people.get(resource);
      if (!person) continue;
      const on = this.assigned.get(task);
      if (on) on.push({ person, percent, work, overtime });
      else this.assigned.set(task, [{ person, percent, work, overtime }]);
    }
  }
}

/** A calendar's working time by day; outside the days that the server sent, the week's own. */
export class WorkingDays {
  private readonly differing: Map<number, number>;

  constructor(private readonly sent: WorkingTime) {
    this.differing = new Map(sent.days);
  }

  get name(): string {
    return this.sent.name;
  }

  /** Shifts of a day, in minutes after midnight. */
  shifts(day: number): [number, number][] {
    const place = (((day - this.sent.first) % 7) + 7) % 7;
    return this.sent.patterns[this.differing.get(day) ?? this.sent.week[place] ?? 0] ?? [];
  }
}

export function isDone(task: Task): boolean {
  return task.percent >= 100;
}

export function isLate(task: Task, now: Moment): boolean {
  const finish = task.finish ?? 0;
  if (task.deadline !== null && finish > task.deadline) return true;
  return (task.slip ?? 0) > 0 || (!isDone(task) && task.finish !== null && finish < now);
}

/** Whether a summary's children reach beyond its own dates or its deadline. */
export function overflows(task: Task): boolean {
  if (task.deadline !== null && task.finish !== null && task.finish > task.deadline) return true;
  return task.children.some(
    (child) =>
      child.active &&
      ((child.finish !== null && task.finish !== null && child.finish > task.finish) ||
        (child.start !== null && task.start !== null && child.start < task.start)),
  );
}
