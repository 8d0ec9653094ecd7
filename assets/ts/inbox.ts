// The inbox by keyboard: e puts away, s sets aside, x chooses, Shift with j or k chooses on; what is acted on gives its
// place to the next. The buttons do the same.
import { addShortcut, singleKeysOn } from "./keys";

let place = -1;
let lastBox: HTMLInputElement | null = null;

function board(): HTMLElement | null {
  return document.querySelector<HTMLElement>("[data-inbox]");
}

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-inbox] [data-notice]")];
}

function marked(): HTMLElement | null {
  const focused = document.activeElement?.closest<HTMLElement>("[data-notice]");
  return focused ?? document.querySelector<HTMLElement>("[data-notice].is-here") ?? document.querySelector<HTMLElement>("[data-notice].is-open");
}

function boxes(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>("[data-inbox] input[name=chosen]")];
}

function boxOf(row: HTMLElement | null): HTMLInputElement | null {
  return row?.querySelector<HTMLInputElement>("input[name=chosen]") ?? null;
}

function mark(row: HTMLElement | null | undefined): void {
  if (!row) return;
  for (const other of document.querySelectorAll("[data-notice].is-here")) other.classList.remove("is-here");
  row.classList.add("is-here");
  row.querySelector<HTMLElement>("[data-open]")?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function sayChosen(): void {
  const count = boxes().filter((box) => box.checked).length;
  const words = document.querySelector("[data-chosen-count]");
  if (words) words.textContent = `${count} chosen`;
}

/** Press a button: that of all chosen where some are, else that of the marked row. */
function press(ofChosen: string, ofRow: string): void {
  const many = boxes().some((box) => box.checked);
  const row = marked();
  place = row ? rows().indexOf(row) : 0;
  const button = many ? document.querySelector<HTMLElement>(ofChosen) : row?.querySelector<HTMLElement>(ofRow);
  button?.click();
}

function choose(): void {
  const row = marked() ?? rows()[0] ?? null;
  const box = boxOf(row);
  if (!box) return;
  box.checked = !box.checked;
  lastBox = box;
  mark(row);
  sayChosen();
}

function onShift(event: KeyboardEvent): void {
  const key = event.key.toLowerCase();
  if (!event.shiftKey || (key !== "j" && key !== "k") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!singleKeysOn() || document.querySelector("dialog[open]")) return;
  if (event.target instanceof HTMLElement && event.target.matches("input:not([type=checkbox]), textarea, select")) return;
  event.preventDefault();
  const all = rows();
  const here = marked();
  const from = here ? all.indexOf(here) : -1;
  const next = all[Math.min(all.length - 1, Math.max(0, from + (key === "j" ? 1 : -1)))];
  for (const row of [here, next]) {
    const box = boxOf(row ?? null);
    if (box) box.checked = true;
  }
  mark(next);
  sayChosen();
}

function onClick(event: MouseEvent): void {
  if (!(event.target instanceof Element)) return;
  const close = event.target.closest<HTMLElement>(".hw-pane [data-pane-close]");
  if (close && board()) {
    event.preventDefault();
    closePane();
  }
  const box = event.target.closest<HTMLInputElement>("[data-inbox] input[name=chosen]");
  if (!box) return;
  if (event.shiftKey && lastBox) {
    const all = boxes();
    const [from, to] = [all.indexOf(lastBox), all.indexOf(box)].sort((a, b) => a - b);
    if (from !== undefined && to !== undefined && from >= 0) for (const one of all.slice(from, to + 1)) one.checked = box.checked;
  }
  lastBox = box;
  sayChosen();
}

function closePane(): void {
  const row = document.querySelector<HTMLElement>("[data-notice].is-open");
  document.getElementById("side")?.replaceChildren();
  const field = document.querySelector<HTMLInputElement>("[data-inbox] input[name=open]");
  if (field) field.value = "0";
  row?.classList.remove("is-open");
  mark(row);
}

function remember(event: SubmitEvent): void {
  const button = event.submitter;
  const row = button?.closest<HTMLElement>("[data-notice]");
  if (row) place = rows().indexOf(row);
  else if (event.target instanceof Element && event.target.closest(".hw-pane")) {
    const open = document.querySelector<HTMLElement>("[data-notice].is-open");
    place = open ? rows().indexOf(open) : 0;
  }
}

function sayWaiting(): void {
  const waiting = Number(board()?.dataset["unread"] ?? "0");
  const bell = document.querySelector<HTMLElement>("a.hw-inbox");
  if (!bell) return;
  bell.setAttribute("aria-label", waiting ? `Inbox, ${waiting} unread` : "Inbox");
  bell.querySelector(".hw-badge")?.toggleAttribute("hidden", waiting === 0);
  const badge = bell.querySelector(".hw-badge");
  if (badge) badge.textContent = String(waiting);
}

/** The list came anew: mark what is open, else the row that stands where the one acted on stood. */
function onSwap(): void {
  if (!board()) return;
  sayWaiting();
  if (place < 0) return;
  const all = rows();
  mark(document.querySelector<HTMLElement>("[data-notice].is-open") ?? all[Math.min(place, all.length - 1)]);
  place = -1;
}

export function listenForInbox(): void {
  if (!board()) return;
  addShortcut({ keys: "e", label: "Put away what is chosen or marked", run: () => press("[data-bulk-done]", "[data-done]") });
  addShortcut({ keys: "s", label: "Set it aside until tomorrow", run: () => press("[data-bulk-later]", "[data-later]") });
  addShortcut({ keys: "x", label: "Choose the marked notice", run: choose });
  document.addEventListener("keydown", onShift, { capture: true });
  document.addEventListener("click", onClick);
  document.addEventListener("reset", () => requestAnimationFrame(sayChosen));
  document.addEventListener("submit", remember, { capture: true });
  document.addEventListener("htmx:after:swap", onSwap);
}
