// Saved views: opened from the list or by the address, kept under a name, shared with the project, chosen to open first.
import { Away, SignedOut } from "../net";
import { type Gantt } from "./element";
import { isReordered } from "./listing";
import { actButton, feet, heading, quiet } from "./parts";
import { Refused, send } from "./server";
import { type ViewSettings } from "./settings";

export interface View {
  id: number;
  name: string;
  settings: ViewSettings;
  shared: boolean;
  owner: string;
  mine: boolean;
  first: boolean;
  version: number;
}

export const USUAL = "Usual view";

export class Views {
  private all: View[] = [];
  private missing = false; // the address names a view that this person may not open, or that is gone
  private base = ""; // what the open view keeps, to see whether it was changed

  constructor(private readonly gantt: Gantt) {}

  /** Before the first rows are drawn: the view of the address, else what was looked at last, else the one chosen to open first. */
  begin(): void {
    const { settings } = this.gantt;
    const given = document.getElementById("plan-views")?.textContent;
    this.all = given ? (JSON.parse(given) as View[]) : [];
    const asked = new URLSearchParams(location.search).get("view");
    const wanted = asked === null ? undefined : this.all.find((view) => String(view.id) === asked);
    const first = this.all.find((view) => view.first);
    if (this.current) this.take(this.current, false);
    else settings.view = null;
    const isTouched = this.current ? this.isChanged : isReordered(settings) || settings.rules.length > 0;
    if (wanted && wanted !== this.current) this.take(wanted, true);
    else if (asked !== null && !wanted) this.missing = true;
    else if (first && !wanted && !isTouched) this.take(first, true);
    const place = this.place;
    place?.closest("[popover]")?.addEventListener("beforetoggle", (event) => {
      if ((event as ToggleEvent).newState === "open") this.renew();
    });
    document.addEventListener("headway:plan-look", () => this.show());
    document.dispatchEvent(new CustomEvent("headway:plan-look"));
    if (this.missing) this.gantt.say("This view is not shared with you, or it was removed. The plan is shown as you saw it last.");
  }

  private get place(): HTMLElement | null {
    return this.gantt.querySelector<HTMLElement>('[data-gx="views"]');
  }

  private get current(): View | undefined {
    return this.all.find((view) => view.id === this.gantt.settings.view);
  }

  private get isChanged(): boolean {
    return this.current !== undefined && this.written() !== this.base;
  }

  /** What counts as a change of a view: not where one zooms to, nor what one looks for just now. */
  private written(): string {
    const { zoom: _, search: __, widths, ...kept } = this.gantt.settings.record();
    return JSON.stringify([kept, [...(widths ?? [])].sort((one, other) => one.column.localeCompare(other.column))]);
  }

  /** Come to a view; `whole`: as it was kept, else with what was changed since. */
  private take(view: View | null, whole: boolean): void {
    const { settings } = this.gantt;
    const before = settings.record();
    settings.view = view?.id ?? null;
    settings.take(view?.settings ?? {});
    this.base = this.written();
    if (!whole) settings.take(before);
  }

  private open(view: View | null): void {
    this.take(view, true);
    this.gantt.timeLine.rescale();
    this.gantt.looked();
    this.gantt.view.scroller.scrollTop = 0;
    this.gantt.say(view ? `The view “${view.name}” is shown.` : "The usual view is shown.");
    this.renew();
  }

  /** The name on the button, and the address, so that what is seen can be sent. */
  private show(): void {
    const name = this.gantt.querySelector<HTMLElement>('[data-gx="view-name"]');
    if (name) name.textContent = `${this.current?.name ?? USUAL}${this.isChanged ? ", changed" : ""}`;
    const address = new URL(location.href);
    if (this.current) address.searchParams.set("view", String(this.current.id));
    else address.searchParams.delete("view");
    if (address.href !== location.href) history.replaceState(null, "", address);
  }

  // --- the list --------------------------------------------------------------------------------

  private renew(): void {
    const { place, current } = this;
    if (!place) return;
    const list = document.createElement("ul");
    list.className = "gx-view-list";
    list.append(this.line(null), ...this.all.map((view) => this.line(view)));
    const acts = [];
    if (current?.mine && this.isChanged) acts.push(actButton("Save the changes", "btn btn-primary", () => void this.save(current.name, {})));
    if (this.isChanged) acts.push(actButton("Undo the changes", "btn", () => this.open(current ?? null)));
    acts.push(actButton("Copy the link", "btn", () => void this.copy()));
    if (current?.mine) {
      acts.push(actButton(current.shared ? "Keep to myself" : "Share with the project", "btn", () => void this.share(current)));
      acts.push(actButton("Remove the view", "btn", () => void this.remove(current)));
    }
    if (current || this.all.some((view) => view.first)) {
      const isFirst = current?.first ?? false;
      const words = isFirst || !current ? "Open with the usual view" : "Open the plan with it";
      acts.push(actButton(words, "btn", () => void this.openWith(isFirst || !current ? null : current)));
    }
    place.replaceChildren(list, feet(...acts), heading("Save what is shown as a view"), this.form());
  }

