// What the plan page asks of the server, through the public API and with the token of the moment.
import { AWAY, Away, SignedOut, sayToSignIn } from "../net";
import { type Sent } from "./model";

export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export interface Moved {
  uid: number;
  name: string;
  old_finish: string | null;
  new_finish: string | null;
}

export interface Effect {
  task_id: number | null;
  uid: number | null;
  moved: Moved[];
  old_finish: string | null;
  new_finish: string | null;
}

export interface Progress {
  percent_complete?: string;
  actual_start?: string;
  actual_finish?: string;
  remaining?: string;
}

function token(): string {
  const sent = document.body.getAttribute("hx-headers:inherited");
  return sent ? ((JSON.parse(sent) as Record<string, string>)["X-CSRFToken"] ?? "") : "";
}

export async function ask(address: string, options: RequestInit = {}): Promise<Response> {
  const headers = new Headers(options.headers);
  if (!headers.has("Accept")) headers.set("Accept", "application/json");
  if (options.method === "POST") headers.set("X-CSRFToken", token());
  let answer: Response;
  try {
    answer = await fetch(address, { ...options, headers });
  } catch {
    throw new Away(AWAY);
  }
  if (answer.status === 401) {
    sayToSignIn();
    throw new SignedOut("You are signed out. Sign in again, then save once more.");
  }
  return answer;
}

async function refusal(answer: Response): Promise<Refused> {
  let words = `The server answered ${answer.status}.`;
  try {
    const problem = (await answer.json()) as { detail?: string };
    if (problem.detail) words = problem.detail;
  } catch {
    // an answer without words of its own
  }
  return new Refused(answer.status, words);
}

export async function chart(address: string, wanted: { since?: number; baseline?: number | null }): Promise<Sent> {
  const query = new URLSearchParams();
  if (wanted.since !== undefined) query.set("since", String(wanted.since));
  if (wanted.baseline) query.set("baseline", String(wanted.baseline));
  const answer = await ask(`${address}?${query}`);
  if (!answer.ok) throw await refusal(answer);
  return (await answer.json()) as Sent;
}

export async function saveProgress(tasks: string, id: number, version: number, progress: Progress): Promise<Effect> {
  const answer = await ask(`${tasks}${id}/progress`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "If-Match": `"${version}"` },
    body: JSON.stringify(progress),
  });
  if (!answer.ok) throw await refusal(answer);
  return (await answer.json()) as Effect;
}
