// A few words beside a cell, with what can be done about them.

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

  constructor(private readonly frame: HTMLElement) {
    this.box.className = "gx-bubble";
    this.box.hidden = true;
    this.box.setAttribute("role", "alert");
    frame.append(this.box);
  }

  /** Say it beside a cell; `leave` is what Escape does. */
  tell(cell: HTMLElement | undefined, content: Node[], acts: Act[], leave: () => void): void {
    const { box, frame } = this;
    const row = document.createElement("div");
    row.className = "gx-bubble-acts";
    row.append(...acts.map((act) => button(act)));
    box.replaceChildren(...content, row);
    box.hidden = false;
    const around = frame.getBoundingClientRect();
    const at = cell?.getBoundingClientRect() ?? around;
    box.style.left = `${Math.max(8, Math.min(at.left - around.left, around.width - box.offsetWidth - 8))}px`;
    const below = at.bottom - around.top + 4;
    const above = at.top - around.top - box.offsetHeight - 4;
    box.style.top = `${below + box.offsetHeight > around.height && above > 0 ? above : below}px`;
    box.onkeydown = (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      leave();
    };
  }

  hide(): void {
    this.box.hidden = true;
  }
}