  private line(view: View | null): HTMLElement {
    const line = document.createElement("li");
    const button = actButton(view?.name ?? USUAL, "gx-view", () => this.open(view));
    button.setAttribute("aria-pressed", String((view?.id ?? null) === (this.current?.id ?? null)));
    const more = [view?.first ? "opens first" : "", view?.shared ? (view.mine ? "shared" : `by ${view.owner}`) : ""].filter(Boolean);
    if (more.length) {
      const words = document.createElement("small");
      words.textContent = more.join(", ");
      button.append(words);
    }
    line.append(button);
    return line;
  }

  private form(): HTMLElement {
    const form = document.createElement("form");
    form.className = "gx-view-form";
    const name = document.createElement("input");
    name.className = "form-control";
    name.required = true;
    name.maxLength = 120;
    name.placeholder = "Name of the view";
    name.setAttribute("aria-label", "Name of the view");
    const shared = check("Share it with the project");
    const first = check("Open the plan with it");
    const save = actButton("Save the view", "btn btn-primary", () => undefined);
    save.type = "submit";
    form.append(name, shared.label, first.label, save, quiet("Everybody on the project can open a shared view; only you can change it."));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.save(name.value, { shared: shared.box.checked, first: first.box.checked });
    });
    return form;
  }

  // --- what is done with them ------------------------------------------------------------------

  private get address(): string {
    return this.gantt.dataset["views"] ?? "";
  }

  private async save(name: string, more: { shared?: boolean; first?: boolean }): Promise<void> {
    const settings = this.gantt.settings.record();
    await this.tried(async () => {
      const made = (await send(this.address, "POST", { name, settings, ...more })) as View;
      if (made.first) this.all.forEach((view) => (view.first = false));
      this.all = [...this.all.filter((view) => view.id !== made.id), made].sort(
        (one, other) => Number(other.mine) - Number(one.mine) || one.name.localeCompare(other.name),
      );
      this.gantt.settings.view = made.id;
      this.base = this.written();
      this.gantt.settings.save();
      return `The view “${made.name}” is saved${made.shared ? " and shared with the project" : ""}.`;
    });
  }

  private share(view: View): Promise<void> {
    return this.tried(async () => {
      const now = (await send(`${this.one(view)}/share`, "POST", { shared: !view.shared }, view.version)) as View;
      Object.assign(view, { shared: now.shared, version: now.version });
      return now.shared ? `Everybody on the project can open “${view.name}” now.` : `Only you can open “${view.name}” now.`;
    });
  }

  private remove(view: View): Promise<void> {
    return this.tried(async () => {
      await send(this.one(view), "DELETE");
      this.all = this.all.filter((one) => one !== view);
      this.gantt.settings.view = null;
      this.gantt.settings.save();
      return `The view “${view.name}” is removed; what it showed is still here.`;
    });
  }

  private openWith(view: View | null): Promise<void> {
    return this.tried(async () => {
      await send(`${this.address}/open-with`, "POST", { view: view?.id ?? null });
      this.all.forEach((one) => (one.first = one === view));
      return view ? `The plan opens with “${view.name}” for you.` : "The plan opens with the usual view for you.";
    });
  }

  private async copy(): Promise<void> {
    const { current } = this;
    const hidden = current && !current.shared && current.mine;
    try {
      await navigator.clipboard.writeText(location.href);
      this.gantt.say(hidden ? "The link is copied. Only you can open this view: share it before you send the link." : "The link is copied.");
    } catch {
      this.gantt.say(`Copy the address of this page: ${location.href}`);
    }
  }

  private one(view: View): string {
    return (this.gantt.dataset["view"] ?? "").replace(/0$/, String(view.id));
  }

  private async tried(act: () => Promise<string>): Promise<void> {
    try {
      this.gantt.say(await act());
    } catch (failure) {
      if (!(failure instanceof Refused || failure instanceof Away || failure instanceof SignedOut)) throw failure;
      this.gantt.say(failure.message);
    }
    this.renew();
    this.show();
    this.place?.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
  }
}

function check(text: string): { label: HTMLElement; box: HTMLInputElement } {
  const label = document.createElement("label");
  label.className = "hw-check";
  const box = document.createElement("input");
  box.type = "checkbox";
  box.className = "form-check-input";
  const words = document.createElement("span");
  words.textContent = text;
  label.append(box, words);
  return { label, box };
}
