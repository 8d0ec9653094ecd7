// Progress in place: a field in the cell, saved at once; refused and stale changes are said beside the cell.
import { Away, SignedOut } from "../net";
import { type Gantt } from "./element";
import { type Task } from "./model";
import { type Change, type Edit, type Former, backTo, fieldText, formerOf, isSame, percentOf, read } from "./progress";
import { type Effect, type Progress, Refused, saveProgress } from "./server";
import { dayText } from "./time";

const STALE = 412;
const COLUMN_OF: Record<Edit, string> = { percent: "percent", actual_start: "actualStart", actual_finish: "actualFinish", remaining: "remaining" };

interface Act {
  label: string;
  run: () => void;
}

export class CellEditor {
  private field: HTMLInputElement | null = null;
  private readonly bubble = document.createElement("div");
  private readonly kept = new Map<string, string>(); // what was typed and refused, by cell
  private readonly back: Change[] = [];
  private readonly forth: Change[] = [];

  constructor(
    private readonly gantt: Gantt,
    private readonly frame: HTMLElement,
  ) {
    this.bubble.className = "gx-bubble";
    this.bubble.hidden = true;
    this.bubble.setAttribute("role", "alert");
    frame.append(this.bubble);
  }

  get isOpen(): boolean {
    return this.field !== null;
  }

  may(task: Task): boolean {
    return this.gantt.canEdit && !task.summary && task.active;
  }

  /** Open the selected cell; `typed` replaces what stands there. */
  open(typed = ""): void {
    const task = this.gantt.selected;
    const cell = this.frame.querySelector<HTMLElement>('.gx-row [tabindex="0"]');
    const column = this.gantt.columns()[Number(cell?.getAttribute("aria-colindex")) - 1];
    if (!task || !cell || !column?.edit || !this.may(task) || this.field) return;
    const edit = column.edit as Edit;
    this.hush();
    const field = document.createElement("input");
    field.className = "gx-field";
    field.type = edit === "actual_start" || edit === "actual_finish" ? "date" : "text";
    field.setAttribute("aria-label", `${column.label} of ${task.name}`);
    field.autocomplete = "off";
    const before = this.kept.get(`${task.uid} ${edit}`) ?? fieldText(edit, task, this.gantt.plan.minutesPerDay);
    field.value = field.type === "text" && typed ? typed : before;
    cell.classList.add("is-editing");
    cell.replaceChildren(field);
    this.field = field;
    field.focus();
    if (field.type === "text" && !typed) field.select();
    field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter" || event.key === "Tab") this.close(cell, task, edit, true, true);
      else if (event.key === "Escape") this.close(cell, task, edit, false, true);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    field.addEventListener("blur", () => this.close(cell, task, edit, true, false));
  }

  private close(cell: HTMLElement, task: Task, edit: Edit, save: boolean, focus: boolean): void {
    const field = this.field;
    if (!field) return;
    this.field = null;
    const { value } = field;
    cell.classList.remove("is-editing");
    this.gantt.view.rowOf(task.uid)?.renew(cell);
    const here = this.gantt.plan.task(task.uid);
    this.gantt.draw();
    if (focus) this.gantt.focusCell();
    this.kept.delete(`${task.uid} ${edit}`);
    if (!save || !here) return;
    const wanted = read(edit, value, here, this.gantt.plan.minutesPerDay);
    if (wanted === null) return;
    if ("refused" in wanted) this.refuse(here, edit, value, wanted.refused);
    else void this.save(here, wanted.progress, wanted.now, { edit, value });
  }

  async setPercent(task: Task, percent: number): Promise<void> {
    if (task.percent === percent) return;
    const { progress, now } = percentOf(percent);
    await this.save(task, progress, now, { edit: "percent", value: String(percent) });
  }

  /** Take the last change back, or do it `again`; not over what somebody else has entered since. */
  async undo(again: boolean): Promise<void> {
    const from = again ? this.forth : this.back;
    const change = from.pop();
    if (!change) {
      this.gantt.say(again ? "Nothing to do again." : "Nothing to take back.");
      return;
    }
    const task = this.gantt.plan.task(change.uid);
    if (!task || !isSame(formerOf(task), change.left)) {
      this.gantt.say(task ? `${task.name} was changed since; it stays as it is.` : "That task is no longer in the plan.");
      return;
    }
    const progress = again ? change.after : change.before;
    const way = backTo(formerOf(task));
    this.gantt.show(task);
    const effect = await this.send(task, progress, { edit: "percent", value: progress.percent_complete ?? "" });
    if (!effect) {
      from.push(change);
      return;
    }
    const left = this.left(task);
    if (again) this.back.push({ ...change, before: way, left });
    else this.forth.push({ ...change, left });
    this.gantt.say(`${again ? "Done again" : "Taken back"}: ${task.name}. ${this.effectWords(effect, task.uid)}`);
  }

  private left(task: Task): Former {
    return formerOf(this.gantt.plan.task(task.uid) ?? task);
  }

