// Pulling at bars, with the pointer or with the keys: a ghost stays at the old place, shadows show what else would move,
// letting go saves, Escape leaves everything as it was.
import { type Grip, PERCENT_STEP, type Wanted, changesOf, durationText, gripsOf, pulled, standing, stepOf, wantedWords } from "./bars";
import { type Gantt } from "./element";
import { type End, linkOf, linkWords } from "./ends";
import { Handles, type Hold, holdOf } from "./handles";
import { ROW, extent } from "./lanes";
import { LinkBox } from "./link_box";
import { PauseBox, whyNoPause } from "./pause_box";
import { linkAt } from "./links";
import { type Link, type Task } from "./model";
import { type PlanChange, type PlanEffect } from "./server";
import { type PullKey, pullKeyOf } from "./pull_keys";
import { Shadows } from "./shadows";
import { type Moment, dayText } from "./time";
import { Trial } from "./trial";
import { HEAD } from "./view";

const NEAR = 18; // pixels beside a bar that still show what one can take hold of
const STILL = 3; // pixels that the pointer may tremble in a click
const EDGE = 32;
const SCROLL_BY = 14;
const FORM_KEYS: Record<string, "links" | "pause"> = { KeyL: "links", KeyP: "pause" };
const MOST_STEPS = 600; // a week without work in quarters of an hour

/** What is in the hand: a bar that is pulled, or a line from its end. */
interface Pull {
  task: Task;
  hold: Hold;
  to: Wanted;
  link: End | null;
  changes: PlanChange[];
  from: Moment; // where it was taken
  begun: boolean;
}

/** A bar that is drawn where it was let go while the server has not answered. */
interface Waiting {
  task: Task;
  field: string;
  before: Pick<Task, "start" | "finish" | "percent">;
}

export class Dragging {
  private readonly handles = new Handles();
  private readonly shadows: Shadows;
  private readonly trial: Trial;
  private readonly linkBox: LinkBox;
  private readonly pauseBox: PauseBox;
  private pull: Pull | null = null;
  private effect: PlanEffect | null = null;
  private refused = "";
  private pointer = { x: 0, y: 0 }; // in the window
  private box = new DOMRect();
  private keysFar = 0;
  private byKeys = false;
  private scrolling = 0;
  private waiting: Waiting[] = [];

  constructor(
    private readonly gantt: Gantt,
    private readonly frame: HTMLElement,
  ) {
    this.shadows = new Shadows(frame);
    this.trial = new Trial(
      () => gantt.changesAddress,
      (effect, refused) => this.told(effect, refused),
    );
    this.linkBox = new LinkBox(gantt, frame);
    this.pauseBox = new PauseBox(gantt, frame);
    const { chart, grid, surface } = gantt.view;
    surface.append(this.handles.element, this.shadows.element);
    chart.addEventListener("pointermove", (event) => this.hover(event), { passive: true });
    chart.addEventListener("pointerleave", () => this.place());
    chart.addEventListener("click", (event) => this.onClick(event), { capture: true });
    this.handles.element.addEventListener("pointerdown", (event) => this.take(event));
    grid.addEventListener("keydown", (event) => this.onKey(event), { capture: true });
    document.addEventListener("keydown", (event) => this.onEscape(event), { capture: true });
    document.addEventListener("keyup", (event) => this.onKeyUp(event), { capture: true });
    addEventListener("blur", () => this.byKeys && this.cancel());
  }

  /** The bar that is in the hand; it is drawn as the ghost of itself. */
  get held(): number | null {
    return this.pull?.begun ? this.pull.task.uid : null;
  }

  /** The link that is open for change. */
  get chosen(): Link | null {
    const { link } = this.linkBox;
    if (!link) return null;
    return this.gantt.plan.links.find(({ from, to }) => from.uid === link.from.uid && to.uid === link.to.uid) ?? null;
  }

  /** Put the handles where the selected bar is now. */
  place(): void {
    if (this.pull) return;
    const task = this.gantt.selected;
    if (task && this.gantt.canType) this.handles.show(task, this.gantt.timeScale, this.gantt.rights);
    else this.handles.hide();
  }

  // --- the pointer -----------------------------------------------------------------------------

  private hover(event: PointerEvent): void {
    if (this.pull || event.buttons || holdOf(event.target)) return;
    const { x, y } = this.inChart(event);
    const task = this.barAt(x, y);
    if (task && this.gantt.canType && task !== this.handles.task) {
      this.handles.show(task, this.gantt.timeScale, this.gantt.rights);
    }
    this.gantt.view.chart.classList.toggle("is-on-link", !task && this.linkUnder(x, y) !== null);
  }

