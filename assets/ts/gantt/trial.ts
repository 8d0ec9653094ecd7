// What a change would do, asked of the server while somebody pulls at a bar: the newest question wins.
import { Away, SignedOut } from "../net";
import { type PlanChange, type PlanEffect, Refused, changePlan } from "./server";

const PAUSE_MS = 90;

export class Trial {
  private timer = 0;
  private asked = "";
  private running: AbortController | null = null;

  constructor(
    private readonly address: () => string,
    private readonly told: (effect: PlanEffect | null, refused: string) => void,
  ) {}

  /** Ask what these changes would do, soon; what was asked before no longer matters. None = nothing to ask. */
  ask(changes: PlanChange[]): void {
    const wanted = JSON.stringify(changes);
    if (wanted === this.asked) return;
    this.stop();
    this.asked = wanted;
    if (!changes.length) return this.told(null, "");
    this.timer = setTimeout(() => void this.send(changes), PAUSE_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.running?.abort();
    this.running = null;
    this.asked = "";
  }

  private async send(changes: PlanChange[]): Promise<void> {
    const running = new AbortController();
    this.running = running;
    const outdated = (): boolean => this.running !== running;
    try {
      const effect = await changePlan(this.address(), changes, { dryRun: true, signal: running.signal });
      if (!outdated()) this.told(effect, "");
    } catch (failure) {
      if (outdated()) return;
      if (!(failure instanceof Refused || failure instanceof Away || failure instanceof SignedOut)) throw failure;
      this.told(null, failure.message);
    }
  }
}
