// The pointer in the grid: a press selects a cell, pulled on it selects a block; with Shift up to there, with Ctrl as well.
import { type Gantt } from "./element";
import { type Task } from "./model";

interface Place {
  task: Task;
  column: number;
  element: HTMLElement;
}

export class Pointing {
  constructor(private readonly gantt: Gantt) {
    const { grid } = gantt.view;
    grid.addEventListener("pointerdown", (event) => this.onDown(event));
    grid.addEventListener("focusin", (event) => this.onFocus(event.target as HTMLElement));
    grid.addEventListener("click", (event) => this.onClick(event));
    grid.addEventListener("dblclick", (event) => this.onDoubleClick(event));
  }

  private place(target: EventTarget | null): Place | null {
    const element = target instanceof Element ? target.closest<HTMLElement>("[role=gridcell], [role=rowheader]") : null;
    const task = this.gantt.taskOf(Number(element?.closest<HTMLElement>("[role=row]")?.dataset["uid"]));
    return element && task ? { task, element, column: Number(element.getAttribute("aria-colindex")) - 1 } : null;
  }

  private onDown(event: PointerEvent): void {
    const { gantt } = this;
    const place = this.place(event.target);
    if (!place || place.element.classList.contains("is-editing")) return;
    const { selection } = gantt;
    const onNumber = gantt.columns()[place.column]?.key === "number";
    if (event.button === 2) {
      if (gantt.choice.has(place.task, place.column)) event.preventDefault();
      return; // its menu is for what is selected, where it is pressed on that
    }
    if (event.button !== 0) return;
    if (gantt.typing.isOpen) gantt.typing.close(true);
    if (event.shiftKey) selection.extend(place.task.uid, place.column);
    else if (event.ctrlKey || event.metaKey) selection.add(place.task.uid, place.column, onNumber);
    else if (onNumber) selection.row(place.task.uid, place.column);
    else selection.put(place.task.uid, place.column);
    gantt.landed();
    if (event.pointerType === "mouse") this.pull(place);
  }

  /** The block grows with the pointer until it is let go. */
  private pull(from: Place): void {
    const { gantt } = this;
    let last = from.element;
    const move = (event: PointerEvent): void => {
      const place = this.place(document.elementFromPoint(event.clientX, event.clientY));
      if (!place || place.element === last) return;
      last = place.element;
      gantt.selection.extend(place.task.uid, place.column);
      gantt.landed();
    };
    document.addEventListener("pointermove", move);
    const end = (): void => document.removeEventListener("pointermove", move);
    document.addEventListener("pointerup", end, { once: true });
    document.addEventListener("pointercancel", end, { once: true });
  }

  /** The keyboard has come to a cell by another way, such as a screen reader's. */
  private onFocus(target: HTMLElement): void {
    const { selection } = this.gantt;
    const place = this.place(target);
    if (!place || place.element !== target) return;
    if (place.task.uid === selection.at.uid && place.column === selection.at.column && !selection.head) return;
    selection.put(place.task.uid, place.column);
    this.gantt.landed(false);
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as HTMLElement;
    const head = target.closest<HTMLElement>("[data-column]");
    if (head && !target.closest("[data-edge]")) this.gantt.sortBy(head.dataset["column"] ?? "");
    const place = target.closest(".gx-fold") ? this.place(target) : null;
    if (place) this.gantt.fold(place.task);
  }

  private onDoubleClick(event: MouseEvent): void {
    const place = this.place(event.target);
    if (!place || place.element.classList.contains("is-editing") || (event.target as Element).closest(".gx-fold")) return;
    if (!this.gantt.typing.open()) this.gantt.openPane();
  }
}
