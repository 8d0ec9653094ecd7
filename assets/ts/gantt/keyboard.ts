// What keys do in the grid: moving and selecting as in a spreadsheet, typing, the outline, undo.
import { type Gantt } from "./element";

/** Progress by one key, where the cell itself takes no typing. */
export const percentKeys: Record<string, number> = { d: 100, "0": 0, "1": 25, "2": 50, "3": 75, "4": 100 };

const WIDER = 16; // pixels a key makes a column wider

export class Keyboard {
  constructor(private readonly gantt: Gantt) {
    gantt.view.grid.addEventListener("keydown", (event) => {
      if (gantt.typing.isOpen || event.isComposing || event.defaultPrevented || !this.onKey(event)) return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  /** Whether the key did something. */
  private onKey(event: KeyboardEvent): boolean {
    const { gantt } = this;
    if (event.altKey) return gantt.selection.head ? this.onHeadKey(event) : this.onOutlineKey(event);
    if (event.ctrlKey || event.metaKey) return this.onChord(event);
    if (gantt.selection.head && this.onHeadKey(event)) return true;
    return this.onMove(event) || (!gantt.selection.head && this.onTaskKey(event));
  }

  private onHeadKey(event: KeyboardEvent): boolean {
    const { gantt } = this;
    const column = gantt.columns()[gantt.selection.at.column];
    if (!column) return false;
    const wider = { ArrowRight: WIDER, ArrowLeft: -WIDER }[event.key];
    if (event.altKey && wider !== undefined) gantt.widen(column, wider);
    else if (!event.altKey && (event.key === "Enter" || event.key === " ")) gantt.sortBy(column.key);
    else return false;
    gantt.backToHead();
    return true;
  }

  private onChord(event: KeyboardEvent): boolean {
    const { gantt } = this;
    const { column } = gantt.selection.at;
    const last = gantt.shownTasks().length - 1;
    const chords: Record<string, () => void> = {
      Home: () => gantt.go(0, column, event.shiftKey),
      End: () => gantt.go(last, column, event.shiftKey),
      " ": () => gantt.choice.takeColumn(),
      Enter: () => gantt.openPane(),
      a: () => gantt.choice.takeAll(),
      d: () => gantt.acts.fillDown(),
      z: () => gantt.outbox.undo(event.shiftKey),
      y: () => gantt.outbox.undo(true),
    };
    const act = chords[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    act?.();
    return act !== undefined;
  }

  /** Alt and Shift with arrows: the outline and the order of rows. */
  private onOutlineKey(event: KeyboardEvent): boolean {
    if (!event.shiftKey || !this.gantt.rights.edit) return false;
    const { acts } = this.gantt;
    const keys: Record<string, () => void> = {
      ArrowRight: () => acts.indent(1),
      ArrowLeft: () => acts.indent(-1),
      ArrowUp: () => acts.shift(-1),
      ArrowDown: () => acts.shift(1),
    };
    keys[event.key]?.();
    return keys[event.key] !== undefined;
  }

  private onMove(event: KeyboardEvent): boolean {
    const { gantt } = this;
    const { selection, view } = gantt;
    const { column } = selection.at;
    const index = selection.head ? -1 : (view.index(selection.at.uid) ?? 0);
    const { key, shiftKey: more } = event;
    const last = gantt.columns().length - 1;
    const steps: Record<string, () => void> = {
      ArrowUp: () => gantt.go(index - 1, column, more),
      ArrowDown: () => gantt.go(index + 1, column, more),
      PageUp: () => gantt.go(Math.max(0, index - view.pageRows), column, more),
      PageDown: () => gantt.go(index + view.pageRows, column, more),
      Home: () => gantt.go(index, 0, more),
      End: () => gantt.go(index, last, more),
      ArrowLeft: () => (more ? gantt.go(index, column - 1, true) : this.left(index, column)),
      ArrowRight: () => (more ? gantt.go(index, column + 1, true) : this.right(index, column)),
      Escape: () => gantt.leave(),
      "+": () => gantt.timeLine.zoom(1),
      "=": () => gantt.timeLine.zoom(1),
      "-": () => gantt.timeLine.zoom(-1),
    };
    if (key === "Tab") {
      const next = column + (more ? -1 : 1);
      if (next < 0 || next > last) return false; // at the end of a row Tab leaves the grid
      if (gantt.typesAlong) gantt.moveBy(0, more ? -1 : 1);
      else gantt.go(index, next);
      return true;
    }
    if (key === " " && more) {
      selection.widen();
      gantt.draw();
      return true;
    }
    const step = steps[key];
    if (!step || (key.length === 1 && gantt.takesTyping)) return false;
    step();
    return true;
  }

  private onTaskKey(event: KeyboardEvent): boolean {
    const { gantt } = this;
    const { key } = event;
    if (key === "F2") return gantt.typing.open() || gantt.openPane();
    if (key === "Enter") {
      if (gantt.canType) gantt.moveBy(event.shiftKey ? -1 : 1, 0);
      else gantt.openPane();
      return true;
    }
    if (gantt.rights.edit && key === "Insert") gantt.newRows.insertAbove();
    else if (gantt.canType && (key === "Delete" || key === "Backspace")) gantt.acts.clear();
    else if (key.length !== 1 || key === " ") return false;
    else if (gantt.takesTyping) return gantt.typing.open(key);
    else if (gantt.canType && percentKeys[key.toLowerCase()] !== undefined) gantt.acts.setPercent(percentKeys[key.toLowerCase()] as number);
    else if (gantt.canType && /[\p{L}\p{N}]/u.test(key)) this.sayWhy(); // who types here does not mean a key of the page
    else return false;
    return true;
  }

  private sayWhy(): void {
    const { gantt } = this;
    const column = gantt.columns()[gantt.selection.at.column];
    if (!column) return;
    if (!column.edit) gantt.say(`${column.label} follows from the plan and is not typed.`);
    else if (!gantt.rights.edit) gantt.say(`You enter progress here; ${column.label} is for who plans.`);
    else gantt.say(gantt.selected?.summary ? `${column.label} of a summary comes from its tasks.` : "Give the new task a name first.");
  }

  private left(index: number, column: number): void {
    const { gantt } = this;
    const task = gantt.selection.head ? undefined : gantt.selected;
    const onName = gantt.columns()[column]?.key === "name";
    if (onName && task?.children.length && !gantt.settings.closed.has(task.uid)) gantt.fold(task);
    else if (column > 0) gantt.go(index, column - 1);
    else if (task?.parent) gantt.go(gantt.view.index(task.parent.uid) ?? index, column);
  }

  private right(index: number, column: number): void {
    const { gantt } = this;
    const task = gantt.selection.head ? undefined : gantt.selected;
    const onName = gantt.columns()[column]?.key === "name";
    if (onName && task?.children.length && gantt.settings.closed.has(task.uid)) gantt.fold(task);
    else gantt.go(index, column + 1);
  }
}
