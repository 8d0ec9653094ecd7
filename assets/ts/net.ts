// Talking to the server from an open page: the token of the moment, the end of a session, a server that is away.
// Whatever goes wrong, the page stays as it is and says so; nothing typed is lost.
import { openDialog } from "./floats";
import { tell } from "./notices";

const LIVE = "/live";
const PATIENCE_MS = 4000;
export const AWAY = "The server does not answer just now. What you typed is still here; save again in a moment.";

export interface Seen {
  person: number;
  token: string;
  mark: number;
  who: string;
}

export class SignedOut extends Error {}
export class Away extends Error {}

const FRESH_MS = 12_000; // longer than between two questions of a page that is looked at

let token = "";
let answeredAt = performance.now(); // the page itself has just come

/** The token that a change of data must carry. */
export function changeToken(): string {
  if (!token) {
    const sent = document.body.getAttribute("hx-headers:inherited");
    token = sent ? ((JSON.parse(sent) as Record<string, string>)["X-CSRFToken"] ?? "") : "";
  }
  return token;
}

/** Take a new token into everything on the page that sends one. */
function renew(fresh: string): void {
  token = fresh;
  if (document.body.hasAttribute("hx-headers:inherited")) {
    document.body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-CSRFToken": fresh }));
  }
  for (const field of document.querySelectorAll<HTMLInputElement>("input[name=csrfmiddlewaretoken]")) field.value = fresh;
}

export function sayToSignIn(): void {
  openDialog(document.getElementById("signed-out"));
}

/** Ask whether the person is still signed in and what has changed. Throws SignedOut or Away. */
export async function ask(project: string): Promise<Seen> {
  let answer: Response;
  let seen: Seen | undefined;
  try {
    answer = await fetch(`${LIVE}?${new URLSearchParams({ project })}`, {
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.ok) seen = (await answer.json()) as Seen; // the answer too may take longer than one waits
  } catch {
    answeredAt = Number.NEGATIVE_INFINITY;
    throw new Away(AWAY);
  }
  if (!seen) {
    answeredAt = Number.NEGATIVE_INFINITY;
    throw answer.status === 401 ? new SignedOut() : new Away(AWAY);
  }
  const here = document.body.dataset["livePerson"];
  if (here && here !== String(seen.person)) location.reload(); // somebody else signed in beside this page
  renew(seen.token);
  answeredAt = performance.now();
  return seen;
}

/** Whether the server has just been there with the session alive, so that nothing need be asked before sending. */
export function fresh(): boolean {
  return navigator.onLine && performance.now() - answeredAt < FRESH_MS;
}

/** Whether a change can be sent now; if not, the page has said why. */
export async function ready(): Promise<boolean> {
  try {
    await ask(document.body.dataset["liveProject"] ?? "");
    return true;
  } catch (failure) {
    if (failure instanceof SignedOut) sayToSignIn();
    else tell("error", AWAY);
    return false;
  }
}

/** fetch for islands: with the token; a session that has ended and a server that is away are said on the page. */
export async function send(address: string, options: RequestInit = {}): Promise<Response> {
  const headers = new Headers(options.headers);
  if (!headers.has("Accept")) headers.set("Accept", "application/json");
  if ((options.method ?? "GET") !== "GET") headers.set("X-CSRFToken", changeToken());
  let answer: Response;
  try {
    answer = await fetch(address, { ...options, headers });
  } catch {
    tell("error", AWAY);
    throw new Away(AWAY);
  }
  if (answer.status === 401) {
    sayToSignIn();
    throw new SignedOut();
  }
  return answer;
}

export function listenForFailures(): void {
  document.addEventListener("htmx:config:request", (event) => {
    const { ctx } = (event as CustomEvent<{ ctx: { request: { headers: Record<string, string> } } }>).detail;
    if ("X-CSRFToken" in ctx.request.headers) ctx.request.headers["X-CSRFToken"] = changeToken();
  });
  document.addEventListener("htmx:response:error", (event) => {
    const { ctx } = (event as CustomEvent<{ ctx: { response: { status: number } } }>).detail;
    if (ctx.response.status === 401) sayToSignIn();
  });
  document.addEventListener("htmx:error", (event) => {
    const { error } = (event as CustomEvent<{ error: unknown }>).detail;
    if (error instanceof TypeError) tell("error", AWAY);
  });
  // Back from signing in in another tab: go on where one was.
  addEventListener("focus", () => {
    const dialog = document.querySelector<HTMLDialogElement>("#signed-out[open]");
    if (!dialog) return;
    ask(document.body.dataset["liveProject"] ?? "").then(
      () => {
        dialog.close();
        tell("success", "You are signed in again. Save once more.");
      },
      () => undefined,
    );
  });
}