  private linkUnder(x: number, y: number): Link | null {
    const row = Math.floor(y / ROW);
    const near = ({ from, to }: Link): boolean => Math.min(from.row, to.row) <= row && Math.max(from.row, to.row) >= row;
    if (y < 0 || !this.gantt.settings.switches.links) return null;
    return linkAt(this.gantt.look, this.gantt.plan.links.filter(near), x, y);
  }

  /** A click on a link opens it, wherever no bar is. */
  private onClick(event: MouseEvent): void {
    if (holdOf(event.target)) return;
    const { x, y } = this.inChart(event);
    const place = this.barAt(x, y);
    const bar = place && extent(place, this.gantt.timeScale);
    if (bar && x >= bar.left && x <= bar.right) return;
    const link = this.linkUnder(x, y);
    if (!link) return;
    event.stopPropagation();
    const frame = this.frame.getBoundingClientRect();
    this.linkBox.openLink(link, event.clientX - frame.left, event.clientY - frame.top);
  }

  private inChart(event: { clientX: number; clientY: number }): { x: number; y: number } {
    const { chart, scroller } = this.gantt.view;
    const box = this.pull ? this.box : chart.getBoundingClientRect();
    return { x: event.clientX - box.left + chart.scrollLeft, y: event.clientY - box.top - HEAD + scroller.scrollTop };
  }

  private barAt(x: number, y: number): Task | null {
    const task = y < 0 ? undefined : this.gantt.rowAt(Math.floor(y / ROW));
    const place = task && extent(task, this.gantt.timeScale);
    return task?.id && place && x >= place.left - NEAR && x <= place.right + NEAR ? task : null;
  }

  private take(event: PointerEvent): void {
    const hold = holdOf(event.target);
    const { task } = this.handles;
    if (!hold || !task || event.button !== 0 || this.pull) return;
    event.preventDefault();
    this.box = this.gantt.view.chart.getBoundingClientRect();
    this.handles.element.setPointerCapture(event.pointerId);
    this.begin(task, hold, this.gantt.timeScale.at(this.inChart(event).x));
    const move = (to: PointerEvent): void => this.move(to);
    const stop = (up: Event): void => {
      this.handles.element.removeEventListener("pointermove", move);
      this.handles.element.removeEventListener("pointerup", stop);
      this.handles.element.removeEventListener("pointercancel", stop);
      cancelAnimationFrame(this.scrolling);
      if (up.type === "pointerup") this.letGo();
      else this.cancel();
    };
    this.handles.element.addEventListener("pointermove", move);
    this.handles.element.addEventListener("pointerup", stop);
    this.handles.element.addEventListener("pointercancel", stop);
  }

  private begin(task: Task, hold: Hold, from: Moment): Pull {
    const pull = { task, hold, to: standing(task), link: null, changes: [], from, begun: false };
    this.effect = null;
    this.refused = "";
    return (this.pull = pull);
  }

  private move(event: PointerEvent): void {
    const { pull } = this;
    if (!pull) return;
    this.pointer = { x: event.clientX, y: event.clientY };
    const { x, y } = this.inChart(event);
    if (!pull.begun) {
      if (Math.abs(x - this.gantt.timeScale.x(pull.from)) < STILL && !isLine(pull.hold)) return;
      this.show(pull);
    }
    if (isLine(pull.hold)) this.drawLine(pull, x, y);
    else this.pullTo(pull, this.farOf(pull, x));
    this.scrollAtEdge(pull);
  }

  /** How far it is pulled: in time, or of its progress in percent. */
  private farOf({ task, hold, from }: Pull, x: number): number {
    const far = this.gantt.timeScale.at(x) - from;
    return hold === "progress" ? (far / Math.max(1, (task.finish ?? 0) - (task.start ?? 0))) * 100 : far;
  }

  /** The bar becomes a ghost, and the page knows that something is in the hand. */
  private show(pull: Pull): void {
    pull.begun = true;
    this.gantt.classList.add("is-pulling");
    this.handles.element.classList.add("is-pulling");
    this.gantt.draw();
  }

  private pullTo(pull: Pull, far: number): void {
    const { gantt } = this;
    const step = stepOf(gantt.timeScale);
    pull.to = pulled(gantt.plan, pull.task, pull.hold as Grip, far, step);
    pull.changes = changesOf(pull.task, pull.to, gantt.plan.minutesPerDay);
    this.shadows.place(pull.task, pull.to, gantt.timeScale);
    this.trial.ask(pull.changes);
    this.tell();
  }

