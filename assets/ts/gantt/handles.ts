// What one can take hold of at a bar: its body, its ends, its progress, the dots that links begin at.
import { ROW, extent, isMark } from "./lanes";
import { type Grip, gripsOf } from "./bars";
import { type Rights } from "./fields";
import { type Task } from "./model";
import { type Scale } from "./scale";

export type Hold = Grip | "link-start" | "link-finish";

const TITLES: Record<Hold, string> = {
  body: "Drag to move",
  start: "Drag to begin earlier or later; the finish stays",
  finish: "Drag to make it longer or shorter",
  progress: "Drag to say how much is done",
  "link-start": "Drag from the start to another bar to link them",
  "link-finish": "Drag from the finish to another bar to link them",
};
const LEAST_FOR_ENDS = 14; // pixels; a shorter bar is moved, and made longer at its right end

export class Handles {
  readonly element = document.createElement("div");
  private readonly parts = new Map<Hold, HTMLElement>();
  task: Task | null = null;

  constructor() {
    this.element.className = "gx-handles";
    this.element.hidden = true;
    for (const hold of Object.keys(TITLES) as Hold[]) {
      const part = document.createElement("div");
      part.className = `gx-handle gx-handle-${hold}`;
      part.dataset["hold"] = hold;
      part.title = TITLES[hold];
      this.parts.set(hold, part);
      this.element.append(part);
    }
  }

  show(task: Task, scale: Scale, rights: Rights): void {
    const place = extent(task, scale);
    if (!task.id || !place || task.row < 0 || !task.active) return this.hide();
    this.task = task;
    const width = place.right - place.left;
    const grips = new Set<Hold>(gripsOf(task, rights));
    if (width < LEAST_FOR_ENDS) grips.delete("start");
    if (rights.edit) grips.add("link-start").add("link-finish");
    for (const [hold, part] of this.parts) part.hidden = !grips.has(hold);
    const { style } = this.element;
    style.transform = `translate(${place.left}px, ${task.row * ROW}px)`;
    style.width = `${width}px`;
    const done = isMark(task) ? 0 : Math.max(0, Math.min(width, (width * task.percent) / 100));
    (this.parts.get("progress") as HTMLElement).style.left = `${done}px`;
    this.element.hidden = false;
  }

  hide(): void {
    this.task = null;
    this.element.hidden = true;
  }
}

/** Which part of a bar was taken hold of. */
export function holdOf(target: EventTarget | null): Hold | null {
  const part = target instanceof Element ? target.closest<HTMLElement>("[data-hold]") : null;
  return (part?.dataset["hold"] as Hold | undefined) ?? null;
}
