// What the boxes that float over the plan are made of: selects, buttons, headings, notes.
export function selectOf(options: [string, string][], value: string, label: string, change: (value: string) => void): HTMLSelectElement {
  const select = document.createElement("select");
  select.className = "form-select";
  if (label) select.setAttribute("aria-label", label);
  select.append(...options.map(([key, words]) => new Option(words, key, false, key === value)));
  select.addEventListener("change", () => change(select.value));
  return select;
}

export function actButton(text: string, look: string, run: () => void, label = ""): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = look;
  button.textContent = text;
  if (label) button.setAttribute("aria-label", label);
  button.addEventListener("click", run);
  return button;
}

export function heading(text: string): HTMLElement {
  const element = document.createElement("h2");
  element.className = "gx-float-title";
  element.textContent = text;
  return element;
}

export function quiet(text: string): HTMLElement {
  const element = document.createElement("p");
  element.className = "hw-quiet gx-float-note";
  element.textContent = text;
  return element;
}

export function feet(...buttons: HTMLElement[]): HTMLElement {
  const element = document.createElement("div");
  element.className = "gx-float-acts";
  element.append(...buttons);
  return element;
}

export function labelled(text: string, field: HTMLElement): HTMLElement {
  const element = document.createElement("label");
  element.className = "gx-float-field";
  const words = document.createElement("span");
  words.textContent = text;
  element.append(words, field);
  return element;
}