  private drawLine(pull: Pull, x: number, y: number): void {
    const { timeScale } = this.gantt;
    const from: End = { task: pull.task, atFinish: pull.hold === "link-finish" };
    const task = this.barAt(x, y);
    const place = task && extent(task, timeScale);
    pull.link = task && place && task !== pull.task ? { task, atFinish: x > (place.left + place.right) / 2 } : null;
    pull.changes = pull.link ? [linkOf(from, pull.link)] : [];
    this.shadows.link(from, x, y, pull.link, timeScale);
    this.trial.ask(pull.changes);
    this.tell();
  }

  /** Near an edge the chart runs on, as long as the pointer stays there; up and down only for a line to another row. */
  private scrollAtEdge(pull: Pull): void {
    cancelAnimationFrame(this.scrolling);
    const { left, right, top, bottom } = this.box;
    const across = wayAt(this.pointer.x, left, right);
    const down = isLine(pull.hold) ? wayAt(this.pointer.y, top + HEAD, bottom) : 0;
    if (!across && !down) return;
    this.scrolling = requestAnimationFrame(() => {
      const { chart, scroller } = this.gantt.view;
      const before = chart.scrollLeft + scroller.scrollTop;
      chart.scrollLeft += across * SCROLL_BY;
      scroller.scrollTop += down * SCROLL_BY;
      if (!this.pull || chart.scrollLeft + scroller.scrollTop === before) return;
      this.move(new PointerEvent("pointermove", { clientX: this.pointer.x, clientY: this.pointer.y }));
    });
  }

  // --- the keys --------------------------------------------------------------------------------

