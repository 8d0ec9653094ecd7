// The palette: one line that finds records, pages and acts. Ctrl K or / opens it; arrows, Enter and Escape work in it.
// Without scripts the form inside stays a plain search.
import { shortcuts } from "./keys";

const WAIT_MS = 120;
const MOST_PAGES = 6;
const MOST_ACTS = 8;
const RECORDS_FROM = 2;

interface Entry {
  title: string;
  detail?: string;
  href: string;
  keys?: string;
  icon?: string;
  marks?: [number, number][];
  project?: boolean;
}

interface Group {
  name: string;
  entries: Entry[];
}

interface Answer {
  records?: Entry[];
  recent?: Entry[];
  acts?: Entry[];
}

/** Small letters without diacritics, as the server folds them. */
function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** The entries that have every word in their title or detail; those whose title begins with the first come first. */
export function matching(entries: Entry[], text: string, most: number): Entry[] {
  const words = fold(text).split(/\s+/).filter(Boolean);
  const found = entries.filter((entry) => {
    const said = fold(`${entry.title} ${entry.detail ?? ""}`);
    return words.every((word) => said.includes(word));
  });
  const first = words[0] ?? "";
  const rank = (entry: Entry): number => (fold(entry.title).startsWith(first) ? 0 : fold(entry.title).includes(first) ? 1 : 2);
  return found.sort((one, other) => rank(one) - rank(other)).slice(0, most);
}

function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  attributes: Record<string, string> = {},
  text = "",
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text) made.textContent = text;
  return made;
}

