// The time line of the chart: its scale, zooming, and going to a moment.
import { type Gantt } from "./element";
import { type Task } from "./model";
import { LEVELS, Scale, ZOOMS, levelOf } from "./scale";
import { DAY, type Moment, dayOf } from "./time";

const BEFORE_DAYS = 10;
const AFTER_DAYS = 40;

export class TimeLine {
  scale!: Scale;

  constructor(private readonly gantt: Gantt) {}

  /** Answer the wheel over the bars and the tools above. */
  listen(): void {
    const { gantt } = this;
    gantt.view.chart.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    const on = (name: string, act: () => void): void => gantt.tool(name)?.addEventListener("click", act);
    on("today", () => this.goTo(gantt.plan.now));
    on("to-task", () => {
      const start = gantt.selected?.start;
      if (start !== null && start !== undefined) this.goTo(start);
    });
    on("in", () => this.zoom(1));
    on("out", () => this.zoom(-1));
    on("whole", () => this.showWhole());
    const select = gantt.tool("zoom") as HTMLSelectElement | null;
    select?.replaceChildren(...LEVELS.map(({ name }) => new Option(name)));
    this.showLevel();
    select?.addEventListener("change", () => {
      const level = LEVELS[select.selectedIndex];
      if (level) this.zoom(level.zoom - gantt.settings.zoom);
    });
  }

  /** From some days before the plan to some after it; a plan shorter than the window still fills it. */
  rescale(): void {
    const { plan, view, settings } = this.gantt;
    const first = (dayOf(Math.min(plan.start, plan.now)) - BEFORE_DAYS) * DAY;
    const last = (dayOf(Math.max(plan.finish, plan.now)) + AFTER_DAYS) * DAY;
    const perDay = ZOOMS[settings.zoom] as number;
    const least = (view.chart.clientWidth / perDay) * DAY;
    this.scale = new Scale(first, Math.max(last, first + least), perDay);
  }

  zoom(step: number, around?: number): void {
    const { view, settings } = this.gantt;
    const to = Math.max(0, Math.min(ZOOMS.length - 1, settings.zoom + step));
    if (to === settings.zoom) return;
    const beside = around ?? view.chart.clientWidth / 2;
    const at = this.scale.at(view.chart.scrollLeft + beside);
    this.zoomTo(to);
    view.chart.scrollLeft = this.scale.x(at) - beside;
  }

  private zoomTo(zoom: number): void {
    const { gantt } = this;
    gantt.settings.zoom = zoom;
    gantt.settings.save();
    this.rescale();
    this.showLevel();
    gantt.draw();
  }

  showLevel(): void {
    const select = this.gantt.tool("zoom") as HTMLSelectElement | null;
    if (select) select.selectedIndex = levelOf(this.gantt.settings.zoom);
  }

  private showWhole(): void {
    const { view, plan } = this.gantt;
    const room = view.chart.clientWidth - 40;
    const days = (plan.finish - plan.start) / DAY + BEFORE_DAYS / 2;
    let to = 0;
    ZOOMS.forEach((perDay, at) => {
      if (perDay * days <= room) to = at;
    });
    this.zoomTo(to);
    view.chart.scrollLeft = this.scale.x(plan.start) - 20;
  }

  goTo(at: Moment): void {
    const { chart } = this.gantt.view;
    chart.scrollLeft = this.scale.x(at) - chart.clientWidth / 3;
  }

  /** Bring the beginning of a task's bar into sight, where not the whole bar is. */
  show({ start, finish }: Task): void {
    if (start === null) return;
    const { scrollLeft, clientWidth } = this.gantt.view.chart;
    const from = this.scale.x(start) - scrollLeft;
    const to = this.scale.x(finish ?? start) - scrollLeft;
    if (from >= 0 && to <= clientWidth) return;
    if (from < 20 || from > clientWidth - 80) this.goTo(start);
  }

  private onWheel(event: WheelEvent): void {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.zoom(event.deltaY < 0 ? 1 : -1, event.clientX - this.gantt.view.chart.getBoundingClientRect().left);
  }
}
