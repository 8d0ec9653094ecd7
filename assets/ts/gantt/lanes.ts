// One row of the chart: the bar with its progress, the summary's bracket, the milestone, baseline, slack, deadline, words.
import { type Paint } from "./conditions";
import { type Link, type Plan, type Task, isDone, overflows } from "./model";
import { type Scale } from "./scale";
import { type Label, type Switches } from "./settings";
import { DAY, type Moment, dayText } from "./time";

export const ROW = 34;
export const MILESTONE_WIDTH = 14;
const LEAST_WIDTH = 3;
const DOT = 8; // room for the dot that links begin at
const FAR = 600; // how far out of sight something is still drawn, so that short scrolls need no new drawing

export interface Look {
  plan: Plan;
  scale: Scale;
  switches: Switches;
  label: Label;
  monthFirst: boolean;
  from: number;
  to: number;
  selected: number | null;
  path: Set<number>;
  moved: Set<number>;
  paint: ((task: Task) => Paint | null) | null;
  held: number | null;
  chosen: Link | null;
  was: Map<number, Task | undefined>; // rows before the last change
}

type Part = "was" | "slack" | "baseline" | "reach" | "bar" | "done" | "deadline" | "words";

/** Where a task's bar begins and ends, in pixels of the whole time line; null without dates. */
export function extent(task: Task, scale: Scale): { left: number; right: number } | null {
  if (task.start === null || task.finish === null) return null;
  const left = scale.x(task.start);
  if (isMark(task)) return { left: scale.x(task.finish) - MILESTONE_WIDTH / 2, right: scale.x(task.finish) + MILESTONE_WIDTH / 2 };
  return { left, right: Math.max(left + LEAST_WIDTH, scale.x(task.finish)) };
}

export function isMark(task: Task): boolean {
  return !task.summary && (task.milestone || task.start === task.finish);
}

export class Lane {
  readonly element = document.createElement("div");
  private parts = new Map<string, HTMLElement>();
  private used = new Set<string>();

  constructor() {
    this.element.className = "gx-lane";
  }

  put(index: number, task: Task, look: Look): void {
    this.element.style.transform = `translateY(${index * ROW}px)`;
    this.element.classList.toggle("is-selected", look.selected === task.uid);
    this.element.classList.toggle("is-moved", look.moved.has(task.uid));
    this.element.classList.toggle("is-held", look.held === task.uid);
    this.used.clear();
    const place = extent(task, look.scale);
    if (place) this.draw(task, look, place);
    for (const [name, element] of this.parts) if (!this.used.has(name)) element.hidden = true;
  }

  private draw(task: Task, look: Look, { left, right }: { left: number; right: number }): void {
    const { scale, switches } = look;
    const seen = (from: number, to: number): boolean => to >= look.from - FAR && from <= look.to + FAR;
    const late = task.lateFinish === null || task.finish === null || isDone(task) || task.summary ? 0 : scale.x(task.lateFinish);
    if (switches.slack && late > right + 2 && seen(right, late)) this.part("slack", "gx-slack", right, late - right);
    if (switches.baseline && task.plannedStart !== null && task.plannedFinish !== null) this.baseline(task, look, seen);
    const was = look.was.get(task.uid);
    const old = was && !task.summary && (was.start !== task.start || was.finish !== task.finish) ? extent(was, scale) : null;
    if (old && seen(old.left, old.right)) this.part("was", isMark(task) ? "gx-was is-mark" : "gx-was", old.left, old.right - old.left);
    if (seen(left, right)) this.bar(task, look, left, right);
    if (switches.deadline && task.deadline !== null) {
      const at = scale.x(task.deadline);
      const missed = task.finish !== null && task.finish > task.deadline;
      if (seen(at, at)) this.part("deadline", missed ? "gx-deadline is-missed" : "gx-deadline", at - 6, 12);
    }
    const end = right + (task.summary ? 0 : DOT);
    const after = Math.max(end, switches.slack ? late : 0, switches.deadline && task.deadline ? scale.x(task.deadline) + 6 : 0);
    if (switches.words && seen(right, after + 240)) this.words(task, look, after);
  }

  private bar(task: Task, look: Look, left: number, right: number): void {
    const tint = look.paint?.(task)?.bar;
    const marks = [
      task.critical && look.switches.critical && !isDone(task) ? "is-critical" : "",
      isDone(task) ? "is-done" : "",
      task.active ? "" : "is-inactive",
      task.manual ? "is-manual" : "",
      look.switches.driving && look.path.has(task.uid) ? "is-driving" : "",
      tint ? `gx-bar-${tint}` : "",
    ].filter(Boolean);
    if (task.summary) {
      if (task.manual) this.reach(task, look);
      this.part("bar", ["gx-summary", overflows(task) ? "is-over" : "", ...marks].join(" "), left, right - left);
      return;
    }
    if (isMark(task)) {
      this.part("bar", ["gx-milestone", ...marks].join(" "), left, right - left);
      return;
    }
    const name = ["gx-task", ...marks].join(" ");
    const split = task.parts && task.parts.length > 1 ? task.parts : null;
    if (split) return this.split(split, task, look, name, left, right);
    this.part("bar", name, left, right - left);
    if (look.switches.progress && task.percent > 0) {
      this.part("done", "gx-done", left, Math.max(2, ((right - left) * Math.min(100, task.percent)) / 100));
    }
  }

