// Before many rows change: what would change, row by row with a tick, and what that would do to the plan. Nothing is
// saved until it is accepted; rows that the server refuses say why, and the others can go without them.
import { Away, SignedOut } from "../net";
import { button, own, words } from "./bubble";
import { chips } from "./effect";
import { type Gantt } from "./element";
import { type TypedCell } from "./outbox";
import { type PlanChange, type PlanEffect, Refused, changePlan } from "./server";

const PAUSE_MS = 200;
const LINKS = ["predecessors", "successors"];
const PLACING: PlanChange["act"][] = ["add", "move"];
const MOST_TRIES = 12; // askings to find all the rows that are refused

/** One row of the preview: what is done to one task. */
export interface Line {
  uid: number;
  name: string;
  what: string;
  changes: PlanChange[];
  cells: TypedCell[];
  /** Of a new row: the number that it gets when all of them are taken. */
  number?: number;
}

export interface Wanted {
  title: string;
  label: string;
  accept: string;
  lines: Line[];
  note?: string;
  /** All of it or nothing: no row can be left out. */
  whole?: boolean;
  /** Another way to do it, chosen above the list. */
  ways?: { label: string; wanted: () => Wanted; chosen: boolean }[];
}

interface Item extends Line {
  on: boolean;
  reason: string;
  element: HTMLElement;
  tick: HTMLInputElement;
  told: HTMLElement;
}

export class Preview {
  private readonly panel = document.createElement("section");
  private readonly sentence = words("p", "", "gx-preview-said");
  private readonly parts = document.createElement("div");
  private items: Item[] = [];
  private byCell = new Map<string, { item: Item; text: string }>();
  private wanted: Wanted | null = null;
  private readonly allTick = checkbox(true);
  private accept = button({ label: "Accept", run: () => void this.take() }, "btn btn-primary");
  private seen = 0;
  private asked: AbortController | null = null;
  private timer = 0;

