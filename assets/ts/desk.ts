// The Desk: s sets the marked line aside; after an act the next line is marked, and one popped-up form is open at a time.
import { addShortcut } from "./keys";

let place = -1;

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-desk-line]")];
}

function marked(): HTMLElement | null {
  const focused = document.activeElement?.closest<HTMLElement>("[data-desk-line]");
  return focused ?? document.querySelector<HTMLElement>("[data-desk-line].is-here");
}

function remember(target: EventTarget | null): void {
  const row = target instanceof Element ? target.closest<HTMLElement>("[data-desk-line]") : null;
  if (row) place = rows().indexOf(row);
}

/** The board came anew: mark the line that stands where the one acted on stood. */
function onSwap(): void {
  if (place < 0) return;
  const all = rows();
  const row = document.querySelector<HTMLElement>("[data-desk-line].is-refused") ?? all[Math.min(place, all.length - 1)];
  place = -1;
  if (!row) return;
  row.classList.add("is-here");
  row.querySelector<HTMLElement>(row.matches(".is-refused") ? "textarea, input:not([type=hidden])" : "a, button")?.focus({ preventScroll: true });
}

function closeOthers(event: Event): void {
  const opened = event.target;
  if (!(opened instanceof HTMLDetailsElement) || !opened.open || !opened.closest("[data-desk-line]")) return;
  for (const other of document.querySelectorAll<HTMLDetailsElement>("[data-desk-line] details[open]")) {
    if (other !== opened) other.open = false;
  }
  if (opened.matches("[data-act]")) opened.querySelector<HTMLElement>("textarea, input:not([type=hidden])")?.focus();
}

function closeWithEscape(event: KeyboardEvent): void {
  if (event.key !== "Escape" || !(event.target instanceof Element)) return;
  const open = event.target.closest<HTMLDetailsElement>("[data-desk-line] details[open]");
  if (!open) return;
  open.open = false;
  open.querySelector<HTMLElement>("summary")?.focus();
}

export function listenForDesk(): void {
  if (!document.querySelector("[data-desk]")) return;
  addShortcut({
    keys: "s",
    label: "Set the marked line aside until tomorrow",
    run: () => {
      const row = marked();
      remember(row);
      row?.querySelector<HTMLButtonElement>("[data-snooze]")?.click();
    },
  });
  document.addEventListener("submit", (event) => remember(event.target), { capture: true });
  document.addEventListener("htmx:after:swap", onSwap);
  document.addEventListener("toggle", closeOthers, { capture: true });
  document.addEventListener("keydown", closeWithEscape);
}
