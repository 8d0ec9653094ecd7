// The plan as a list, where there is no room for columns and bars: the rows of a saved view, with the fields that it shows.
import { Away, SignedOut } from "../net";
import { button, own, words } from "./bubble";
import { type Column, columnOf, takeFields } from "./columns";
import { painterOf } from "./conditions";
import { QUICK, isGroup, isReordered, listing } from "./listing";
import { Plan, type Sent, type Task, isDone } from "./model";
import { labelled, selectOf } from "./parts";
import { Refused, chart } from "./server";
import { Settings } from "./settings";
import { type View, USUAL } from "./views";

const STEP = 50; // rows that are shown at once, and more at a press
// What each line tells already, or what a phone has no use for; the other columns of the view stand below it.
const TOLD = ["number", "wbs", "name", "start", "finish", "percent", "people", "owner", "duration", "predecessors", "slip"];

export class PhoneList {
  private readonly plan = new Plan();
  private readonly settings: Settings;
  private readonly views: View[];
  private readonly said = words("p", "", "hw-quiet");
  private readonly rows = document.createElement("ul");
  private readonly more: HTMLElement;
  private readonly search = document.createElement("input");
  private readonly quick = selectOf(QUICK, "", "Which tasks", (quick) => {
    this.settings.quick = quick;
    void this.again();
  });
  private shown = STEP;

  constructor(
    private readonly host: HTMLElement,
    private readonly place: HTMLElement,
  ) {
    this.settings = new Settings(host.dataset["person"] ?? "", host.dataset["project"] ?? "");
    this.views = JSON.parse(document.getElementById("plan-views")?.textContent ?? "[]") as View[];
    this.more = button({ label: "Show more rows", run: () => void this.showMore() }, "btn");
    this.rows.className = "gx-phone-rows";
    this.said.setAttribute("role", "status");
  }

  /** In place of the list that the server wrote. */
  begin(): void {
    const head = document.getElementById("plan-head")?.textContent;
    if (head) this.take(JSON.parse(head) as Sent);
    this.openFirst();
    const { search } = this;
    search.type = "search";
    search.className = "form-control";
    search.addEventListener("input", () => {
      this.settings.search = search.value;
      void this.again();
    });
    const options: [string, string][] = [["", USUAL], ...this.views.map((view): [string, string] => [String(view.id), view.name])];
    const view = selectOf(options, String(this.settings.view ?? ""), "View", (id) => this.open(this.views.find((one) => String(one.id) === id)));
    this.showAsked();
    const tools = document.createElement("div");
    tools.className = "gx-phone-tools";
    tools.append(labelled("View", view), labelled("Which tasks", this.quick), labelled("Find a task", search));
    this.place.replaceChildren(tools, this.said, this.rows, this.more);
    document.addEventListener("headway:changed", (event) => {
      const { project } = (event as CustomEvent<{ project: string }>).detail;
      if (!project || project === this.host.dataset["project"]) void this.fetch();
    });
    void this.again();
  }

  /** The view of the address, else what was looked at last, else the one chosen to open first. */
  private openFirst(): void {
    const { settings, views } = this;
    const asked = new URLSearchParams(location.search).get("view");
    const last = views.find((view) => view.id === settings.view);
    const wanted = views.find((view) => String(view.id) === asked) ?? last ?? views.find((view) => view.first);
    if (!last) settings.view = null;
    if (wanted && wanted !== last) this.adopt(wanted);
  }

  private adopt(view: View | undefined): void {
    this.settings.view = view?.id ?? null;
    this.settings.take(view?.settings ?? {});
  }

  /** The controls say what the view asks for. */
  private showAsked(): void {
    this.quick.value = this.settings.quick;
    this.search.value = this.settings.search;
  }

  private open(view: View | undefined): void {
    this.adopt(view);
    this.settings.save();
    this.showAsked();
    const address = new URL(location.href);
    if (view) address.searchParams.set("view", String(view.id));
    else address.searchParams.delete("view");
    history.replaceState(null, "", address);
    void this.again();
  }

