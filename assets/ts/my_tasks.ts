// My tasks: one key enters the progress of the task that is marked, l logs hours on it; the same as its buttons.
const PERCENTS: Record<string, string> = { "1": "25", "2": "50", "3": "75", "9": "90", "4": "100", " ": "100" };

let last = "";

function rowOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>("[data-my-task]") : null;
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, summary, button");
}

function onKey(event: KeyboardEvent): void {
  const row = rowOf(event.target);
  if (!row || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  const percent = PERCENTS[event.key];
  if (percent !== undefined) {
    event.preventDefault();
    last = row.id;
    row.querySelector<HTMLButtonElement>(`button[data-percent="${percent}"]:not([disabled])`)?.click();
  } else if (event.key.toLowerCase() === "l") {
    const log = row.querySelector<HTMLDetailsElement>("details[data-log]");
    if (!log) return;
    event.preventDefault();
    log.open = true;
    log.querySelector<HTMLInputElement>("[data-log-hours]")?.focus();
  } else if (event.key === "u") {
    const undo = row.querySelector<HTMLButtonElement>("[data-undo]");
    if (!undo) return;
    event.preventDefault();
    last = row.id;
    undo.click();
  }
}

/** The answer has taken the row's place: go on from there. */
function onSwap(): void {
  const row = last ? document.getElementById(last) : null;
  last = "";
  if (!row) return;
  for (const other of document.querySelectorAll(".is-here")) other.classList.remove("is-here");
  row.classList.add("is-here");
  row.querySelector<HTMLElement>("a")?.focus({ preventScroll: true });
}

export function listenForTasks(): void {
  if (!document.querySelector("[data-task-list]")) return;
  document.addEventListener("keydown", onKey, { capture: true });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button[type=submit]") : null;
    const row = button ? rowOf(button) : null;
    if (row) last = row.id;
  });
  document.addEventListener("htmx:after:swap", onSwap);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !(event.target instanceof Element)) return;
    const open = event.target.closest<HTMLDetailsElement>("[data-my-task] details[open]");
    if (!open) return;
    open.open = false;
    open.closest("[data-my-task]")?.querySelector<HTMLElement>("a")?.focus();
  });
}
