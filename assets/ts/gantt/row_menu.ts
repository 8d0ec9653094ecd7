// What can be done to the selected rows: a menu at the pointer, or under its button for fingers and keys.
import { type Gantt } from "./element";
import { percentKeys } from "./keyboard";

const MOST_IN_BASELINE = 500;

export class RowMenu {
  private readonly menu: HTMLElement | null;
  private at: { x: number; y: number } | null = null;

  constructor(private readonly gantt: Gantt) {
    this.menu = gantt.querySelector<HTMLElement>("#gx-row-menu");
    this.menu?.addEventListener("click", (event) => this.onClick(event));
    this.menu?.addEventListener("toggle", (event) => this.place((event as ToggleEvent).newState === "open"));
    gantt.view.grid.addEventListener("contextmenu", (event) => this.open(event));
  }

  private open(event: MouseEvent): void {
    if (!this.menu || this.gantt.typing.isOpen || !(event.target as Element).closest(".gx-row")) return;
    event.preventDefault();
    const cell = (event.target as Element).closest<HTMLElement>(".gx-cell");
    const box = (cell ?? this.gantt).getBoundingClientRect();
    const byKey = event.clientX === 0 && event.clientY === 0;
    this.at = byKey ? { x: box.left, y: box.bottom } : { x: event.clientX, y: event.clientY };
    this.menu.showPopover();
  }

  /** At the pointer, inside the window; opened by its button the frame has placed it already. */
  private place(open: boolean): void {
    const { menu, at } = this;
    if (!menu || !at) return;
    if (!open) {
      this.at = null;
      return;
    }
    menu.style.left = `${Math.max(8, Math.min(at.x, innerWidth - menu.offsetWidth - 8))}px`;
    menu.style.top = `${Math.max(8, Math.min(at.y, innerHeight - menu.offsetHeight - 8))}px`;
  }

  private onClick(event: MouseEvent): void {
    const act = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-act]")?.dataset["act"] : undefined;
    if (!act) return;
    this.menu?.hidePopover();
    this.gantt.focusCell();
    this.run(act);
  }

  run(act: string): void {
    const { acts, newRows, clipboard, typing } = this.gantt;
    const known: Record<string, () => void> = {
      open: () => this.gantt.openPane(),
      edit: () => void typing.open(),
      insert: () => newRows.insertAbove(),
      add: () => newRows.atEnd(),
      remove: () => acts.remove(),
      clear: () => acts.setCells("Clear cells", () => ""),
      indent: () => acts.indent(1),
      outdent: () => acts.indent(-1),
      up: () => acts.shift(-1),
      down: () => acts.shift(1),
      link: () => acts.link(),
      unlink: () => acts.unlink(),
      pause: () => this.gantt.openPause(),
      join: () => acts.join(),
      fill: () => acts.fillDown(),
      copy: () => void navigator.clipboard.writeText(clipboard.take(false)),
      cut: () => void navigator.clipboard.writeText(clipboard.take(true)),
      paste: () => void this.paste(),
      baseline: () => this.takeBaseline(),
      ...Object.fromEntries(Object.values(percentKeys).map((percent) => [`percent-${percent}`, () => acts.setPercent(percent)])),
    };
    known[act]?.();
  }

  /** The page that takes a baseline, with the selected rows named. */
  private takeBaseline(): void {
    const chosen = this.gantt.choice.tasks().filter((task) => task.id > 0);
    if (chosen.length > MOST_IN_BASELINE)
      return this.gantt.say(`Select at most ${MOST_IN_BASELINE} rows, or their summaries, or take a baseline of the whole plan.`);
    const address = new URL("baselines/new/", location.origin + location.pathname);
    for (const task of chosen) address.searchParams.append("task", String(task.id));
    location.assign(address);
  }

  private async paste(): Promise<void> {
    try {
      this.gantt.clipboard.paste(await navigator.clipboard.readText());
    } catch {
      this.gantt.say("The browser does not let this page read the clipboard. Press Ctrl V instead.");
    }
  }
}
