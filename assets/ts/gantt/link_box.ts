// Links by hand: the one that was clicked, or all of the selected task, in a small box with kind, lag and a way out.
import { button, own, words } from "./bubble";
import { type Gantt } from "./element";
import { type Link, type LinkKind, type Task } from "./model";
import { type PlanChange } from "./server";

const KINDS: Record<LinkKind, string> = {
  FS: "Finish to start (FS)",
  SS: "Start to start (SS)",
  FF: "Finish to finish (FF)",
  SF: "Start to finish (SF)",
};
const BESIDE = 10;

export class LinkBox {
  private readonly box = document.createElement("div");
  private chosen: Link | null = null;
  private back: HTMLElement | null = null;

  constructor(
    private readonly gantt: Gantt,
    private readonly frame: HTMLElement,
  ) {
    this.box.className = "gx-link-box";
    this.box.setAttribute("role", "dialog");
    this.box.tabIndex = -1;
    this.box.hidden = true;
    frame.append(this.box);
    this.box.addEventListener("keydown", (event) => this.onKey(event));
    document.addEventListener("pointerdown", (event) => {
      if (!this.box.hidden && event.target instanceof Node && !this.box.contains(event.target)) this.close();
    });
  }

  get link(): Link | null {
    return this.box.hidden ? null : this.chosen;
  }

  /** One link, beside a place of the frame. */
  openLink(link: Link, x: number, y: number): void {
    this.chosen = link;
    const about = this.gantt.rights.edit ? [this.form(link)] : [words("p", KINDS[link.kind] + (link.lag && `, ${link.lag}`))];
    this.show("Link", [this.names(link), ...about], x, y);
    this.box.focus();
  }

  /** All links of a task, and a place for a new one. */
  openTask(task: Task, x: number, y: number): void {
    this.chosen = null;
    const links = this.gantt.plan.links.filter((link) => link.from === task || link.to === task);
    const rows = links.flatMap((link) => [this.names(link), this.form(link)]);
    if (!links.length) rows.push(words("p", `${task.name} has no links yet.`));
    this.show(`Links of ${task.name}`, [...rows, this.adding(task)], x, y);
    this.box.querySelector<HTMLElement>("select, input")?.focus();
  }

  close(): void {
    if (this.box.hidden) return;
    this.box.hidden = true;
    this.chosen = null;
    this.gantt.draw();
    this.back?.focus();
  }

  private show(name: string, content: HTMLElement[], x: number, y: number): void {
    const { activeElement } = document;
    if (this.box.hidden) this.back = activeElement instanceof HTMLElement ? activeElement : null;
    this.box.setAttribute("aria-label", name);
    const close = button({ label: "Close", run: () => this.close() });
    const foot = document.createElement("div");
    foot.className = "gx-link-foot";
    foot.append(close);
    this.box.replaceChildren(words("h2", name), ...content, foot);
    this.box.hidden = false;
    const { clientWidth, clientHeight } = this.frame;
    const left = Math.max(8, Math.min(x + BESIDE, clientWidth - this.box.offsetWidth - 8));
    const top = Math.max(8, Math.min(y + BESIDE, clientHeight - this.box.offsetHeight - 8));
    this.box.style.left = `${left}px`;
    this.box.style.top = `${top}px`;
    this.gantt.draw();
  }

  private names(link: Link): HTMLElement {
    const names = document.createElement("p");
    names.className = "gx-link-names";
    names.append(own(link.from.name), " → ", own(link.to.name));
    return names;
  }

  private form(link: Link): HTMLElement {
    const { from, to } = link;
    const about = `of the link from ${from.name} to ${to.name}`;
    const { form, kind, lag } = fields(about, link.kind, link.lag);
    const remove = button({ label: "Remove", run: () => this.done([{ act: "unlink", task: to.uid, other: from.uid }]) });
    remove.setAttribute("aria-label", `Remove the link from ${from.name} to ${to.name}`);
    form.append(submit("Save"), remove);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.done([{ act: "link", task: to.uid, other: from.uid, value: kind.value + lagged(lag.value) }]);
    });
    return form;
  }

  private adding(task: Task): HTMLElement {
    const { form, kind, lag } = fields("of the new link", "FS", "");
    const number = field("After row", `Row that ${task.name} comes after`);
    number.input.inputMode = "numeric";
    number.input.required = true;
    form.prepend(number.label);
    form.append(submit("Link"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const before = this.gantt.plan.tasks.find((one) => String(one.number) === number.input.value.trim());
      if (before) return this.done([{ act: "link", task: task.uid, other: before.uid, value: kind.value + lagged(lag.value) }]);
      number.input.setCustomValidity("There is no row of this number. The numbers stand in the column No.");
      number.input.reportValidity();
      number.input.addEventListener("input", () => number.input.setCustomValidity(""), { once: true });
    });
    return form;
  }

  private done(changes: PlanChange[]): void {
    this.close();
    this.gantt.outbox.post(changes, []);
  }

  private onKey(event: KeyboardEvent): void {
    event.stopPropagation(); // keys of the grid and of the page do not act in here
    if (event.key === "Escape") this.close();
    else if (event.key === "Delete" && this.chosen && this.gantt.rights.edit && !(event.target instanceof HTMLInputElement)) {
      this.done([{ act: "unlink", task: this.chosen.to.uid, other: this.chosen.from.uid }]);
    } else return;
    event.preventDefault();
  }
}

/** '2d' as '+2d'; '-1d', '+50%' and nothing as they are. */
function lagged(typed: string): string {
  const lag = typed.trim().replace("−", "-");
  return lag && !/^[+-]/.test(lag) ? `+${lag}` : lag;
}

function fields(about: string, kind: LinkKind, lag: string): { form: HTMLFormElement; kind: HTMLSelectElement; lag: HTMLInputElement } {
  const form = document.createElement("form");
  form.className = "gx-link-form";
  const select = document.createElement("select");
  select.className = "form-select";
  select.setAttribute("aria-label", `Kind ${about}`);
  for (const [value, name] of Object.entries(KINDS)) select.add(new Option(name, value, value === kind, value === kind));
  const typed = field("Lag", `Lag ${about}`);
  typed.input.placeholder = "+2d, −50%";
  typed.input.value = lag.replace(/ /g, "");
  form.append(select, typed.label);
  return { form, kind: select, lag: typed.input };
}

function field(name: string, label: string): { label: HTMLElement; input: HTMLInputElement } {
  const element = document.createElement("label");
  const input = document.createElement("input");
  input.className = "form-control";
  input.setAttribute("aria-label", label);
  input.autocomplete = "off";
  element.append(words("span", name), input);
  return { label: element, input };
}

function submit(label: string): HTMLButtonElement {
  const element = button({ label, run: () => undefined }, "btn btn-small btn-primary");
  element.type = "submit";
  return element;
}