  /** The worked stretches with what is done of them, on a thread over the pauses. */
  private split(parts: [Moment, Moment][], task: Task, look: Look, name: string, left: number, right: number): void {
    this.part("bar", `${name} is-split`, left, right - left);
    const whole = parts.reduce((sum, [start, finish]) => sum + finish - start, 0);
    let done = look.switches.progress ? (whole * Math.min(100, task.percent)) / 100 : 0;
    parts.forEach(([start, finish], number) => {
      const from = look.scale.x(start);
      this.part(`part${number}`, `${name} gx-stretch`, from, Math.max(2, look.scale.x(finish) - from));
      if (done > 0) this.part(`done${number}`, "gx-done", from, look.scale.x(Math.min(finish, start + done)) - from);
      done -= finish - start;
    });
  }

  /** From the first start to the last finish below a summary that has dates of its own. */
  private reach(task: Task, look: Look): void {
    const from = Math.min(...task.children.map((child) => child.start ?? Infinity));
    const to = Math.max(...task.children.map((child) => child.finish ?? -Infinity));
    if (from < to) this.part("reach", "gx-reach", look.scale.x(from), look.scale.x(to) - look.scale.x(from));
  }

  private baseline(task: Task, look: Look, seen: (from: number, to: number) => boolean): void {
    const from = look.scale.x(task.plannedStart as Moment);
    const to = look.scale.x(task.plannedFinish as Moment);
    if (!seen(from, to)) return;
    if (task.plannedStart === task.plannedFinish && !task.summary) this.part("baseline", "gx-baseline-mark", to - 5, 10);
    else this.part("baseline", "gx-baseline", from, Math.max(2, to - from));
  }

  private words(task: Task, look: Look, after: number): void {
    const text = wordsOf(task, look);
    if (!text) return;
    const element = this.part("words", "gx-words", after + 8, null);
    if (element.textContent === text) return;
    element.textContent = text;
    element.dir = "auto"; // a name stands in its own direction
  }

  private part(name: Part | `part${number}` | `done${number}`, look: string, left: number, width: number | null): HTMLElement {
    let element = this.parts.get(name);
    if (!element) {
      element = document.createElement("div");
      this.parts.set(name, element);
      this.element.append(element);
    }
    this.used.add(name);
    if (element.className !== look) element.className = look;
    if (element.hidden) element.hidden = false;
    element.style.left = `${Math.round(left * 100) / 100}px`;
    if (width !== null) element.style.width = `${Math.round(width * 100) / 100}px`;
    return element;
  }
}

export function wordsOf(task: Task, look: Look): string {
  const people = (): string => look.plan.peopleOn(task).map((person) => person.name).join(", ");
  const day = (at: Moment | null): string => dayText(at, look.plan.now, look.monthFirst);
  switch (look.label) {
    case "auto":
      return task.summary || isMark(task) ? task.name : people();
    case "name":
      return task.name;
    case "people":
      return people();
    case "dates":
      return isMark(task) ? day(task.finish) : `${day(task.start)} – ${day(task.finish)}`;
    case "percent":
      return `${Math.round(task.percent)} %`;
  }
}

/** An outline of what is not worked between two positions: whole days when days are narrow, hours when they are wide. */
export function shade(look: Look, rows: { task: Task; index: number }[], from: number, to: number): string {
  const { plan, scale } = look;
  if (scale.perDay < 2.5) return "";
  const strokes: string[] = [];
  let run = 0;
  while (run < rows.length) {
    const calendar = plan.calendarOf((rows[run] as { task: Task }).task);
    let end = run + 1;
    while (end < rows.length && plan.calendarOf((rows[end] as { task: Task }).task) === calendar) end += 1;
    const top = (rows[run] as { index: number }).index * ROW;
    const height = (end - run) * ROW;
    if (calendar) {
      for (let day = Math.floor(scale.at(from) / DAY); day <= Math.floor(scale.at(to) / DAY); day += 1) {
        const shifts = calendar.shifts(day);
        for (const [start, finish] of gaps(shifts, scale.perDay >= 100)) {
          const left = scale.x(day * DAY + start * 10);
          const width = ((finish - start) / 1440) * scale.perDay;
          strokes.push(`M${round(left)} ${top}h${round(width)}v${height}h${round(-width)}z`);
        }
      }
    }
    run = end;
  }
  return strokes.join("");
}

function gaps(shifts: [number, number][], hours: boolean): [number, number][] {
  if (!shifts.length) return [[0, 1440]];
  if (!hours) return [];
  const free: [number, number][] = [];
  let at = 0;
  for (const [start, finish] of shifts) {
    if (start > at) free.push([at, start]);
    at = finish;
  }
  if (at < 1440) free.push([at, 1440]);
  return free;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A bar's middle, for what leads to it. */
export function middle(index: number): number {
  return index * ROW + ROW / 2 - 2;
}

