// Links by hand: the one that was clicked, or all of the selected task, in a small box with kind, lag and a way out.
import { Box, field, submit } from "./box";
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

export class LinkBox {
  private readonly box: Box;
  private chosen: Link | null = null;

  constructor(
    private readonly gantt: Gantt,
    frame: HTMLElement,
  ) {
    this.box = new Box(frame, () => {
      this.chosen = null;
      gantt.draw();
    });
    this.box.element.addEventListener("keydown", (event) => this.onKey(event));
  }

  get link(): Link | null {
    return this.box.isOpen ? this.chosen : null;
  }

  /** One link, beside a place of the frame. */
  openLink(link: Link, x: number, y: number): void {
    this.chosen = link;
    const about = this.gantt.rights.edit ? [this.form(link)] : [words("p", KINDS[link.kind] + (link.lag && `, ${link.lag}`))];
    this.show("Link", [this.names(link), ...about], x, y);
    this.box.element.focus();
  }

  /** All links of a task, and a place for a new one. */
  openTask(task: Task, x: number, y: number): void {
    this.chosen = null;
    const links = this.gantt.plan.links.filter((link) => link.from === task || link.to === task);
    const rows = links.flatMap((link) => [this.names(link), this.form(link)]);
    if (!links.length) rows.push(words("p", `${task.name} has no links yet.`));
    this.show(`Links of ${task.name}`, [...rows, this.adding(task)], x, y);
    this.box.element.querySelector<HTMLElement>("select, input")?.focus();
  }

  private show(name: string, content: HTMLElement[], x: number, y: number): void {
    this.box.show(name, content, x, y);
    this.gantt.draw(); // the line of the link that is open stands out
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
    this.box.close();
    this.gantt.outbox.post(changes, []);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key !== "Delete" || !this.chosen || !this.gantt.rights.edit || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    this.done([{ act: "unlink", task: this.chosen.to.uid, other: this.chosen.from.uid }]);
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
