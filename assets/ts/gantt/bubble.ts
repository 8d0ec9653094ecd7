// A few words beside a cell, with what can be done about them.

import { HEAD } from "./view";

export interface Act {
  label: string;
  run: () => void;
}

export function button(act: Act, look = "btn btn-small"): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = look;
  made.textContent = act.label;
  made.addEventListener("click", act.run);
  return made;
}

export function words(name: keyof HTMLElementTagNameMap, text: string, look = ""): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  if (look) made.className = look;
  return made;
}

/** A person's text stands in its own direction. */
export function own(text: string): HTMLElement {
  return words("bdi", text);
}

export class Bubble {
  private readonly box = document.createElement("div");
  private beside: () => HTMLElement | undefined = () => undefined;

  constructor(private readonly frame: HTMLElement) {
    this.box.className = "gx-bubble";
    this.box.hidden = true;
    this.box.setAttribute("role", "alert");
    frame.append(this.box);
  }

  /** Say it beside a cell, which may be drawn anew while one scrolls; `leave` is what Escape does. */
  tell(beside: () => HTMLElement | undefined, content: Node[], acts: Act[], leave: () => void): void {
    const { box } = this;
    const row = document.createElement("div");
    row.className = "gx-bubble-acts";
    row.append(...acts.map((act) => button(act)));
    box.replaceChildren(...content, row);
    box.hidden = false;
    this.beside = beside;
    this.follow();
    box.onkeydown = (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      leave();
    };
  }

  /** Stand above the cell, or below it where there is no room; out of sight with it. */
  follow(): void {
    const { box, frame } = this;
    if (box.hidden) return;
    const around = frame.getBoundingClientRect();
    const at = this.beside()?.getBoundingClientRect();
    const isSeen = at !== undefined && at.top >= around.top + HEAD && at.bottom <= around.bottom;
    box.classList.toggle("is-away", !isSeen);
    if (!isSeen) return;
    const above = at.top - around.top - box.offsetHeight - 4;
    box.style.left = `${Math.max(8, Math.min(at.left - around.left, around.width - box.offsetWidth - 8))}px`;
    box.style.top = `${above > 0 ? above : at.bottom - around.top + 4}px`;
  }

  hide(): void {
    this.box.hidden = true;
  }
}
