// Changes on their way to the server: shown at once, sent in order, kept in this tab until they are accepted.
import { AWAY, Away, SignedOut } from "../net";
import { type Gantt } from "./element";
import { type PlanChange, type PlanEffect, Refused, changePlan, takeBack } from "./server";

const STALE = 412;
const KEEP_MS = 12 * 3600 * 1000;

/** A cell that shows what was typed until the server's own value has come. */
export interface TypedCell {
  uid: number;
  field: string;
  text: string;
}

/** One act of a person. `key`: under it the server makes the change once, however often it is sent. */
export interface Job {
  key: string;
  at: number;
  changes: PlanChange[];
  cells: TypedCell[];
  seen: number | null;
  label: string;
}

export class Outbox {
  private jobs: Job[] = [];
  private readonly done: { cells: TypedCell[]; version: number; made: Record<string, number> }[] = [];
  private readonly known = new Map<number, number>(); // lasting numbers of rows made here
  private readonly madeAs = new Map<number, number>(); // the same, the other way round
  private turning = Promise.resolve();
  private sending = false;
  private nextNew = -1;

  constructor(private readonly gantt: Gantt) {}

  // --- what is shown meanwhile -----------------------------------------------------------------

  /** What was typed in a cell and has not come back from the server yet. */
  textOf(uid: number, field: string): string | undefined {
    const lasting = this.real(uid);
    for (const { cells } of [...this.done, ...this.jobs].reverse()) {
      const found = cells.find((cell) => cell.field === field && this.real(cell.uid) === lasting);
      if (found) return found.text;
    }
    return undefined;
  }

  newNumber(): number {
    return this.nextNew--;
  }

  /** The lasting number of a row, or the one it was made with while the server has not answered. */
  real(uid: number): number {
    return this.known.get(uid) ?? uid;
  }

  /** The number that a row of a lasting one was made with here; its own where it was not. */
  made(uid: number): number {
    return this.madeAs.get(uid) ?? uid;
  }

  /** The plan has come anew: what it holds now need not be shown from here any more. */
  settle(version: number): void {
    for (const one of [...this.done]) {
      if (one.version > version) continue;
      this.done.splice(this.done.indexOf(one), 1);
      for (const [made, uid] of Object.entries(one.made)) this.gantt.lasting(Number(made), uid);
    }
  }

  // --- sending ---------------------------------------------------------------------------------

  /** Save changes; several in a row are sent one after the other. */
  post(changes: PlanChange[], cells: TypedCell[] = [], more: { seen?: number | null; label?: string } = {}): void {
    this.jobs.push({
      key: crypto.randomUUID(), at: Date.now(), changes, cells,
      seen: more.seen ?? this.gantt.plan.version, label: more.label ?? "",
    });
    this.keep();
    this.gantt.draw();
    void this.pump();
  }

  /** Something was saved by another way than this one, such as a preview or a pulled bar: it can be taken back like the rest. */
  accepted(effect: PlanEffect): void {
    for (const [made, uid] of Object.entries(effect.made)) {
      this.known.set(Number(made), uid);
      this.madeAs.set(uid, Number(made));
    }
    this.gantt.effects.show(effect, true);
  }

  /** Send what could not be sent before. */
  again(): void {
    void this.pump();
  }

  discard(): void {
    const dropped = this.jobs;
    this.jobs = [];
    this.gantt.effects.withdraw();
    this.keep();
    for (const job of dropped) this.forget(job);
    this.gantt.render();
    this.gantt.say(dropped.length === 1 ? "The change is discarded." : `${dropped.length} changes are discarded.`);
  }

  /** What an earlier page of this tab could not save is offered again. */
  restore(): void {
    const kept = this.stored().filter((job) => Date.now() - job.at < KEEP_MS);
    if (!kept.length) return;
    for (const job of kept) {
      for (const change of job.changes) {
        if (change.new) this.nextNew = Math.min(this.nextNew, change.new - 1);
      }
    }
    this.jobs = kept;
    this.offer("What you changed here before is not saved yet.");
    this.gantt.draw();
  }

