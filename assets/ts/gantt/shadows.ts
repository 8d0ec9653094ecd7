// What is drawn while a bar is pulled: its new place, the shadows of what would move with it, a line to another bar, a note.
import { type Plan, type Task } from "./model";
import { MILESTONE_WIDTH, ROW, extent, isMark, middle } from "./lanes";
import { type Scale } from "./scale";
import { type Wanted } from "./bars";
import { type PlanEffect } from "./server";
import { momentOf } from "./time";

const SVG = "http://www.w3.org/2000/svg";
const LEAST = 3;
const BESIDE = 16; // pixels between the pointer and its note

function part(name: string, parent: Element): HTMLElement {
  const element = document.createElement("div");
  element.className = name;
  element.hidden = true;
  parent.append(element);
  return element;
}

export class Shadows {
  readonly element = document.createElement("div");
  private readonly bar: HTMLElement;
  private readonly done: HTMLElement;
  private readonly target: HTMLElement;
  private readonly line = document.createElementNS(SVG, "path");
  private readonly note: HTMLElement;
  private readonly noteHead = document.createElement("strong");
  private readonly noteText = document.createElement("span");
  private others: HTMLElement[] = [];

  constructor(private readonly frame: HTMLElement) {
    this.element.className = "gx-shadows";
    this.bar = part("gx-new-place", this.element);
    this.done = part("gx-new-done", this.element);
    this.target = part("gx-target", this.element);
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", "gx-links");
    this.line.setAttribute("class", "gx-new-link");
    svg.append(this.line);
    this.element.append(svg);
    this.note = part("gx-note", frame);
    this.note.append(this.noteHead, this.noteText);
  }

  /** The bar where it would stand. */
  place(task: Task, to: Wanted, scale: Scale): void {
    const mark = isMark(task);
    const left = mark ? scale.x(to.finish) - MILESTONE_WIDTH / 2 : scale.x(to.start);
    const width = mark ? MILESTONE_WIDTH : Math.max(LEAST, scale.x(to.finish) - left);
    this.bar.className = mark ? "gx-new-place is-mark" : "gx-new-place";
    put(this.bar, left, task.row, width);
    this.done.hidden = mark || to.percent === task.percent;
    if (!this.done.hidden) put(this.done, left, task.row, Math.max(1, (width * to.percent) / 100));
  }

  /** Where the other tasks in sight would stand. */
  showOthers(effect: PlanEffect | null, plan: Plan, scale: Scale, but: number, first: number, last: number): void {
    let used = 0;
    for (const moved of effect?.moved ?? []) {
      const task = plan.task(moved.uid);
      if (!task || moved.uid === but || task.row < first || task.row > last) continue;
      if (moved.new_start === null || moved.new_finish === null) continue;
      const finish = momentOf(moved.new_finish);
      const mark = isMark(task);
      const left = mark ? scale.x(finish) - MILESTONE_WIDTH / 2 : scale.x(momentOf(moved.new_start));
      const width = mark ? MILESTONE_WIDTH : Math.max(LEAST, scale.x(finish) - left);
      const shadow = this.others[used] ?? (this.others[used] = part("", this.element));
      shadow.className = `gx-shadow${mark ? " is-mark" : task.summary ? " is-summary" : ""}`;
      put(shadow, left, task.row, width);
      used += 1;
    }
    for (const spare of this.others.slice(used)) spare.hidden = true;
  }

  /** A line from the end of one bar to the pointer, and the bar that it would lead to. */
  link(from: { task: Task; atFinish: boolean }, x: number, y: number, to: { task: Task; atFinish: boolean } | null, scale: Scale): void {
    const begin = extent(from.task, scale);
    if (!begin) return;
    const end = to && extent(to.task, scale);
    this.line.setAttribute("d", `M${from.atFinish ? begin.right : begin.left} ${middle(from.task.row)}L${x} ${y}`);
    this.target.hidden = !end;
    if (!to || !end) return;
    this.target.className = `gx-target ${to.atFinish ? "is-finish" : "is-start"}`;
    put(this.target, end.left - 4, to.task.row, end.right - end.left + 8);
  }

  /** A note beside a place of the frame: what would be, and what that does. */
  tell(x: number, y: number, head: string, text: string, refused: boolean): void {
    const { clientWidth: width, clientHeight: height } = this.frame;
    this.note.hidden = false;
    this.note.classList.toggle("is-refused", refused);
    if (this.noteHead.textContent !== head) this.noteHead.textContent = head;
    if (this.noteText.textContent !== text) this.noteText.textContent = text;
    const across = x > width * 0.6 ? `calc(${x - BESIDE}px - 100%)` : `${x + BESIDE}px`;
    const down = y > height * 0.7 ? `calc(${y - BESIDE}px - 100%)` : `${y + BESIDE}px`;
    this.note.style.transform = `translate(${across}, ${down})`;
  }

  clear(): void {
    for (const element of [this.bar, this.done, this.target, this.note, ...this.others]) element.hidden = true;
    this.line.removeAttribute("d");
  }
}

function put(element: HTMLElement, left: number, row: number, width: number): void {
  element.style.transform = `translate(${Math.round(left * 100) / 100}px, ${row * ROW}px)`;
  element.style.width = `${Math.round(width * 100) / 100}px`;
  element.hidden = false;
}
