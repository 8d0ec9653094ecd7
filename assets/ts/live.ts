// What others change is on the screen within seconds: parts marked data-live are fetched anew when the page's project
// (or, on a page over all projects, any of them) has changed. Where somebody is typing, the part waits for them.
import htmx from "htmx.org";
import { isTouched } from "./drafts";
import { Away, ask, sayToSignIn, SignedOut } from "./net";
import { tell } from "./notices";

const EVERY_MS = 8000;
const PATIENCE_MS = 15000;
const AFTER_SAVING_MS = 600; // a row of edits is looked at once

let mark = -1; // of the change that all parts show
let looking = false;

function parts(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-live][id]")];
}

function busy(part: HTMLElement): boolean {
  const at = document.activeElement;
  const typing = at instanceof HTMLElement && part.contains(at) && at.matches("input, textarea, select, [contenteditable]");
  return typing || isTouched(part) || part.querySelector("dialog[open], :popover-open, [aria-expanded=true]") !== null;
}

function put(part: HTMLElement, fresh: Element): void {
  const at = document.activeElement;
  const held = at instanceof HTMLElement && part.contains(at) ? at : null;
  const again = held?.id ? `#${CSS.escape(held.id)}` : held instanceof HTMLAnchorElement ? `a[href="${CSS.escape(held.getAttribute("href") ?? "")}"]` : "";
  const place = document.importNode(fresh, true) as HTMLElement;
  part.replaceWith(place);
  htmx.process(place);
  if (again) place.querySelector<HTMLElement>(again)?.focus({ preventScroll: true });
}

/** The page as it is now; null where the server refuses, is away or takes too long. */
async function fetchPage(address: string): Promise<Document | null> {
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(PATIENCE_MS) });
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  } catch {
    return null;
  }
}

/** Fetch the parts anew; gives whether all of them came. One in which somebody types has come and waits. */
async function refresh(who: string): Promise<boolean> {
  const waiting: HTMLElement[] = [];
  const fetched = new Map<string, Document>();
  for (const part of parts()) {
    const address = part.dataset["liveUrl"] ?? location.href;
    if (!fetched.has(address)) {
      const page = await fetchPage(address);
      if (!page) return false;
      fetched.set(address, page);
    }
    const fresh = fetched.get(address)?.getElementById(part.id);
    if (!fresh || fresh.isEqualNode(part)) continue;
    if (busy(part)) waiting.push(part);
    else put(part, fresh);
  }
  if (waiting.length === 0) return true;
  tell("info", `${who || "Somebody"} has changed this meanwhile. What you are typing stays as it is.`, {
    label: "Show the changes",
    run: () => location.reload(),
  });
  return true;
}

async function look(): Promise<void> {
  if (looking || document.hidden || document.querySelector("#signed-out[open]")) return;
  looking = true;
  const project = document.body.dataset["liveProject"] ?? "";
  try {
    const seen = await ask(project);
    if (seen.mark === mark) return;
    if (await refresh(seen.who)) mark = seen.mark; // else the next look tries again
    document.dispatchEvent(new CustomEvent("headway:changed", { detail: { project, who: seen.who } }));
  } catch (failure) {
    // A server that is away says so when something is to be saved, not while one reads.
    if (failure instanceof SignedOut) sayToSignIn();
    else if (!(failure instanceof Away)) throw failure;
  } finally {
    looking = false;
  }
}

export function listenForChanges(): void {
  const begun = document.body.dataset["liveMark"];
  if (begun === undefined) return;
  mark = Number(begun);
  setInterval(() => void look(), EVERY_MS);
  document.addEventListener("visibilitychange", () => void look());
  // What this page has saved by itself, such as a task of the plan, tells in its head at once and not at the next look.
  let soon: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener("headway:saved", () => {
    clearTimeout(soon);
    soon = setTimeout(() => void look(), AFTER_SAVING_MS);
  });
}