  private async pump(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      for (let job = this.jobs[0]; job; job = this.jobs[0]) {
        if (!(await this.send(job))) break;
      }
    } finally {
      this.sending = false;
    }
  }

  /** Whether the next one can be sent. */
  private async send(job: Job): Promise<boolean> {
    const { gantt } = this;
    const changes = job.changes.map((change) => this.named(change));
    try {
      const effect = await changePlan(gantt.changesAddress, changes, { seen: job.seen, label: job.label, key: job.key });
      this.taken(job);
      gantt.conflict.settle(job.cells);
      this.done.push({ cells: job.cells, version: effect.version, made: effect.made });
      this.accepted(effect);
      for (const later of this.jobs) later.changes = later.changes.map((change) => this.named(change));
      this.keep();
      void gantt.refresh();
      return true;
    } catch (failure) {
      if (failure instanceof Away || failure instanceof SignedOut) {
        this.offer(failure instanceof Away ? AWAY : "You are signed out. Sign in again, then save once more.");
        return false;
      }
      if (!(failure instanceof Refused)) throw failure;
      this.taken(job);
      for (const change of job.changes) if (change.act === "add") gantt.newRows.returned(change);
      if (failure.status === STALE) await gantt.conflict.stale(job, failure.stale);
      else gantt.conflict.refused(job, failure);
      gantt.render();
      return true;
    }
  }

  private taken(job: Job): void {
    this.jobs = this.jobs.filter((one) => one !== job);
    if (!this.jobs.length) this.gantt.effects.withdraw();
    this.keep();
  }

  /** Rows that were shown before the server had them go with the change that was to make them. */
  private forget(job: Job): void {
    for (const change of job.changes) if (change.act === "add" && change.new) this.gantt.plan.drop(change.new);
  }

  /** Rows made by an earlier change are named by the number that the server gave them. */
  private named(change: PlanChange): PlanChange {
    const named = { ...change };
    for (const key of ["task", "after", "other"] as const) {
      const uid = named[key];
      if (uid !== undefined && uid !== null) named[key] = this.real(uid);
    }
    return named;
  }

  private offer(why: string): void {
    const count = this.jobs.length;
    const what = count === 1 ? "1 change is not saved." : `${count} changes are not saved.`;
    this.gantt.effects.offer(`${what} ${why}`, [
      { label: count === 1 ? "Save again" : `Save ${count} changes again`, run: () => this.again() },
      { label: count === 1 ? "Discard" : "Discard them", run: () => this.discard() },
    ]);
  }

  // --- undo ------------------------------------------------------------------------------------

  /** Take back one's newest change of the plan that still stands, or do again what one took back last. */
  undo(again: boolean): void {
    this.turning = this.turning.then(async () => {
      await this.pump();
      if (this.jobs.length) return; // what is not saved yet is offered, and comes first
      await this.turn(this.gantt.planAddress(again ? "redo" : "undo"));
    });
  }

  /** Undo, redo or restore by the server's list; gives why it could not be done, null when it was. */
  async turn(address: string, body: object = {}): Promise<string | null> {
    try {
      const effect = await takeBack(address, body);
      this.gantt.effects.show(effect, false);
      await this.gantt.refresh();
      return null;
    } catch (failure) {
      if (!(failure instanceof Refused || failure instanceof Away || failure instanceof SignedOut)) throw failure;
      this.gantt.say(failure.message);
      return failure.message;
    }
  }

  // --- keeping ---------------------------------------------------------------------------------

  private get place(): string {
    return `headway.plan.unsaved.${this.gantt.dataset["person"]}.${this.gantt.dataset["project"]}`;
  }

  private keep(): void {
    try {
      if (this.jobs.length) sessionStorage.setItem(this.place, JSON.stringify(this.jobs));
      else sessionStorage.removeItem(this.place);
    } catch {
      // without storage the page itself still holds them
    }
  }

  private stored(): Job[] {
    try {
      return JSON.parse(sessionStorage.getItem(this.place) ?? "[]") as Job[];
    } catch {
      return [];
    }
  }
}
