// One registry of keys, read from the page: an element with data-key="g p" (or "c", "Mod+k") is pressed or focused by it.
// The help dialogue lists what is on the page now, and nothing else.
import { earlyKeys } from "./early-keys";

const OFF = "headway.keys";
const SEQUENCE_MS = 1200;

export interface Shortcut {
  keys: string;
  label: string;
  run: () => void;
}

const own: Shortcut[] = [];
let typed = "";
let typedAt = 0;

export function addShortcut(shortcut: Shortcut): void {
  own.push(shortcut);
}

export function singleKeysOn(): boolean {
  try {
    return localStorage.getItem(OFF) !== "off";
  } catch {
    return true;
  }
}

export function setSingleKeys(on: boolean): void {
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "off");
  } catch {
    // without storage the keys stay as they are
  }
}

function press(element: HTMLElement): void {
  if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement) {
    element.focus();
    if (element instanceof HTMLInputElement) element.select();
  } else {
    element.click();
  }
}

function visible(element: HTMLElement): boolean {
  return element.getClientRects().length > 0 || element.closest("[popover], .hw-side") !== null;
}

/** Every key that does something on this page. */
export function shortcuts(): Shortcut[] {
  const found: Shortcut[] = [];
  for (const element of document.querySelectorAll<HTMLElement>("[data-key]")) {
    if (!visible(element)) continue;
    const label = element.dataset["keyLabel"] ?? element.getAttribute("aria-label") ?? element.textContent?.trim() ?? "";
    for (const keys of (element.dataset["key"] ?? "").split("|")) found.push({ keys, label, run: () => press(element) });
  }
  if (document.querySelector("[data-list]")) {
    found.push({ keys: "j", label: "Next row", run: () => moveInList(1) });
    found.push({ keys: "k", label: "Previous row", run: () => moveInList(-1) });
  }
  return [...found, ...own];
}

/** Keys that a part of the page takes itself while it has the focus, such as a grid; the help names them. */
export function keysOfParts(): { keys: string; label: string }[] {
  return [...document.querySelectorAll<HTMLElement>("[data-key-of-part]")].map((element) => ({
    keys: element.dataset["keyOfPart"] ?? "",
    label: element.textContent?.trim() ?? "",
  }));
}

function moveInList(step: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-list] [data-row]")];
  if (rows.length === 0) return;
  const here = rows.findIndex((row) => row.classList.contains("is-here"));
  const next = Math.min(rows.length - 1, Math.max(0, here + step));
  rows[here]?.classList.remove("is-here");
  const row = rows[next];
  if (!row) return;
  row.classList.add("is-here");
  const target = row.querySelector<HTMLElement>("a, button") ?? row;
  target.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

// A field of a dialogue that has just closed keeps the focus until the page is drawn again: nobody types in it.
function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.checkVisibility() && (target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select"));
}

function stroke(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `Mod+${key}` : key;
}

/** Do what a key stands for here; says whether it stood for something. */
function onKeydown(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.altKey || event.isComposing) return false;
  const key = stroke(event);
  const chord = key.startsWith("Mod+");
  if (!chord && (typing(event.target) || !singleKeysOn() || document.querySelector("dialog[open]"))) return false;
  const now = event.timeStamp;
  typed = !chord && now - typedAt < SEQUENCE_MS && typed !== "" ? `${typed} ${key}` : key;
  typedAt = now;
  const known = shortcuts();
  const match = known.find((entry) => entry.keys === typed) ?? known.find((entry) => entry.keys === key);
  if (!match) return false;
  event.preventDefault();
  typed = "";
  match.run();
  return true;
}

function listen(): void {
  document.addEventListener("keydown", onKeydown);
  earlyKeys().some(onKeydown);
}

/** Listen once all scripts and htmx have begun, and do what the first key stood for that was pressed before that. */
export function listenForKeys(): void {
  document.addEventListener("DOMContentLoaded", () => setTimeout(listen));
}
