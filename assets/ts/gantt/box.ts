// A small form beside a place of the plan: closed by Escape or by a press elsewhere, and the keyboard goes back.
import { button, words } from "./bubble";
import { ROW } from "./lanes";

const BESIDE = 10; // pixels from the place that it belongs to

export class Box {
  readonly element = document.createElement("div");
  private back: HTMLElement | null = null;

  constructor(
    private readonly frame: HTMLElement,
    private readonly closed: () => void,
  ) {
    const { element } = this;
    element.className = "gx-link-box";
    element.setAttribute("role", "dialog");
    element.tabIndex = -1;
    element.hidden = true;
    frame.append(element);
    element.addEventListener("keydown", (event) => this.onKey(event));
    document.addEventListener("pointerdown", (event) => {
      if (this.isOpen && event.target instanceof Node && !element.contains(event.target)) this.close();
    });
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  show(name: string, content: HTMLElement[], x: number, y: number): void {
    const { activeElement } = document;
    const { element, frame } = this;
    if (!this.isOpen) this.back = activeElement instanceof HTMLElement ? activeElement : null;
    element.setAttribute("aria-label", name);
    const foot = document.createElement("div");
    foot.className = "gx-link-foot";
    foot.append(button({ label: "Close", run: () => this.close() }));
    element.replaceChildren(words("h2", name), ...content, foot);
    element.hidden = false;
    element.style.left = `${Math.max(8, Math.min(x + BESIDE, frame.clientWidth - element.offsetWidth - 8))}px`;
    const above = y - ROW - BESIDE - element.offsetHeight; // where there is no room below the row
    const below = y + BESIDE;
    const most = frame.clientHeight - element.offsetHeight - 8;
    element.style.top = `${Math.max(8, below > most && above > 0 ? above : Math.min(below, most))}px`;
  }

  close(): void {
    if (!this.isOpen) return;
    this.element.hidden = true;
    this.closed();
    this.back?.focus();
  }

  private onKey(event: KeyboardEvent): void {
    event.stopPropagation(); // keys of the grid and of the page do not act in here
    if (event.key !== "Escape") return;
    event.preventDefault();
    this.close();
  }
}

/** A short field under its name; `label` says the whole to who does not see what is beside it. */
export function field(name: string, label: string): { label: HTMLElement; input: HTMLInputElement } {
  const element = document.createElement("label");
  const input = document.createElement("input");
  input.className = "form-control";
  input.setAttribute("aria-label", label);
  input.autocomplete = "off";
  element.append(words("span", name), input);
  return { label: element, input };
}

export function submit(label: string): HTMLButtonElement {
  const element = button({ label, run: () => undefined }, "btn btn-small btn-primary");
  element.type = "submit";
  return element;
}
