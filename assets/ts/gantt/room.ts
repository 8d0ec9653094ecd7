// The room on the page: how wide the columns and the bars are, how high the rows may reach, which columns stay in sight.
import { type Column } from "./columns";
import { type Gantt } from "./element";
import { ROW } from "./lanes";
import { HEAD } from "./view";

const LEAST_GRID = 120;
const LEAST_CHART = 160;
const LEAST_BESIDE = 120; // pixels beside the columns that stay in sight
const FIRST_SPLIT = 0.58;
const FOOT = 56; // the line under the plan, which tells what a change did

export class Room {
  private gridWidth = 0;
  private measured = ""; // the sizes that the drawing was fitted to

  constructor(private readonly gantt: Gantt) {}

  listen(frame: HTMLElement): void {
    const refit = (): void => {
      if (this.sizes() !== this.measured) this.gantt.fit();
    };
    new ResizeObserver(refit).observe(frame);
    addEventListener("resize", refit);
  }

  /** Share the room out between columns and bars; false while there is none. */
  measure(): boolean {
    const { view, settings, timeLine } = this.gantt;
    const room = view.scroller.clientWidth;
    if (!room) return false;
    this.measured = this.sizes();
    const wanted = settings.split ?? this.firstSplit(room * FIRST_SPLIT);
    this.gridWidth = Math.max(LEAST_GRID, Math.min(wanted, this.wide(this.gantt.columns()) + 1, room - LEAST_CHART));
    view.grid.style.width = `${this.gridWidth}px`;
    view.split.setAttribute("aria-valuenow", String(Math.round((this.gridWidth / room) * 100)));
    this.fitHeight();
    timeLine.rescale();
    return true;
  }

  fitHeight(): void {
    const { view } = this.gantt;
    const top = view.scroller.getBoundingClientRect().top + scrollY;
    const room = Math.max(360, innerHeight - Math.min(top, innerHeight * 0.45) - FOOT);
    const need = HEAD + this.gantt.shownTasks().length * ROW + 18;
    view.scroller.style.height = `${Math.round(Math.min(room, Math.max(need, 180)))}px`;
    view.fill();
  }

  /** The first columns up to the name stay in sight, where they leave room for others. */
  keptColumns(): number {
    const columns = this.gantt.columns();
    const count = columns.findIndex((column) => column.key === "name") + 1;
    return this.wide(columns.slice(0, count)) + LEAST_BESIDE <= this.gridWidth ? count : 0;
  }

  /** How much of the columns' left is covered by those that stay in sight. */
  get covered(): number {
    return this.wide(this.gantt.columns().slice(0, this.keptColumns()));
  }

  private wide(columns: Column[]): number {
    return columns.reduce((sum, column) => sum + this.gantt.settings.width(column), 0);
  }

  /** What the room for columns and bars follows from. */
  private sizes(): string {
    return `${this.gantt.view.scroller.clientWidth} ${innerHeight}`;
  }

  /** As many whole columns as half of the room has place for. */
  private firstSplit(most: number): number {
    const { settings } = this.gantt;
    let width = 1;
    for (const column of this.gantt.columns()) {
      if (width + settings.width(column) > most) break;
      width += settings.width(column);
    }
    return width;
  }
}