  /** With Alt held down arrows pull at the selected bar; letting Alt go saves. */
  private onKey(event: KeyboardEvent): void {
    const { selected: task } = this.gantt;
    if (!event.altKey || !task || this.gantt.selection.head || !this.gantt.canType) return;
    if ((event.target as Element).closest("input, textarea, select")) return;
    const wanted = pullKeyOf(event);
    const form = this.gantt.rights.edit && !event.ctrlKey && !event.shiftKey ? FORM_KEYS[event.code] : undefined;
    if (!wanted && !form) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form === "links") this.openLinks(task);
    else if (form === "pause") this.openPause(task);
    else if (wanted) this.pullByKeys(task, wanted);
  }

  private pullByKeys(task: Task, { grip, way }: PullKey): void {
    const { gantt } = this;
    if (this.pull && (!this.byKeys || this.pull.hold !== grip)) return;
    if (!gripsOf(task, gantt.rights).includes(grip)) return gantt.say(this.whyNot(task));
    const pull = this.pull ?? this.takeByKeys(task, grip);
    const step = stepOf(gantt.timeScale);
    this.stepOn(pull, grip, way, step);
    this.pointer = this.below(task, pull.to.finish);
    this.pullTo(pull, this.keysFar);
    gantt.say(wantedWords(task, pull.to, gantt.plan, gantt.monthFirst, step));
  }

  /** One step further, over time that is not worked; none where it can go no further. */
  private stepOn({ task, to }: Pull, grip: Grip, way: number, step: Moment): void {
    const by = way * (grip === "progress" ? PERCENT_STEP : step);
    for (let far = this.keysFar + by, left = MOST_STEPS; left > 0; far += by, left -= 1) {
      const next = pulled(this.gantt.plan, task, grip, far, step);
      if (next.start === to.start && next.finish === to.finish && next.percent === to.percent) continue;
      this.keysFar = far;
      return;
    }
  }

  private whyNot(task: Task): string {
    if (task.summary) return "A summary's dates and progress come from its tasks.";
    if (!task.active) return "An inactive task stands still. Make it active first.";
    return this.gantt.rights.edit ? "A milestone has no length and no progress of its own." : "You may enter progress only.";
  }

  private takeByKeys(task: Task, grip: Grip): Pull {
    this.gantt.showBar(task);
    this.box = this.gantt.view.chart.getBoundingClientRect();
    const pull = this.begin(task, grip, 0);
    this.byKeys = true;
    this.keysFar = 0;
    this.show(pull);
    return pull;
  }

  private openLinks(task: Task): void {
    const { x, y } = this.besideBar(task);
    this.linkBox.openTask(task, x, y);
  }

  openPause(task: Task): void {
    const why = whyNoPause(task);
    if (why) return this.gantt.say(why);
    const { x, y } = this.besideBar(task);
    this.pauseBox.open(task, x, y);
  }

  /** Bring a task's bar into sight; gives the place of the frame right below its end. */
  private besideBar(task: Task): { x: number; y: number } {
    this.gantt.showBar(task);
    this.box = this.gantt.view.chart.getBoundingClientRect();
    const { x, y } = this.below(task, task.finish ?? 0);
    const frame = this.frame.getBoundingClientRect();
    return { x: x - frame.left, y: y - frame.top };
  }

  /** The place in the window right below a moment of a task's row, kept inside the chart. */
  private below(task: Task, at: Moment): { x: number; y: number } {
    const { chart, scroller } = this.gantt.view;
    const across = this.gantt.timeScale.x(at) - chart.scrollLeft;
    return {
      x: this.box.left + Math.max(0, Math.min(across, this.box.width)),
      y: this.box.top + HEAD + (task.row + 1) * ROW - scroller.scrollTop,
    };
  }

  private onKeyUp(event: KeyboardEvent): void {
    if (!this.byKeys || event.key !== "Alt") return;
    event.preventDefault();
    this.letGo();
  }

  private onEscape(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !this.pull) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.cancel();
    this.gantt.say("Nothing was changed.");
  }

  // --- the end ---------------------------------------------------------------------------------

  private told(effect: PlanEffect | null, refused: string): void {
    if (!this.pull) return;
    this.effect = effect;
    this.refused = refused;
    const { view, plan, timeScale } = this.gantt;
    const { first, last } = view.inSight;
    this.shadows.showOthers(effect, plan, timeScale, this.pull.task.uid, first, last);
    this.tell();
  }

  private tell(): void {
    const { pull, gantt } = this;
    if (!pull) return;
    const frame = this.frame.getBoundingClientRect();
    const head = isLine(pull.hold)
      ? pull.link
        ? linkWords({ task: pull.task, atFinish: pull.hold === "link-finish" }, pull.link)
        : "Drop it on another bar"
      : wantedWords(pull.task, pull.to, gantt.plan, gantt.monthFirst, stepOf(gantt.timeScale));
    const text = !pull.changes.length ? "" : this.refused || (this.effect?.sentence ?? "");
    this.shadows.tell(this.pointer.x - frame.left, this.pointer.y - frame.top, head, text, this.refused !== "");
  }

  private letGo(): void {
    const { pull } = this;
    if (!pull) return;
    const { task, to, changes } = pull;
    const begun = pull.begun;
    this.drop();
    if (!begun || !changes.length) return this.gantt.draw();
    this.gantt.showBar(task);
    if (pull.link) this.gantt.outbox.post(changes, []);
    else this.savePull(task, to, changes);
  }

  /** Save what was pulled; the bar stands at once where it was let go, until the server's own dates come or it refuses. */
  private savePull(task: Task, to: Wanted, changes: PlanChange[]): void {
    const { gantt } = this;
    const { start, finish, percent } = task;
    const texts: Record<string, string> = {
      start: dayText(to.start, gantt.plan.now, gantt.monthFirst),
      duration: durationText(task, to.tenths ?? 0, gantt.plan.minutesPerDay),
      percent: `${to.percent} %`,
    };
    const cells = changes.map(({ field = "" }) => ({ uid: task.uid, field, text: texts[field] ?? "" }));
    this.waiting.push({ task, field: cells[0]?.field ?? "", before: { start, finish, percent } });
    Object.assign(task, { start: to.start, finish: to.finish, percent: to.percent });
    gantt.outbox.post(changes, cells);
  }

  /** Bars whose change is answered stand where the plan says. */
  settle(): void {
    const isOpen = ({ task, field }: Waiting): boolean => this.gantt.outbox.textOf(task.uid, field) !== undefined;
    for (const { task, before } of this.waiting.filter((one) => !isOpen(one))) Object.assign(task, before);
    this.waiting = this.waiting.filter(isOpen);
    if (this.pull) this.pull.task = this.gantt.plan.task(this.pull.task.uid) ?? this.pull.task; // it may have come anew
  }

  cancel(): void {
    if (!this.pull) return;
    this.drop();
    this.gantt.draw();
  }

  private drop(): void {
    if (this.pull?.begun && !this.byKeys) hushClick();
    this.pull = null;
    this.byKeys = false;
    this.trial.stop();
    this.shadows.clear();
    this.gantt.classList.remove("is-pulling");
    this.handles.element.classList.remove("is-pulling");
  }
}

/** The click that ends a pull selects nothing. */
function hushClick(): void {
  const hush = (event: MouseEvent): void => event.stopPropagation();
  document.addEventListener("click", hush, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", hush, { capture: true }), 0);
}

/** Which way the chart runs on where the pointer is near an edge. */
function wayAt(at: number, first: number, last: number): number {
  return at < first + EDGE ? -1 : at > last - EDGE ? 1 : 0;
}

function isLine(hold: Hold): hold is "link-start" | "link-finish" {
  return hold.startsWith("link");
}
