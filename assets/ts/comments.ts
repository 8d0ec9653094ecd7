// Comments: saved without leaving the page, names offered behind an @, noted as read once they were looked at.
import { Away, send, SignedOut } from "./net";
import { tell } from "./notices";

const MOST_OFFERED = 8;
const READ_AFTER_MS = 1500;

// --- saving in place ---------------------------------------------------------------------------

function section(): HTMLElement | null {
  return document.getElementById("comments");
}

async function save(form: HTMLFormElement): Promise<void> {
  const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
  if (button) button.disabled = true;
  try {
    const answer = await send(`${form.getAttribute("action") ?? ""}?part=1`, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "text/html" },
    });
    if (!answer.ok && answer.status !== 422 && answer.status !== 409) return say(await answer.text());
    put(await answer.text(), form);
  } catch (failure) {
    if (!(failure instanceof Away || failure instanceof SignedOut)) throw failure; // the page has said why
  } finally {
    if (button) button.disabled = false;
  }
}

function say(page: string): void {
  const shown = new DOMParser().parseFromString(page, "text/html");
  tell("error", shown.querySelector("h1")?.textContent ?? "This was not saved. Try once more.");
}

/** The answer takes the place of the comments; what is being written in another of its forms stays. */
function put(html: string, sent: HTMLFormElement): void {
  const place = section();
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("comments");
  if (!place || !fresh) return;
  const other = place.querySelector<HTMLTextAreaElement>("#say_text");
  const kept = other && !sent.contains(other) ? other.value : "";
  const put = document.importNode(fresh, true);
  place.replaceWith(put);
  const field = put.querySelector<HTMLTextAreaElement>("#say_text");
  if (kept && field) field.value = kept;
  const refused = put.querySelector<HTMLElement>("[aria-invalid=true], details[open] textarea");
  (refused ?? field)?.focus({ preventScroll: true });
  watch();
}

// --- names behind an @ -------------------------------------------------------------------------

interface Asked {
  begin: number;
  typed: string;
}

/** What stands between the last @ and the caret, where it may be the beginning of a name. */
export function askedIn(text: string, caret: number): Asked | undefined {
  const begin = text.lastIndexOf("@", caret - 1);
  if (begin < 0 || (begin > 0 && /[\p{L}\p{N}]/u.test(text.charAt(begin - 1)))) return undefined;
  const typed = text.slice(begin + 1, caret);
  return typed.length > 60 || typed.includes("\n") ? undefined : { begin, typed };
}

/** Names that fit what was typed: any of their words may begin with it. */
export function fitting(names: readonly string[], typed: string): string[] {
  const asked = typed.toLowerCase();
  if (asked.startsWith(" ")) return [];
  const fits = (name: string): boolean => {
    const lower = name.toLowerCase();
    return lower.startsWith(asked) || lower.split(/\s+/).some((word) => word.startsWith(asked));
  };
  return names.filter((name) => fits(name) && name.toLowerCase() !== asked).slice(0, MOST_OFFERED);
}

function names(): string[] {
  const kept = document.getElementById("comments-people")?.textContent;
  return kept ? (JSON.parse(kept) as string[]) : [];
}

class Offer {
  private readonly list = document.createElement("ul");
  private at = 0;

  constructor(
    private readonly field: HTMLTextAreaElement,
    private asked: Asked,
    private found: string[],
  ) {
    this.list.className = "hw-mention-list";
    this.list.id = "comments-names";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "People who work here");
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the field keeps the focus
      const item = event.target instanceof Element ? event.target.closest("li") : null;
      if (item) this.take([...this.list.children].indexOf(item));
    });
    field.parentElement?.classList.add("hw-mention-place");
    field.after(this.list);
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.list.id);
    this.draw();
  }

  of(field: HTMLTextAreaElement): boolean {
    return this.field === field;
  }

  renew(asked: Asked, found: string[]): void {
    this.asked = asked;
    this.found = found;
    this.at = 0;
    this.draw();
  }

  move(step: number): void {
    this.at = (this.at + step + this.found.length) % this.found.length;
    this.draw();
  }

  take(at = this.at): void {
    const name = this.found[at];
    if (name === undefined) return;
    const behind = this.field.value.slice(this.field.selectionStart);
    const before = `${this.field.value.slice(0, this.asked.begin)}@${name} `;
    this.field.value = before + behind.replace(/^ /, "");
    this.field.setSelectionRange(before.length, before.length);
    close();
  }

  remove(): void {
    this.list.remove();
    this.field.removeAttribute("aria-activedescendant");
    this.field.removeAttribute("aria-controls");
  }

  private draw(): void {
    this.list.replaceChildren(
      ...this.found.map((name, place) => {
        const item = document.createElement("li");
        item.id = `comments-name-${place}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", String(place === this.at));
        item.textContent = name;
        return item;
      }),
    );
    this.field.setAttribute("aria-activedescendant", `comments-name-${this.at}`);
    this.list.children[this.at]?.scrollIntoView({ block: "nearest" });
  }
}

let offer: Offer | undefined;

function close(): void {
  offer?.remove();
  offer = undefined;
}

function look(field: HTMLTextAreaElement): void {
  const asked = field.selectionStart === field.selectionEnd ? askedIn(field.value, field.selectionStart) : undefined;
  const found = asked ? fitting(names(), asked.typed) : [];
  if (!asked || found.length === 0) return close();
  if (offer?.of(field)) return offer.renew(asked, found);
  close();
  offer = new Offer(field, asked, found);
}

function onKey(event: KeyboardEvent): void {
  if (!(event.target instanceof HTMLTextAreaElement) || !event.target.matches("[data-mentions]")) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    event.target.form?.requestSubmit();
    return;
  }
  if (!offer?.of(event.target)) return;
  if (event.key === "ArrowDown") offer.move(1);
  else if (event.key === "ArrowUp") offer.move(-1);
  else if (event.key === "Enter" || event.key === "Tab") offer.take();
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

// --- read --------------------------------------------------------------------------------------

let seen: IntersectionObserver | undefined;

/** Note as read what has stood on the screen for a moment. */
function watch(): void {
  seen?.disconnect();
  const place = section();
  const list = document.getElementById("comments-list");
  if (!place || !list?.querySelector("[data-comments-unread]")) return;
  let timer = 0;
  seen = new IntersectionObserver((entries) => {
    clearTimeout(timer);
    if (!entries.some((entry) => entry.isIntersecting)) return;
    timer = setTimeout(() => {
      if (document.hidden || !place.isConnected) return;
      seen?.disconnect();
      void send(place.dataset["readUrl"] ?? "", { method: "POST" }).catch(() => undefined); // another time then
    }, READ_AFTER_MS);
  });
  seen.observe(list);
}

export function listenForComments(): void {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || !form.matches("[data-comment-form]")) return;
      event.preventDefault();
      event.stopPropagation();
      close();
      void save(form);
    },
    { capture: true },
  );
  document.addEventListener("input", (event) => {
    if (event.target instanceof HTMLTextAreaElement && event.target.matches("[data-mentions]")) look(event.target);
  });
  document.addEventListener("keydown", onKey, { capture: true });
  document.addEventListener("focusout", close);
  document.addEventListener("headway:changed", watch);
  document.addEventListener("headway:pane", watch);
  watch();
}
