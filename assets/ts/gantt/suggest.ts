// What could be meant while one types people, tasks or one of a few words: a list under the cell, chosen by keys or pointer.
import { OWN } from "./columns";
import { type FieldName } from "./fields";
import { type Plan, type Task } from "./model";

const MOST = 8;

interface Choice {
  value: string; // what is written into the field
  text: string;
  more: string;
}

const WORDS: Partial<Record<FieldName, string[]>> = {
  constraint: [
    "As soon as possible", "As late as possible", "Start no earlier than", "Start no later than", "Finish no earlier than",
    "Finish no later than", "Must start on", "Must finish on",
  ],
  mode: ["Automatic", "Manual"],
  type: ["Fixed units", "Fixed duration", "Fixed work"],
  milestone: ["Yes", "No"],
  active: ["Yes", "No"],
};
const LISTS: FieldName[] = ["people", "predecessors", "successors"]; // several values, parted by ; or ,

export class Suggestions {
  private readonly list = document.createElement("div");
  private choices: Choice[] = [];
  private at = -1;
  private part: [number, number] = [0, 0]; // of the field's text, that a choice replaces

  constructor(
    private readonly field: HTMLInputElement,
    private readonly name: FieldName,
    private readonly task: Task,
    private readonly plan: Plan,
    private readonly people: string[],
    frame: HTMLElement,
  ) {
    if (!this.hasAny) return;
    this.list.className = "gx-suggest";
    this.list.id = "gx-suggest";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Suggestions");
    frame.append(this.list);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.list.id);
    field.setAttribute("aria-expanded", "false");
    // Pressed and not clicked: the field must not lose the focus, which would close it.
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const option = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-at]") : null;
      if (option) this.choose(Number(option.dataset["at"]));
    });
    field.addEventListener("input", () => this.renew());
  }

  private get hasAny(): boolean {
    return LISTS.includes(this.name) || this.name === "owner" || this.few !== null;
  }

  /** The few values there can be; null where there are many or any. */
  private get few(): string[] | null {
    if (this.name === "calendar") return [...this.plan.calendars.values()].map((calendar) => calendar.name);
    const own = this.plan.fields.find((field) => `${OWN}${field.key}` === this.name);
    if (own?.kind === "choice") return own.choices.map(([name]) => name);
    if (own?.kind === "yes_no") return ["Yes", "No"];
    if (own?.kind === "person") return this.people;
    return WORDS[this.name] ?? null;
  }

  get isOpen(): boolean {
    return this.choices.length > 0;
  }

  /** What keys do in the open list; whether it was one of them. */
  onKey(key: string): boolean {
    if (!this.isOpen) {
      if (key !== "ArrowDown" || this.few === null) return false;
      this.renew(true);
      return true;
    }
    if (key === "ArrowDown" || key === "ArrowUp") this.mark(this.at + (key === "ArrowDown" ? 1 : -1));
    else if (key === "Escape") this.hide();
    else if ((key === "Enter" || key === "Tab") && this.at >= 0) {
      this.choose(this.at);
      return key === "Enter" && LISTS.includes(this.name); // of several values the next may follow
    } else {
      // The one person who can be meant is taken by going on; the key then saves the cell.
      const person = this.name === "people" || this.name === "owner";
      if ((key === "Enter" || key === "Tab") && person && this.choices.length === 1) this.choose(0);
      return false;
    }
    return true;
  }

  remove(): void {
    this.list.remove();
  }

  renew(all = false): void {
    if (!this.hasAny) return;
    const { value } = this.field;
    const caret = this.field.selectionStart ?? value.length;
    this.part = [0, value.length];
    if (LISTS.includes(this.name)) {
      const begun = Math.max(value.lastIndexOf(";", caret - 1), value.lastIndexOf(",", caret - 1)) + 1;
      const ends = /[;,]/.exec(value.slice(caret));
      this.part = [begun, ends ? caret + ends.index : value.length];
    }
    const typed = value.slice(...this.part).trim().toLocaleLowerCase();
    this.choices = typed || all ? this.found(all ? "" : typed) : [];
    if (this.choices.length === 1 && this.choices[0]?.value.toLocaleLowerCase() === typed) this.choices = [];
    this.draw();
  }

  private found(typed: string): Choice[] {
    if (this.name === "predecessors" || this.name === "successors") return this.tasks(typed);
    const plain = (values: string[]): Choice[] =>
      values
        .filter((value) => value.toLocaleLowerCase().split(/\s+/).some((word) => word.startsWith(typed)) || value.toLocaleLowerCase().startsWith(typed))
        .slice(0, MOST)
        .map((value) => ({ value, text: value, more: "" }));
    if (this.name === "people" || this.name === "owner") return plain(this.people);
    return plain(this.few ?? []);
  }

  /** Tasks whose name holds what was typed; a number is a row's, and needs no suggestion. */
  private tasks(typed: string): Choice[] {
    if (/^\d+\s*(fs|ss|ff|sf)/.test(typed)) return [];
    const number = /^\d+$/.test(typed);
    const found: Choice[] = [];
    for (const task of this.plan.tasks) {
      if (task === this.task || !task.number) continue;
      if (number ? String(task.number) !== typed : !task.name.toLocaleLowerCase().includes(typed)) continue;
      found.push({ value: String(task.number), text: task.name || "(no name)", more: String(task.number) });
      if (found.length === MOST) break;
    }
    return found;
  }

  private choose(at: number): void {
    const choice = this.choices[at];
    if (!choice) return;
    const { value } = this.field;
    const [from, to] = this.part;
    const before = value.slice(0, from) + (from && !value.slice(0, from).endsWith(" ") ? " " : "");
    this.field.value = before + choice.value + value.slice(to);
    this.field.setSelectionRange(before.length + choice.value.length, before.length + choice.value.length);
    this.hide();
  }

  private hide(): void {
    this.choices = [];
    this.draw();
  }

  private mark(at: number): void {
    this.at = (at + this.choices.length) % this.choices.length;
    this.draw();
  }

  private draw(): void {
    const { list, field, choices } = this;
    if (this.at >= choices.length) this.at = -1;
    list.replaceChildren(
      ...choices.map((choice, at) => {
        const option = document.createElement("div");
        option.setAttribute("role", "option");
        option.id = `gx-suggest-${at}`;
        option.dataset["at"] = String(at);
        option.setAttribute("aria-selected", String(at === this.at));
        const text = document.createElement("bdi");
        text.textContent = choice.text;
        const more = document.createElement("span");
        more.textContent = choice.more;
        option.append(text, more);
        return option;
      }),
    );
    list.hidden = choices.length === 0;
    field.setAttribute("aria-expanded", String(!list.hidden));
    if (this.at >= 0) field.setAttribute("aria-activedescendant", `gx-suggest-${this.at}`);
    else field.removeAttribute("aria-activedescendant");
    if (!list.hidden) this.place();
  }

  private place(): void {
    const around = this.list.parentElement?.getBoundingClientRect();
    const at = this.field.getBoundingClientRect();
    if (!around) return;
    const { offsetWidth, offsetHeight } = this.list;
    const below = at.bottom - around.top + 2;
    const top = below + offsetHeight > around.height ? at.top - around.top - offsetHeight - 2 : below;
    this.list.style.left = `${Math.max(4, Math.min(at.left - around.left, around.width - offsetWidth - 4))}px`;
    this.list.style.top = `${Math.max(4, top)}px`;
  }
}
