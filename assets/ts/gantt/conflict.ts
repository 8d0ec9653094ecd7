// What the server did not take: a refusal with its reason, or a cell that somebody else changed meanwhile, with both
// values and the choice between them. What was typed stays until the person says otherwise.
import { Bubble, own, words } from "./bubble";
import { type Gantt } from "./element";
import { type FieldName } from "./fields";
import { type Job, type TypedCell } from "./outbox";
import { type Refused, type StaleCell } from "./server";
import { instantText } from "./time";

export class Conflict {
  private readonly bubble: Bubble;
  private readonly typed = new Map<string, string>(); // what was typed and not taken, by cell

  constructor(
    private readonly gantt: Gantt,
    frame: HTMLElement,
  ) {
    this.bubble = new Bubble(frame);
  }

  /** What was typed in a cell and not taken; given once. */
  take(uid: number, field: FieldName): string | undefined {
    const key = `${uid} ${field}`;
    const found = this.typed.get(key);
    this.typed.delete(key);
    return found;
  }

  hide(): void {
    this.bubble.hide();
  }

  refused(job: Job, failure: Refused): void {
    const cell = job.cells[0];
    const why = failure.fields.length === 1 ? (failure.fields[0]?.message ?? failure.message) : failure.message;
    if (!cell) {
      this.gantt.say(`Not done. ${why}`);
      return;
    }
    this.hold(cell);
    const leave = (): void => this.leave(cell);
    this.tell(cell, [words("p", `Not saved. ${why}`)], [
      { label: "Edit again", run: () => this.reopen(cell) },
      { label: "Leave it", run: leave },
    ]);
  }

  /** Somebody changed the cell meanwhile: theirs, by whom and when, and yours. */
  async stale(job: Job, found: StaleCell[]): Promise<void> {
    await this.gantt.refresh(false);
    const [first] = found;
    const cell = job.cells.find((one) => one.uid === first?.task && one.field === first.field) ?? job.cells[0];
    if (!first || !cell) {
      this.gantt.say("Somebody changed this meanwhile. Look at it, then do it again.");
      return;
    }
    this.hold(cell);
    const by = document.createElement("p");
    by.append(own(first.by), ` changed this while you were typing (${instantText(first.at)}).`);
    const both = document.createElement("dl");
    both.className = "gx-both";
    for (const [name, value] of [["Theirs", first.theirs], ["Yours", cell.text || first.yours]] as const) {
      const told = document.createElement("dd");
      told.append(own(value || "nothing"));
      both.append(words("dt", name), told);
    }
    this.tell(cell, [by, both], [
      { label: "Put mine", run: () => this.putMine(job, cell) },
      { label: "Keep theirs", run: () => this.leave(cell) },
      { label: "Edit", run: () => this.reopen(cell) },
    ]);
  }

  private putMine(job: Job, cell: TypedCell): void {
    this.bubble.hide();
    this.take(cell.uid, cell.field as FieldName);
    this.gantt.goField(cell.uid, cell.field);
    this.gantt.outbox.post(job.changes, job.cells, { label: job.label });
  }

  private hold(cell: TypedCell): void {
    this.typed.set(`${cell.uid} ${cell.field}`, cell.text);
  }

  private leave(cell: TypedCell): void {
    this.take(cell.uid, cell.field as FieldName);
    this.bubble.hide();
    const task = this.gantt.plan.task(cell.uid);
    if (task) this.gantt.newRows.abandon(task);
    this.gantt.goField(cell.uid, cell.field);
  }

  private reopen(cell: TypedCell): void {
    this.bubble.hide();
    this.gantt.goField(cell.uid, cell.field);
    this.gantt.typing.open();
  }

  private tell(cell: TypedCell, content: Node[], acts: { label: string; run: () => void }[]): void {
    this.gantt.reveal(cell.uid);
    this.bubble.tell(this.gantt.cellOf(cell.uid, cell.field), content, acts, () => this.leave(cell));
  }
}
