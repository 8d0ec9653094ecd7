// A pause in the work of a task: from when, for how long, and what that would do, before it is saved.
import { Box, field, submit } from "./box";
import { button, words } from "./bubble";
import { type Gantt } from "./element";
import { type Task, isDone } from "./model";
import { type PlanChange } from "./server";
import { DAY, dayOf, isoDay } from "./time";
import { Trial } from "./trial";

export class PauseBox {
  private readonly box: Box;
  private readonly trial: Trial;
  private readonly effect = words("p", "", "gx-pause-effect");

  constructor(
    private readonly gantt: Gantt,
    frame: HTMLElement,
  ) {
    this.box = new Box(frame, () => this.trial.stop());
    this.trial = new Trial(
      () => gantt.changesAddress,
      (effect, refused) => {
        this.effect.textContent = refused || (effect?.sentence ?? "");
        this.effect.classList.toggle("is-refused", refused !== "");
      },
    );
    this.effect.setAttribute("role", "status");
  }

  open(task: Task, x: number, y: number): void {
    const form = document.createElement("form");
    form.className = "gx-link-form";
    const from = field("From", `First day of the pause in ${task.name}`);
    from.input.type = "date";
    from.input.required = true;
    from.input.value = isoDay(this.likelyDay(task));
    const length = field("For", `Length of the pause in ${task.name}`);
    length.input.required = true;
    length.input.value = "1d";
    form.append(from.label, length.label, submit("Pause the work"));
    const changes = (): PlanChange[] => [{ act: "split", task: task.uid, at: from.input.value, gap: length.input.value.trim() }];
    const ask = (): void => this.trial.ask(from.input.value && length.input.value.trim() ? changes() : []);
    form.addEventListener("input", ask);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.done(changes(), `Pause ${task.name}`);
    });
    this.effect.textContent = "";
    this.box.show(`Pause in ${task.name}`, [form, this.effect, ...this.joining(task)], x, y);
    length.input.focus();
    length.input.select();
    ask();
  }

  /** Today where the task is at work, else the day that lies in its middle; never its first one. */
  private likelyDay(task: Task): number {
    const { now } = this.gantt.plan;
    const start = task.start ?? now;
    const finish = task.finish ?? start;
    const middle = (start + finish) / 2;
    const day = dayOf(now > start && now < finish ? now : middle) * DAY;
    return day > start ? day : (dayOf(start) + 1) * DAY;
  }

  private joining(task: Task): HTMLElement[] {
    if (!task.parts || task.parts.length < 2) return [];
    return [button({ label: "Join its parts", run: () => this.done([{ act: "join", task: task.uid }], `Join the parts of ${task.name}`) })];
  }

  private done(changes: PlanChange[], label: string): void {
    this.box.close();
    this.gantt.outbox.post(changes, [], { label });
  }
}

/** Why the work of a task cannot be paused; '' where it can. */
export function whyNoPause(task: Task): string {
  if (task.children.length || task.summary) return "A summary has no work of its own. Pause its tasks.";
  if (!task.active) return "An inactive task stands still. Make it active first.";
  if (isDone(task)) return "It is done; there is no work left to pause.";
  if (!task.id || task.start === null || task.finish === null || task.start === task.finish) return "A milestone has no work to pause.";
  return "";
}