  constructor(
    private readonly gantt: Gantt,
    frame: HTMLElement,
  ) {
    this.panel.className = "gx-preview";
    this.panel.hidden = true;
    this.panel.setAttribute("role", "dialog");
    this.panel.setAttribute("aria-labelledby", "gx-preview-title");
    this.sentence.setAttribute("aria-live", "polite");
    this.parts.className = "gx-chips";
    this.allTick.addEventListener("change", () => {
      for (const item of this.items) item.tick.checked = item.on = this.allTick.checked;
      this.count();
      this.later();
    });
    frame.append(this.panel);
    this.panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.discard();
    });
  }

  get isOpen(): boolean {
    return !this.panel.hidden;
  }

  /** What a cell would show. */
  textOf(uid: number, field: string): string | undefined {
    const found = this.isOpen ? this.byCell.get(`${uid} ${field}`) : undefined;
    return found?.item.on ? found.text : undefined;
  }

  async open(wanted: Wanted): Promise<void> {
    this.gantt.conflict.hide();
    this.wanted = wanted;
    this.seen = this.gantt.plan.version;
    this.items = wanted.lines.map((line) => this.item(line));
    for (const item of this.items) item.tick.hidden = wanted.whole === true;
    this.byCell = new Map(
      this.items.flatMap((item) => item.cells.map(({ uid, field, text }) => [`${uid} ${field}`, { item, text }] as const)),
    );
    const title = words("h2", wanted.title);
    title.id = "gx-preview-title";
    title.tabIndex = -1;
    const list = document.createElement("ul");
    list.append(...this.items.map((item) => item.element));
    const foot = document.createElement("div");
    foot.className = "gx-preview-acts";
    this.accept = button({ label: wanted.accept, run: () => void this.take() }, "btn btn-primary");
    foot.append(this.accept, button({ label: "Discard", run: () => this.discard() }, "btn"));
    const note = wanted.note ? [words("p", wanted.note, "hw-quiet")] : [];
    this.panel.replaceChildren(title, ...this.ways(wanted), ...note, this.sentence, this.parts, this.all(), list, foot);
    this.panel.hidden = false;
    this.gantt.classList.add("is-previewing");
    this.sentence.textContent = "Working out what this would do.";
    title.focus();
    this.gantt.draw();
    this.panel.scrollIntoView({ block: "nearest" });
    await this.ask();
  }

  private ways(wanted: Wanted): HTMLElement[] {
    if (!wanted.ways) return [];
    const group = document.createElement("div");
    group.className = "gx-ways";
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "How");
    for (const way of wanted.ways) {
      const choose = button({ label: way.label, run: () => void this.open(way.wanted()) }, "btn btn-small");
      choose.setAttribute("aria-pressed", String(way.chosen));
      group.append(choose);
    }
    return [group];
  }

  /** One tick for all of them. */
  private all(): HTMLElement {
    const label = document.createElement("label");
    label.className = "hw-check gx-preview-all";
    const tick = this.allTick;
    tick.checked = true;
    tick.indeterminate = false;
    label.append(tick, words("span", "All rows"));
    label.hidden = this.items.length < 2 || this.wanted?.whole === true;
    return label;
  }

  private item(line: Line): Item {
    const element = document.createElement("li");
    const label = document.createElement("label");
    label.className = "hw-check";
    const tick = checkbox(true);
    const text = document.createElement("span");
    const name = document.createElement("strong");
    name.append(own(line.name || "New task"));
    const what = words("span", "", "gx-preview-what");
    what.append(own(line.what));
    const told = words("span", "", "gx-preview-why");
    text.append(name, what, told);
    label.append(tick, text);
    element.append(label);
    const item: Item = { ...line, on: true, reason: "", element, tick, told };
    tick.addEventListener("change", () => {
      item.on = tick.checked;
      this.count();
      this.later();
    });
    return item;
  }

  private later(): void {
    this.gantt.draw();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), PAUSE_MS);
  }

  private get chosen(): Item[] {
    return this.items.filter((item) => item.on);
  }

  /**
   * The changes of the ticked rows, and whose each is. Where a row was to be made or moved behind one that is not ticked,
   * it goes behind the one before that; links by number follow.
   */
  private sending(): { changes: PlanChange[]; of: Item[] } {
    const instead = new Map<number, number | null>();
    for (const item of this.items) {
      const placed = item.changes.find(({ act }) => PLACING.includes(act));
      const uid = placed?.act === "add" ? placed.new : placed?.task;
      if (placed && uid && !item.on) instead.set(uid, placed.after ?? null);
    }
    const standing = (after: number | null | undefined): number | null => {
      let found = after ?? null;
      while (found !== null && instead.has(found)) found = instead.get(found) ?? null;
      return found;
    };
    const missing = this.items.flatMap((item) => (item.on || item.number === undefined ? [] : [item.number]));
    const changes: PlanChange[] = [];
    const of: Item[] = [];
    for (const item of this.chosen) {
      for (const change of item.changes) {
        if (PLACING.includes(change.act)) changes.push({ ...change, after: standing(change.after) });
        else if (item.number !== undefined && LINKS.includes(change.field ?? "")) {
          changes.push({ ...change, value: renumbered(change.value ?? "", missing) });
        } else changes.push(change);
        of.push(item);
      }
    }
    return { changes, of };
  }

  /** Ask what the ticked rows would do; rows that are refused lose their tick and say why. */
  private async ask(): Promise<void> {
    this.asked?.abort();
    const asked = new AbortController();
    this.asked = asked;
    for (let tries = 0; tries < MOST_TRIES && this.chosen.length; tries += 1) {
      const { changes, of } = this.sending();
      try {
        const effect = await changePlan(this.gantt.changesAddress, changes, {
          seen: this.seen, label: this.wanted?.label ?? "", dryRun: true, signal: asked.signal,
        });
        if (this.asked === asked && this.isOpen) this.tell(effect);
        return;
      } catch (failure) {
        if (asked.signal.aborted) return;
        if (!this.refuse(failure, of)) return;
      }
    }
    this.count();
    if (!this.items.length) this.sentence.textContent = "Nothing here would change the plan. New rows need a column of names.";
    else if (!this.chosen.length) this.sentence.textContent = "No row is ticked; nothing would change.";
    this.parts.replaceChildren();
  }

  /** Note which rows are refused; whether asking without them makes sense. */
  private refuse(failure: unknown, of: Item[]): boolean {
    if (failure instanceof Away || failure instanceof SignedOut) {
      this.sentence.textContent = `${failure.message} The rows stay here; accept them once it answers.`;
      return false;
    }
    if (!(failure instanceof Refused)) throw failure;
    if (this.wanted?.whole) {
      for (const item of this.items) item.on = false;
      this.sentence.textContent = failure.message;
      this.parts.replaceChildren();
      this.count();
      return false;
    }
    const faulty = new Map<Item, string>();
    for (const { field, message } of failure.fields) {
      const item = of[Number(/^changes\.(\d+)/.exec(field)?.[1] ?? NaN)];
      if (item) faulty.set(item, message);
    }
    for (const one of failure.stale) {
      const item = of[one.index];
      if (item) faulty.set(item, `${one.by} changed this meanwhile, to ${one.theirs || "nothing"}. Tick it to put yours.`);
    }
    if (failure.stale.length) this.seen = Math.max(this.seen, this.gantt.plan.version);
    for (const [item, why] of faulty) {
      item.reason = why;
      item.told.textContent = why;
      item.tick.checked = item.on = false;
      item.element.classList.add("is-refused");
    }
    if (!faulty.size) this.sentence.textContent = failure.message;
    this.count();
    this.gantt.draw();
    return faulty.size > 0;
  }

  private tell(effect: PlanEffect): void {
    this.sentence.textContent = effect.sentence;
    this.parts.replaceChildren(...chips(effect, this.gantt));
    this.count();
  }

  private count(): void {
    const all = this.items.length;
    const on = this.chosen.length;
    const verb = this.wanted?.accept ?? "Accept";
    this.accept.textContent = all === 1 ? verb : on === all ? `${verb} all ${all} rows` : `${verb} ${on} of ${all} rows`;
    this.accept.disabled = on === 0;
    this.allTick.checked = on > 0 && on === all;
    this.allTick.indeterminate = on > 0 && on < all;
  }

  private async take(): Promise<void> {
    const { gantt, wanted } = this;
    const taken = this.chosen;
    if (!wanted || !taken.length) return;
    this.accept.disabled = true;
    const { changes, of } = this.sending();
    try {
      const effect = await changePlan(gantt.changesAddress, changes, { seen: this.seen, label: wanted.label });
      gantt.outbox.accepted(effect);
      await gantt.refresh();
      this.after(taken);
    } catch (failure) {
      this.accept.disabled = false;
      if (failure instanceof Refused && failure.stale.length) await gantt.refresh(false);
      if (this.refuse(failure, of)) await this.ask();
    }
  }

  /** What was refused stays in sight until it is read. */
  private after(taken: Item[]): void {
    this.items = this.items.filter((item) => !taken.includes(item) && item.reason);
    for (const item of taken) item.element.remove();
    if (!this.items.length) return this.close();
    this.panel.querySelectorAll("li").forEach((element) => {
      if (!this.items.some((item) => item.element === element)) element.remove();
    });
    this.sentence.textContent = `${taken.length} saved. ${this.items.length === 1 ? "This row was" : "These rows were"} not taken:`;
    this.parts.replaceChildren();
    this.count();
    this.gantt.draw();
  }

  private discard(): void {
    this.close();
    this.gantt.say("Nothing more was changed.");
  }

  private close(): void {
    this.asked?.abort();
    clearTimeout(this.timer);
    this.panel.hidden = true;
    this.items = [];
    this.gantt.classList.remove("is-previewing");
    this.gantt.draw();
    this.gantt.focusCell();
  }
}

/** '7FS+2d; 9' when rows are missing: later rows are counted anew, links to a missing one are left out. */
function renumbered(links: string, missing: number[]): string {
  return links
    .split(/[;,]/)
    .flatMap((link) => {
      const [typed] = /\d+/.exec(link) ?? [];
      const number = Number(typed);
      if (!typed || missing.includes(number)) return typed ? [] : [link];
      return [link.replace(typed, String(number - missing.filter((one) => one < number).length))];
    })
    .join(";");
}

function checkbox(checked: boolean): HTMLInputElement {
  const box = document.createElement("input");
  box.type = "checkbox";
  box.className = "form-check-input";
  box.checked = checked;
  return box;
}
