// What the server did not take: a refusal with its reason, or a cell that somebody else changed meanwhile, with both
// values and the choice between them. What was typed stays in its cell, marked, until the person says otherwise; the foot
// counts these cells and leads from one to the next.
import { type Act, Bubble, own, words } from "./bubble";
import { type Gantt } from "./element";
import { type FieldName } from "./fields";
import { type Job, type TypedCell } from "./outbox";
import { type Refused, type StaleCell } from "./server";
import { instantText } from "./time";

/** What was typed in a cell and not taken, and why. */
export interface Refusal {
  text: string;
  why: string;
}

interface Held extends Refusal {
  cell: TypedCell;
  tell: () => void;
}

export class Conflict {
  private readonly bubble: Bubble;
  private readonly counted: HTMLElement | null;
  private held: Held[] = [];
  private told: Held | null = null; // the one that the bubble speaks of

  constructor(
    private readonly gantt: Gantt,
    frame: HTMLElement,
  ) {
    this.bubble = new Bubble(frame);
    this.counted = gantt.tool("refused");
    this.counted?.addEventListener("click", () => this.next());
    for (const scroller of [gantt.view.scroller, gantt.view.grid]) {
      scroller.addEventListener("scroll", () => this.bubble.follow(), { passive: true });
    }
  }

  refusalOf(uid: number, field: string): Refusal | undefined {
    return this.held.length ? this.find(uid, field) : undefined;
  }

  /** What was typed in a cell and not taken; given once. */
  take(uid: number, field: FieldName): string | undefined {
    const found = this.find(uid, field);
    if (found) this.drop([found]);
    return found?.text;
  }

  /** These cells have been saved by another way. */
  settle(cells: TypedCell[]): void {
    this.drop(cells.flatMap(({ uid, field }) => this.find(uid, field) ?? []));
  }

  /** Rows that are gone take what was refused in them with them. */
  lookAgain(): void {
    const { gantt } = this;
    this.drop(this.held.filter(({ cell }) => !gantt.taskOf(gantt.shownAs(cell.uid))));
  }

  private find(uid: number, field: string): Held | undefined {
    const { outbox } = this.gantt;
    return this.held.find(({ cell }) => outbox.real(cell.uid) === outbox.real(uid) && cell.field === field);
  }

  private drop(gone: Held[]): void {
    if (!gone.length) return;
    if (this.told && gone.includes(this.told)) this.hide();
    this.held = this.held.filter((one) => !gone.includes(one));
    this.count();
  }

  private count(): void {
    const { counted, held } = this;
    if (!counted) return;
    counted.textContent = held.length === 1 ? "1 cell not saved" : `${held.length} cells not saved`;
    counted.hidden = !held.length;
  }

  /** Go to the next cell that is not saved, from the top down, and say why it is not. */
  private next(): void {
    const { gantt } = this;
    const row = ({ uid }: TypedCell): number => gantt.view.index(gantt.shownAs(uid)) ?? Infinity;
    const ordered = [...this.held].sort((one, other) => row(one.cell) - row(other.cell));
    const from = this.told ? ordered.indexOf(this.told) : -1;
    const to = ordered[(from + 1) % ordered.length];
    if (!to) return;
    const task = gantt.taskOf(gantt.shownAs(to.cell.uid));
    if (task) gantt.show(task);
    gantt.goField(to.cell.uid, to.cell.field);
    to.tell();
  }

  hide(): void {
    this.told = null;
    this.bubble.hide();
  }

  refused(job: Job, failure: Refused): void {
    const cell = job.cells[0];
    const why = failure.fields.length === 1 ? (failure.fields[0]?.message ?? failure.message) : failure.message;
    if (!cell) {
      this.gantt.say(`Not done. ${why}`);
      return;
    }
    this.hold(cell, cell.text, why, [words("p", `Not saved. ${why}`)], [
      { label: "Edit again", run: () => this.reopen(cell) },
      { label: "Leave it", run: () => this.leave(cell) },
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
    const by = document.createElement("p");
    by.append(own(first.by), ` changed this while you were typing (${instantText(first.at)}).`);
    const both = document.createElement("dl");
    both.className = "gx-both";
    for (const [name, value] of [["Theirs", first.theirs], ["Yours", cell.text || first.yours]] as const) {
      const told = document.createElement("dd");
      told.append(own(value || "nothing"));
      both.append(words("dt", name), told);
    }
    const why = `${first.by} changed this meanwhile, to ${first.theirs || "nothing"}.`;
    this.hold(cell, cell.text || first.yours, why, [by, both], [
      { label: "Put mine", run: () => this.putMine(job, cell) },
      { label: "Keep theirs", run: () => this.leave(cell) },
      { label: "Edit", run: () => this.reopen(cell) },
    ]);
  }

  private putMine(job: Job, cell: TypedCell): void {
    this.settle([cell]);
    this.gantt.goField(cell.uid, cell.field);
    this.gantt.outbox.post(job.changes, job.cells, { label: job.label });
  }

  /** Keep what was typed, marked in its cell, and tell why; what an earlier change did is no longer the news. */
  private hold(cell: TypedCell, text: string, why: string, content: Node[], acts: Act[]): void {
    this.settle([cell]);
    const held: Held = { cell, text, why, tell: () => this.tell(held, content, acts) };
    this.held.push(held);
    this.count();
    this.gantt.say("");
    held.tell();
  }

  private leave(cell: TypedCell): void {
    this.settle([cell]);
    const task = this.gantt.plan.task(cell.uid);
    if (task) this.gantt.newRows.abandon(task);
    this.gantt.goField(cell.uid, cell.field);
  }

  private reopen(cell: TypedCell): void {
    this.hide();
    this.gantt.goField(cell.uid, cell.field);
    this.gantt.typing.open();
  }

  private tell(held: Held, content: Node[], acts: Act[]): void {
    const { gantt } = this;
    const { cell } = held;
    this.told = held;
    if (!gantt.typing.isOpen) gantt.reveal(cell.uid); // who types on stays where they are
    this.bubble.tell(() => gantt.cellOf(cell.uid, cell.field), content, acts, () => this.leave(cell));
  }
}
