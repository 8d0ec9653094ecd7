// Work in the background that a page watches: how far it is, asked again every second until it has ended.
import { sayToSignIn } from "./net";

const EVERY_MS = 1000;
const PATIENCE_MS = 8000;
const AWAY = "The server does not answer just now. The work goes on where it was when it is back.";

/** Put in what has changed; the status line stays the same element, so that it is read out. */
function renew(part: HTMLElement, fresh: HTMLElement): void {
  [...fresh.children].forEach((now, index) => {
    const before = part.children[index];
    if (!before || before.isEqualNode(now)) return;
    if (before.getAttribute("role") === "status") before.textContent = now.textContent;
    else before.replaceWith(now);
  });
}

async function look(part: HTMLElement, address: string): Promise<void> {
  const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (answer.status === 401) sayToSignIn();
  if (answer.status === 403 || answer.status === 404) location.reload(); // the page says who may not see it any more
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector<HTMLElement>("[data-preparing]");
  if (!fresh) return; // another page came in its place, as that for signing in does
  if (fresh.dataset["ended"]) location.assign(fresh.dataset["ended"]);
  renew(part, fresh);
}

/** Where a page shows such work, keep it up to date. */
export function listenForPreparing(): void {
  const part = document.querySelector<HTMLElement>("[data-preparing]");
  const address = part?.dataset["preparing"];
  if (!part || !address || part.dataset["ended"]) return;
  const again = async (): Promise<void> => {
    try {
      if (!document.hidden) await look(part, address);
    } catch {
      const words = part.querySelector("[role=status]");
      if (words) words.textContent = AWAY;
    }
    setTimeout(() => void again(), EVERY_MS);
  };
  setTimeout(() => void again(), EVERY_MS);
}