  private async save(task: Task, progress: Progress, now: Partial<Task>, typed: { edit: Edit; value: string }): Promise<void> {
    const before = backTo(formerOf(task));
    const held = { ...task };
    Object.assign(task, now); // shown at once; taken back when the server refuses
    const done = await this.send(task, progress, typed, held);
    if (!done) return;
    this.back.push({ uid: task.uid, before, after: progress, left: this.left(task) });
    this.forth.length = 0;
    this.gantt.say(`Saved. ${this.effectWords(done, task.uid)}`);
  }

  private async send(
    task: Task,
    progress: Progress,
    typed: { edit: Edit; value: string },
    held: Task = { ...task },
  ): Promise<Effect | null> {
    this.hush();
    this.gantt.mark(task.uid, true);
    try {
      const effect = await saveProgress(this.gantt.dataset["tasks"] ?? "", task.id, task.version, progress);
      await this.gantt.refresh();
      return effect;
    } catch (failure) {
      Object.assign(task, held);
      if (failure instanceof Refused && failure.status === STALE) await this.stale(task, held, progress, typed);
      else if (failure instanceof Refused || failure instanceof Away || failure instanceof SignedOut) {
        this.refuse(task, typed.edit, typed.value, failure.message);
      } else throw failure;
      return null;
    } finally {
      this.gantt.mark(task.uid, false);
    }
  }

  private refuse(task: Task, edit: Edit, value: string, why: string): void {
    this.kept.set(`${task.uid} ${edit}`, value);
    this.gantt.draw();
    this.tell(task, edit, `Not saved. ${why}`, [
      { label: "Edit again", run: () => this.reopen(edit) },
      { label: "Leave it", run: () => this.leave(task, edit) },
    ]);
  }

  private leave(task: Task, edit: Edit): void {
    this.kept.delete(`${task.uid} ${edit}`);
    this.hush();
    this.gantt.focusCell();
  }

  private reopen(edit: Edit): void {
    this.hush();
    this.gantt.focusColumn(COLUMN_OF[edit]);
    this.open();
  }

  /** Somebody changed the task meanwhile: both are shown, and the person says which holds. */
  private async stale(task: Task, held: Task, progress: Progress, typed: { edit: Edit; value: string }): Promise<void> {
    await this.gantt.refresh(false);
    const now = this.gantt.plan.task(task.uid);
    if (!now) {
      this.gantt.say(`${held.name} was taken out of the plan meanwhile.`);
      return;
    }
    const { minutesPerDay } = this.gantt.plan;
    const stored = fieldText(typed.edit, now, minutesPerDay) || "nothing";
    const unit = typed.edit === "percent" ? " %" : "";
    this.tell(now, typed.edit, `Somebody changed this task meanwhile. Stored now: ${stored}${unit}. Yours: ${typed.value}${unit}.`, [
      {
        label: `Save ${typed.value}${unit}`,
        run: () => {
          const newest = this.gantt.plan.task(task.uid);
          if (newest) void this.save(newest, progress, {}, typed);
        },
      },
      { label: "Keep what is stored", run: () => this.leave(now, typed.edit) },
    ]);
  }

  private tell(task: Task, edit: Edit, text: string, acts: Act[]): void {
    const words = document.createElement("p");
    words.textContent = text;
    const buttons = acts.map(({ label, run }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-small";
      button.textContent = label;
      button.addEventListener("click", run);
      return button;
    });
    const row = document.createElement("div");
    row.className = "gx-bubble-acts";
    row.append(...buttons);
    this.bubble.replaceChildren(words, row);
    this.bubble.hidden = false;
    const cell = this.gantt.cellOf(task.uid, COLUMN_OF[edit]) ?? this.gantt.cellOf(task.uid, "name");
    const box = this.frame.getBoundingClientRect();
    const at = cell?.getBoundingClientRect();
    this.bubble.style.left = `${Math.max(8, Math.min((at?.left ?? box.left) - box.left, box.width - this.bubble.offsetWidth - 8))}px`;
    const below = (at?.bottom ?? box.top) - box.top + 4;
    const above = (at?.top ?? box.top) - box.top - this.bubble.offsetHeight - 4;
    this.bubble.style.top = `${below + this.bubble.offsetHeight > box.height && above > 0 ? above : below}px`;
    this.bubble.onkeydown = (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.leave(task, edit);
    };
  }

  private hush(): void {
    this.bubble.hidden = true;
  }

  private effectWords(effect: Effect, uid: number): string {
    const others = effect.moved.filter((moved) => moved.uid !== uid && !this.gantt.plan.task(moved.uid)?.summary).length;
    const moves = others ? `${others} other ${others === 1 ? "task moves" : "tasks move"}` : "Nothing else moves";
    const day = (text: string | null): string => {
      const at = text === null ? null : Date.parse(`${text}Z`) / 6000;
      return dayText(at, this.gantt.plan.now, this.gantt.monthFirst);
    };
    if (day(effect.old_finish) === day(effect.new_finish)) return `${moves}; the finish stays ${day(effect.new_finish)}.`;
    return `${moves}. Finish moves from ${day(effect.old_finish)} to ${day(effect.new_finish)}.`;
  }
}