  private async again(): Promise<void> {
    this.shown = STEP;
    this.draw();
    await this.fetchMissing();
  }

  private async showMore(): Promise<void> {
    const first = this.shown;
    this.shown += STEP;
    this.draw();
    await this.fetchMissing();
    this.rows.children[first]?.querySelector("a")?.focus();
  }

  /** The page comes with the first rows; another order or choice of rows, and what lies below them, needs all. */
  private async fetchMissing(): Promise<void> {
    const { plan, settings } = this;
    const has = plan.tasks.length;
    if (!plan.complete && has < plan.count && (this.shown > has || isReordered(settings))) await this.fetch();
  }

  private async fetch(): Promise<void> {
    const { plan, host } = this;
    try {
      this.take(await chart(host.dataset["url"] ?? "", plan.complete ? { since: plan.version } : {}));
      this.draw();
    } catch (failure) {
      if (!(failure instanceof Refused || failure instanceof Away || failure instanceof SignedOut)) throw failure;
      this.said.textContent = failure.message;
    }
  }

  private take(sent: Sent): void {
    this.plan.take(sent);
    takeFields(this.plan);
  }

  private draw(): void {
    const { plan, settings, rows } = this;
    const found = listing(plan, settings, new Set(), this.host.dataset["me"] ?? "");
    const paint = painterOf(settings.rules, plan, this.monthFirst);
    const further = settings.chosen().filter((column) => !TOLD.includes(column.key));
    const all = found.rows.length < plan.tasks.length || found.groups.size ? found.rows.length : plan.count;
    const seen = found.rows.slice(0, this.shown);
    rows.replaceChildren(...seen.map((task) => this.row(task, further, paint?.(task)?.tags ?? [])));
    this.more.hidden = seen.length >= all;
    const counted = `${seen.length === all ? "" : `${seen.length} of `}${all} row${all === 1 ? "" : "s"}`;
    this.said.textContent = all ? counted : plan.count ? "No task matches." : "No task yet.";
  }

  private get monthFirst(): boolean {
    return "monthFirst" in this.host.dataset;
  }

  private row(task: Task, further: Column[], tags: { words: string; tint: string }[]): HTMLElement {
    const row = document.createElement("li");
    if (isGroup(task)) {
      row.className = "is-group";
      row.append(own(task.name), " ", words("span", task.words, "hw-quiet"));
      return row;
    }
    if (task.summary) row.className = "is-summary";
    const name = document.createElement("a");
    name.href = (this.host.dataset["pane"] ?? "").replace("/0/", `/${task.id}/`);
    name.append(own(task.name || "(no name)"));
    const critical = task.critical && !task.summary && !isDone(task);
    const marks = [task.milestone ? "Milestone" : "", critical ? "Critical" : "", task.active ? "" : "Inactive"].filter(Boolean);
    row.append(name, ...marks.map((mark) => words("span", mark, mark === "Critical" ? "hw-chip hw-chip-red" : "hw-chip")));
    row.append(...tags.map((tag) => words("span", tag.words, `gx-tag${tag.tint && ` gx-tag-${tag.tint}`}`)));
    const facts = document.createElement("p");
    const said = (key: string): string => columnOf(key)?.text(task, this.plan, { monthFirst: this.monthFirst }) ?? "";
    const days = [...new Set([said("start"), said("finish")])].filter(Boolean).join(" – ");
    for (const text of [days, said("percent")].filter(Boolean)) facts.append(words("span", text));
    const who = said("people") || task.owner;
    if (who) facts.append(own(who));
    row.append(facts, ...this.further(task, further));
    return row;
  }

  /** The other columns of the view, each with its name. */
  private further(task: Task, columns: Column[]): HTMLElement[] {
    const list = document.createElement("dl");
    for (const column of columns) {
      const text = column.text(task, this.plan, { monthFirst: this.monthFirst });
      if (!text) continue;
      const value = document.createElement("dd");
      value.append(own(text));
      const tint = column.tint?.(task);
      if (tint) value.dataset["tint"] = tint;
      list.append(words("dt", column.label), value);
    }
    return list.childElementCount ? [list] : [];
  }
}
