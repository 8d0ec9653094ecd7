// The list of columns: which are shown, in which order, and a column of one's own. By mouse, by touch and by keys.
import { type Column, allColumns } from "./columns";
import { type Gantt } from "./element";
import { FieldForm } from "./field_form";
import { actButton } from "./parts";

export class ColumnList {
  private readonly form: FieldForm;
  private dragged: string | null = null;

  constructor(private readonly gantt: Gantt) {
    this.form = new FieldForm(gantt, () => this.renew());
  }

  begin(): void {
    this.place?.closest("[popover]")?.addEventListener("beforetoggle", (event) => {
      if ((event as ToggleEvent).newState === "open") this.renew();
    });
  }

  private get place(): HTMLElement | null {
    return this.gantt.querySelector<HTMLElement>('[data-gx="columns"]');
  }

  renew(focus = ""): void {
    const { place, gantt } = this;
    if (!place) return;
    const shown = gantt.settings.chosen();
    const others = allColumns().filter((column) => !shown.includes(column));
    const list = document.createElement("ul");
    list.className = "gx-column-list";
    list.append(...shown.map((column) => this.line(column, true)), ...others.map((column) => this.line(column, false)));
    const usual = actButton("Usual columns", "btn", () => {
      gantt.settings.take({ ...gantt.settings.record(), columns: [], widths: [] });
      gantt.looked();
      this.renew();
    });
    const acts = document.createElement("div");
    acts.className = "gx-float-acts";
    acts.append(usual);
    place.replaceChildren(acts, ...this.form.elements(), list);
    if (focus) place.querySelector<HTMLElement>(`[data-key="${CSS.escape(focus)}"] input`)?.focus();
  }

  private line(column: Column, isShown: boolean): HTMLElement {
    const line = document.createElement("li");
    line.dataset["key"] = column.key;
    const label = document.createElement("label");
    label.className = "hw-check";
    const box = document.createElement("input");
    box.type = "checkbox";
    box.className = "form-check-input";
    box.checked = isShown;
    box.disabled = column.key === "name";
    box.addEventListener("change", () => {
      this.gantt.settings.choose(column.key, box.checked);
      this.gantt.looked();
      this.renew(column.key);
    });
    const words = document.createElement("span");
    words.textContent = column.label;
    label.append(box, words);
    line.append(label);
    if (isShown) {
      line.draggable = true;
      line.append(this.step(column, -1), this.step(column, 1));
      line.addEventListener("keydown", (event) => {
        const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        if (!event.altKey || step === undefined) return;
        event.preventDefault();
        this.move(column, step, column.key);
      });
      line.addEventListener("dragstart", () => (this.dragged = column.key));
      line.addEventListener("dragover", (event) => event.preventDefault());
      line.addEventListener("drop", (event) => {
        event.preventDefault();
        if (this.dragged) this.gantt.settings.put(this.dragged, column.key);
        this.gantt.looked();
        this.renew();
      });
    }
    return line;
  }

  private step(column: Column, by: number): HTMLElement {
    const words = by < 0 ? "earlier" : "later";
    const button = actButton(by < 0 ? "↑" : "↓", "gx-step", () => {
      this.move(column, by, "");
      this.place?.querySelector<HTMLElement>(`[data-key="${CSS.escape(column.key)}"] [data-step="${by}"]`)?.focus();
    }, `Put ${column.label} ${words}`);
    button.dataset["step"] = String(by);
    button.title = `Put ${column.label} ${words} (Alt ${by < 0 ? "↑" : "↓"})`;
    return button;
  }

  private move(column: Column, by: number, focus: string): void {
    const keys = this.gantt.settings.chosen().map((one) => one.key);
    const to = keys[keys.indexOf(column.key) + by];
    if (to === undefined) return;
    this.gantt.settings.put(column.key, to);
    this.gantt.looked();
    this.renew(focus);
  }
}
