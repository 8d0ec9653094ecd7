// What the chart shows: its switches, the words beside bars, and the baseline to compare with.
import { type Gantt } from "./element";
import { type Label, type Switches } from "./settings";

export class ChartSwitches {
  /** The baseline that was chosen; null = the one that is measured against. */
  baseline: number | null = null;

  constructor(private readonly gantt: Gantt) {}

  listen(): void {
    const { gantt } = this;
    for (const box of this.boxes()) {
      box.addEventListener("change", () => {
        gantt.settings.switches[box.dataset["switch"] as keyof Switches] = box.checked;
        gantt.settings.save();
        gantt.draw();
      });
    }
    const label = gantt.tool("label") as HTMLSelectElement | null;
    label?.addEventListener("change", () => {
      gantt.settings.label = label.value as Label;
      gantt.settings.save();
      gantt.draw();
    });
    gantt.tool("baseline")?.addEventListener("change", (event) => {
      this.baseline = Number((event.target as HTMLSelectElement).value) || null;
      void gantt.refresh(false);
    });
    document.addEventListener("headway:plan-look", () => this.show()); // a view brings switches of its own
    this.show();
  }

  private boxes(): NodeListOf<HTMLInputElement> {
    return this.gantt.querySelectorAll<HTMLInputElement>("[data-switch]");
  }

  private show(): void {
    const { settings } = this.gantt;
    for (const box of this.boxes()) box.checked = settings.switches[box.dataset["switch"] as keyof Switches];
    const label = this.gantt.tool("label") as HTMLSelectElement | null;
    if (label) label.value = settings.label;
    this.gantt.timeLine.showLevel();
  }

  get baselineAsked(): number | null {
    return this.baseline ?? this.gantt.plan.baselines.find(([, , current]) => current)?.[0] ?? null;
  }

  listBaselines(): void {
    const select = this.gantt.tool("baseline") as HTMLSelectElement | null;
    if (!select) return;
    const { plan } = this.gantt;
    const options = plan.baselines.map(([id, name, current]) => {
      const option = new Option(current ? `${name} (measured against)` : name, String(id));
      option.selected = id === plan.baseline;
      return option;
    });
    select.replaceChildren(...options);
    select.disabled = options.length === 0;
  }
}
