// What a change did to the plan: the sentence under it, what moved and what broke to go to, undo.
import { type Act, button, own, words } from "./bubble";
import { type Gantt } from "./element";
import { type PlanEffect } from "./server";
import { type Moment, dayText, momentOf } from "./time";

interface Item {
  text: string;
  more: string;
  uid?: number;
  at?: Moment;
}

interface Part {
  words: string;
  tone: "" | "bad" | "good";
  items: Item[];
}

const MOST_ITEMS = 200;

/** The parts of an effect that can be looked at one by one. */
function partsOf(effect: PlanEffect, gantt: Gantt): Part[] {
  const day = (text: string | null): string => (text === null ? "no date" : dayText(momentOf(text), gantt.plan.now, gantt.monthFirst));
  const moves = (items: PlanEffect["moved"]): Item[] =>
    items.map((moved) => ({ uid: moved.uid, text: moved.name, more: `${day(moved.old_finish)} → ${day(moved.new_finish)}` }));
  const milestones = effect.moved.filter((moved) => moved.milestone);
  const dated = (items: PlanEffect["deadlines_broken"]): Item[] =>
    items.map((one) => ({ uid: one.uid, text: one.name, more: `deadline ${day(one.deadline)}, finish ${day(one.finish)}` }));
  const loaded = (items: PlanEffect["over_capacity"]): Item[] =>
    items.map((one) => ({
      text: one.name,
      more: `up to ${one.worst_percent} %, ${day(one.first)} to ${day(one.last)}`,
      at: momentOf(one.first),
    }));
  const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;
  const parts: Part[] = [
    { words: `${effect.moved_count} moved`, tone: "", items: moves(effect.moved) },
    { words: count(milestones.length, "milestone", "milestones"), tone: "", items: moves(milestones) },
    { words: count(effect.deadlines_broken.length, "deadline breaks", "deadlines break"), tone: "bad", items: dated(effect.deadlines_broken) },
    { words: count(effect.deadlines_met.length, "deadline holds again", "deadlines hold again"), tone: "good", items: dated(effect.deadlines_met) },
    { words: count(effect.over_capacity.length, "over capacity", "over capacity"), tone: "bad", items: loaded(effect.over_capacity) },
    { words: count(effect.relieved.length, "relieved", "relieved"), tone: "good", items: loaded(effect.relieved) },
    {
      words: count(effect.elsewhere.length, "other project", "other projects"),
      tone: "",
      items: effect.elsewhere.map((one) => ({ text: one.name || "Another project", more: one.sentence })),
    },
    { words: costWords(effect), tone: "", items: costItems(effect) },
    { words: count(effect.warnings.length, "warning", "warnings"), tone: "bad", items: effect.warnings.map((text) => ({ text, more: "" })) },
  ];
  return parts.filter((part) => part.items.length > 0 && part.words !== "");
}

function costOf(effect: PlanEffect): [number, number] | null {
  if (effect.old_cost === null || effect.new_cost === null || effect.old_cost === effect.new_cost) return null;
  return [Number(effect.old_cost), Number(effect.new_cost)];
}

function money(amount: number, currency: string | null): string {
  const lang = document.documentElement.lang || "en";
  if (!currency) return amount.toLocaleString(lang);
  return amount.toLocaleString(lang, { style: "currency", currency, maximumFractionDigits: 0 });
}

function costWords(effect: PlanEffect): string {
  const cost = costOf(effect);
  if (!cost) return "";
  const more = cost[1] - cost[0];
  return `Cost ${more > 0 ? "+" : "−"}${money(Math.abs(more), effect.currency)}`;
}

function costItems(effect: PlanEffect): Item[] {
  const cost = costOf(effect);
  if (!cost) return [];
  return [{ text: "Cost of the plan", more: `${money(cost[0], effect.currency)} → ${money(cost[1], effect.currency)}` }];
}

/** The parts as buttons; each opens the list of what it counts. */
export function chips(effect: PlanEffect, gantt: Gantt): HTMLElement[] {
  return partsOf(effect, gantt).map((part) => {
    const chip = button({ label: part.words, run: () => gantt.effects.list(part.items, chip) }, `gx-chip${part.tone && ` is-${part.tone}`}`);
    chip.setAttribute("aria-haspopup", "true");
    return chip;
  });
}

export class Effects {
  private readonly place: HTMLElement | null;
  private readonly box = document.createElement("div");
  private offered: Act[] = [];

  constructor(
    private readonly gantt: Gantt,
    frame: HTMLElement,
  ) {
    this.place = gantt.querySelector<HTMLElement>('[data-gx="effect"]');
    this.box.className = "hw-float gx-effect-list";
    this.box.popover = "auto";
    this.box.dataset["menu"] = "";
    frame.append(this.box);
  }

  /** Tell what a change did; `undo` where it can be taken back from here. */
  show(effect: PlanEffect, undo: boolean): void {
    this.gantt.say(undo ? effect.sentence : `${effect.label}. ${effect.sentence}`);
    const acts = undo && effect.change !== null ? [{ label: "Undo", run: () => this.gantt.outbox.undo(false) }] : [];
    this.fill([...chips(effect, this.gantt), ...acts.map((act) => button(act))]);
  }

  /** Say what is not saved yet, with what can be done; the acts stay until they are withdrawn. */
  offer(text: string, acts: Act[]): void {
    this.offered = acts;
    this.gantt.say(text);
  }

  withdraw(): void {
    this.offered = [];
  }

  /** Another sentence stands under the plan now. */
  clear(): void {
    this.fill([]);
  }

  private fill(content: HTMLElement[]): void {
    this.place?.replaceChildren(...content, ...this.offered.map((act) => button(act)));
  }

  /** What a part counts, to go to. */
  list(items: Item[], beside: HTMLElement): void {
    const { gantt, box } = this;
    box.replaceChildren(
      ...items.slice(0, MOST_ITEMS).map((item) => {
        const go = (): void => {
          box.hidePopover();
          const task = item.uid === undefined ? undefined : gantt.plan.task(item.uid);
          if (task) {
            gantt.show(task);
            gantt.focusCell();
          } else if (item.at !== undefined) gantt.timeLine.goTo(item.at);
        };
        const entry = button({ label: "", run: go }, "gx-entry");
        entry.append(own(item.text), words("span", item.more));
        return entry;
      }),
      ...(items.length > MOST_ITEMS ? [words("p", `And ${items.length - MOST_ITEMS} more.`, "hw-quiet")] : []),
    );
    box.showPopover();
    const at = beside.getBoundingClientRect();
    box.style.margin = "0";
    box.style.inset = "auto";
    box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8))}px`;
    const above = at.top - box.offsetHeight - 6;
    box.style.top = `${above > 8 ? above : Math.min(at.bottom + 6, innerHeight - box.offsetHeight - 8)}px`;
    box.querySelector<HTMLElement>("button")?.focus();
  }
}