function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  const sprite = document.querySelector("svg.hw-icon use")?.getAttribute("href")?.split("#")[0] ?? "";
  svg.setAttribute("class", "hw-icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

function marked(text: string, marks: [number, number][]): DocumentFragment {
  const pieces = document.createDocumentFragment();
  // The server counts letters as code points.
  const letters = [...text];
  let done = 0;
  for (const [place, length] of marks) {
    pieces.append(letters.slice(done, place).join(""), element("mark", "", {}, letters.slice(place, place + length).join("")));
    done = place + length;
  }
  pieces.append(letters.slice(done).join(""));
  return pieces;
}

/** Links of the navigation, of a project's tabs and at the page's head: the pages one can go to from here. */
function pages(): Entry[] {
  const links = document.querySelectorAll<HTMLAnchorElement>(".hw-nav a[href], .hw-tabs a[href], .hw-actions a[href]");
  return [...links].map((link) => ({
    title: link.querySelector("span")?.textContent?.trim() || link.textContent?.trim() || "",
    detail: link.closest(".hw-tabs") ? "This project" : link.closest(".hw-actions") ? "This page" : "Page",
    href: link.getAttribute("href") ?? "",
    keys: link.dataset["key"]?.split("|")[0] ?? "",
    icon: "arrow-right",
  }));
}

function projectHere(): string {
  return /^\/projects\/([A-Z][A-Z0-9-]*)\//.exec(location.pathname)?.[1] ?? "";
}

class Palette extends HTMLElement {
  private readonly dialog = element("dialog", "hw-palette", { "aria-label": "Find or do" });
  private readonly input = element("input", "hw-palette-input", {
    type: "text",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    maxlength: "1000",
    placeholder: "Find a record, a page or an act",
    "aria-label": "Find a record, a page or an act",
    "aria-autocomplete": "list",
    "aria-expanded": "true",
    "aria-controls": "palette-list",
  });
  private readonly list = element("div", "hw-palette-list", { id: "palette-list", role: "listbox", "aria-label": "Found" });
  private readonly status = element("p", "hw-palette-status", { role: "status" });
  private here = 0;
  private shown: Entry[] = [];
  private known: Answer = {};
  private records: Entry[] = [];
  private recordsOf = "";
  private timer = 0;
  private asking: AbortController | null = null;

  connectedCallback(): void {
    const form = this.querySelector("form");
    if (!form || this.querySelector("button")) return;
    const button = element("button", "hw-palette-open form-control", {
      type: "button",
      "aria-haspopup": "dialog",
      "data-key": "/|Mod+k",
      "data-key-label": "Find or do",
    });
    const label = element("span", "", {}, "Find or do");
    button.append(icon("search"), label, element("kbd", "", {}, "/"));
    button.addEventListener("click", () => this.open());
    form.replaceWith(button);
    const box = element("div", "hw-palette-box");
    const foot = element("p", "hw-palette-foot");
    foot.append(...["↑", "↓"].map((key) => element("kbd", "", {}, key)), " choose ", element("kbd", "", {}, "Enter"), " go ");
    foot.append(element("kbd", "", {}, "Esc"), " close");
    const close = element("button", "btn btn-quiet btn-square", { type: "button", "aria-label": "Close" });
    close.append(icon("x"));
    close.addEventListener("click", () => this.dialog.close());
    const head = element("div", "hw-palette-head");
    head.append(icon("search"), this.input, close);
    box.append(head, this.list, this.status, foot);
    this.dialog.append(box);
    this.append(this.dialog);
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
    this.list.addEventListener("pointermove", (event) => this.point(event));
  }

  private open(): void {
    if (this.dialog.open) return;
    this.dialog.showModal();
    this.input.select();
    this.draw();
    if (!this.known.acts) void this.ask("");
    if (this.input.value.trim()) this.typed();
  }

  private typed(): void {
    this.here = 0;
    this.draw();
    clearTimeout(this.timer);
    const text = this.input.value.trim();
    if (text.length >= RECORDS_FROM && text !== this.recordsOf) {
      this.timer = window.setTimeout(() => void this.ask(text), WAIT_MS);
    }
  }

  private async ask(text: string): Promise<void> {
    if (text) this.asking?.abort();
    const asking = new AbortController();
    if (text) this.asking = asking;
    try {
      const address = `${this.dataset["url"] ?? ""}?${new URLSearchParams({ q: text }).toString()}`;
      const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: asking.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = (await answer.json()) as Answer;
      if (text) [this.records, this.recordsOf] = [found.records ?? [], text];
      else this.known = found;
      this.draw();
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      this.status.textContent = "Records cannot be asked for just now. What you typed stays; press Enter for the search page.";
    }
  }

  private groups(text: string): Group[] {
    const acts = (this.known.acts ?? []).map((act) => this.here_(act));
    if (!text) {
      return [
        { name: "At hand", entries: (this.known.recent ?? []).map((entry) => ({ ...entry, icon: "briefcase" })) },
        { name: "Go to", entries: pages() },
      ];
    }
    // While the next records are on their way, those of the last question stay as far as they still fit.
    const records = this.recordsOf === text ? this.records : text.startsWith(this.recordsOf) ? matching(this.records, text, 12) : [];
    return [
      { name: "Records", entries: text.length >= RECORDS_FROM ? records : [] },
      { name: "Go to", entries: matching(pages(), text, MOST_PAGES) },
      { name: "Do", entries: matching(acts, text, MOST_ACTS) },
    ];
  }

  // An act of a project begins in the one that is open; one that has a key on this page shows it.
  private here_(act: Entry): Entry {
    const key = projectHere();
    const href = act.project && key ? `${act.href}?project=${encodeURIComponent(key)}` : act.href;
    const keys = shortcuts().find((one) => fold(one.label) === fold(act.title))?.keys ?? "";
    return { ...act, href, keys, icon: "chevron-right" };
  }

  private draw(): void {
    const text = this.input.value.trim();
    const groups = this.groups(text).filter((group) => group.entries.length > 0);
    this.shown = groups.flatMap((group) => group.entries);
    if (text) {
      const all: Entry = { title: `Search everything for “${text}”`, href: this.searchPage(text), icon: "search" };
      groups.push({ name: "Search", entries: [all] });
      this.shown.push(all);
    }
    this.here = Math.max(0, Math.min(this.here, this.shown.length - 1));
    let number = 0;
    this.list.replaceChildren(
      ...groups.map((group, index) => {
        const part = element("div", "hw-palette-group", { role: "group", "aria-labelledby": `palette-group-${index}` });
        part.append(element("h2", "", { id: `palette-group-${index}`, role: "presentation" }, group.name));
        for (const entry of group.entries) part.append(this.option(entry, number++));
        return part;
      }),
    );
    this.status.textContent = text && this.shown.length === 1 && this.recordsOf === text ? "Nothing fits. Try fewer words." : "";
    this.mark();
  }

  private searchPage(text: string): string {
    return `${this.dataset["search"] ?? ""}?${new URLSearchParams({ q: text }).toString()}`;
  }

  private option(entry: Entry, number: number): HTMLElement {
    const link = element("a", "hw-palette-option", {
      id: `palette-option-${number}`,
      role: "option",
      href: entry.href,
      tabindex: "-1",
      "aria-selected": "false",
    });
    const title = element("bdi", "hw-palette-title");
    title.append(marked(entry.title, entry.marks ?? []));
    link.append(icon(entry.icon ?? "chevron-right"), title);
    if (entry.detail) link.append(element("span", "hw-palette-detail", {}, entry.detail));
    if (entry.keys) link.append(element("kbd", "", {}, entry.keys));
    return link;
  }

  private pressed(event: KeyboardEvent): void {
    const last = this.shown.length - 1;
    const to = { ArrowDown: this.here + 1, ArrowUp: this.here - 1, PageDown: this.here + 8, PageUp: this.here - 8 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.here = to > last ? (event.key === "ArrowDown" ? 0 : last) : to < 0 ? (event.key === "ArrowUp" ? last : 0) : to;
      this.mark();
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      const entry = this.shown[this.here];
      if (entry) location.assign(entry.href);
    }
  }

  private mark(): void {
    const options = this.list.querySelectorAll<HTMLElement>("[role=option]");
    options.forEach((option, number) => option.setAttribute("aria-selected", String(number === this.here)));
    const chosen = options[this.here];
    if (chosen) {
      this.input.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  private point(event: PointerEvent): void {
    const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
    if (!option) return;
    this.here = [...this.list.querySelectorAll("[role=option]")].indexOf(option);
    this.list.querySelectorAll("[role=option]").forEach((one) => one.setAttribute("aria-selected", String(one === option)));
  }
}

// A field with too many records for a list: the browser's own list is filled while one types.
async function choose(input: HTMLInputElement): Promise<void> {
  const id = `${input.id}-choices`;
  let list = document.getElementById(id);
  if (!list) {
    list = element("datalist", "", { id });
    input.setAttribute("list", id);
    input.after(list);
  }
  const text = input.value.trim();
  if (text.length < RECORDS_FROM || /^\d+$/.test(text)) return;
  const address = `/acts/choices?${new URLSearchParams({ kind: input.dataset["choose"] ?? "", q: text }).toString()}`;
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { choices } = (await answer.json()) as { choices: { id: number; words: string }[] };
  list.replaceChildren(...choices.map((one) => element("option", "", { value: String(one.id), label: one.words })));
}

let choosing = 0;

export function listenForPalette(): void {
  customElements.define("x-palette", Palette);
  document.addEventListener("input", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || !input.matches("[data-choose]")) return;
    clearTimeout(choosing);
    choosing = window.setTimeout(() => void choose(input), WAIT_MS);
  });
}
