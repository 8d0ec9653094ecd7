// The menu of a column's heading, and its place: moved by pulling the heading or with Shift and arrows.
import { columnOf } from "./columns";
import { relationsOf } from "./conditions";
import { type Gantt } from "./element";

const FAR = 6; // pixels after which a press is a pull

export class ColumnMenu {
  private readonly box = document.createElement("div");
  private pulled = false;

  constructor(private readonly gantt: Gantt) {
    const { head } = gantt.view;
    this.box.className = "hw-float hw-menu gx-column-menu";
    this.box.popover = "auto";
    gantt.append(this.box);
    head.addEventListener("contextmenu", (event) => {
      const key = this.keyOf(event.target);
      if (!key) return;
      event.preventDefault();
      this.open(key, event.clientX, event.clientY);
    });
    head.addEventListener("keydown", (event) => {
      const key = this.keyOf(event.target);
      if (!key) return;
      if ((event.altKey && event.key === "ArrowDown") || event.key === "ContextMenu") {
        const place = (event.target as HTMLElement).getBoundingClientRect();
        this.open(key, place.left, place.bottom);
      } else if (event.shiftKey && !event.altKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
        this.step(key, event.key === "ArrowLeft" ? -1 : 1);
      } else return;
      event.preventDefault();
      event.stopPropagation();
    });
    head.addEventListener("pointerdown", (event) => this.pull(event));
    head.addEventListener("click", (event) => this.pulled && event.stopPropagation(), { capture: true });
  }

  private keyOf(target: EventTarget | null): string {
    return target instanceof Element ? (target.closest<HTMLElement>("[data-column]")?.dataset["column"] ?? "") : "";
  }

  private open(key: string, left: number, top: number): void {
    const column = columnOf(key);
    if (!column) return;
    const { gantt } = this;
    const { settings } = gantt;
    const acts: [string, () => void][] = [
      ["Smallest first", () => gantt.ask({ sort: [{ column: key, down: false }] })],
      ["Largest first", () => gantt.ask({ sort: [{ column: key, down: true }] })],
      ...(settings.sort.length && !settings.sort.some((one) => one.column === key)
        ? [["Then by this column", () => gantt.sortBy(key, true)] as [string, () => void]]
        : []),
      ...(settings.sort.length ? [["In the order of the plan", () => gantt.ask({ sort: [] })] as [string, () => void]] : []),
      settings.group === key ? ["Do not group", () => gantt.ask({ group: "" })] : ["Group by this column", () => gantt.ask({ group: key })],
      ["Filter by this column…", () => this.filterBy(key)],
      ["Move left", () => this.step(key, -1)],
      ["Move right", () => this.step(key, 1)],
      ...(key === "name" ? [] : [["Hide this column", () => this.hide(key)] as [string, () => void]]),
    ];
    const list = document.createElement("ul");
    list.className = "hw-menu-list";
    list.dataset["menu"] = "";
    list.setAttribute("aria-label", `The column ${column.label}`);
    list.append(
      ...acts.map(([words, run]) => {
        const line = document.createElement("li");
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = words;
        button.addEventListener("click", () => {
          this.box.hidePopover();
          run();
        });
        line.append(button);
        return line;
      }),
    );
    this.box.replaceChildren(list);
    this.box.showPopover();
    this.box.style.inset = "auto";
    this.box.style.margin = "0";
    this.box.style.left = `${Math.min(left, innerWidth - this.box.offsetWidth - 12)}px`;
    this.box.style.top = `${Math.min(top, innerHeight - this.box.offsetHeight - 12)}px`;
    list.querySelector("button")?.focus();
  }

  private filterBy(key: string): void {
    const column = columnOf(key);
    const relation = column && relationsOf(column)[0]?.[0];
    if (!relation) return;
    const { conditions } = this.gantt.settings;
    this.gantt.ask({ conditions: [...conditions, { column: key, relation, value: column.kind === "yes_no" ? "Yes" : "" }] });
    const float = document.getElementById("gx-filters");
    float?.showPopover();
    float?.querySelector<HTMLElement>("li:last-child input, li:last-child select:last-of-type")?.focus();
  }

  private hide(key: string): void {
    this.gantt.settings.choose(key, false);
    this.gantt.looked();
    this.gantt.say(`The column ${columnOf(key)?.label ?? ""} is hidden. “Columns” shows it again.`);
  }

  private step(key: string, by: number): void {
    const { gantt } = this;
    const keys = gantt.settings.chosen().map((column) => column.key);
    const at = keys.indexOf(key) + by;
    const to = keys[at];
    if (to === undefined) return;
    gantt.settings.put(key, to);
    gantt.looked();
    gantt.go(-1, at);
  }

  /** Pull a heading to where another stands; a mark shows where it would land. */
  private pull(event: PointerEvent): void {
    const key = this.keyOf(event.target);
    if (!key || event.button !== 0 || (event.target as Element).closest("[data-edge]")) return;
    const from = event.clientX;
    let over: HTMLElement | null = null;
    const move = (to: PointerEvent): void => {
      if (!over && Math.abs(to.clientX - from) < FAR) return;
      const cell = document.elementFromPoint(to.clientX, to.clientY)?.closest<HTMLElement>("[data-column]") ?? null;
      if (cell === over) return;
      over?.classList.remove("is-landing");
      over = cell ?? over;
      over?.classList.add("is-landing");
    };
    const stop = (save: boolean): void => {
      document.removeEventListener("pointermove", move);
      document.removeEventListener("keydown", cancel, true);
      if (!over) return;
      over.classList.remove("is-landing");
      this.pulled = true; // the click that ends a pull is no wish to sort
      setTimeout(() => (this.pulled = false));
      if (save && over.dataset["column"] !== key) {
        this.gantt.settings.put(key, over.dataset["column"] ?? "");
        this.gantt.looked();
      }
    };
    const cancel = (pressed: KeyboardEvent): void => {
      if (pressed.key === "Escape") stop(false);
    };
    document.addEventListener("pointermove", move);
    document.addEventListener("keydown", cancel, true);
    document.addEventListener("pointerup", () => stop(true), { once: true });
  }
}
