// What the plan page asks of the server, through the public API and with the token of the moment.
import { AWAY, Away, SignedOut, sayToSignIn } from "../net";
import { type Sent } from "./model";

/** One field of what was sent that the server does not take, such as 'changes.3.value'. */
export interface RefusedField {
  field: string;
  message: string;
}

/** A cell that somebody else changed since it was seen here. */
export interface StaleCell {
  index: number;
  task: number;
  field: string;
  yours: string;
  theirs: string;
  by: string;
  at: string;
}

export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly fields: RefusedField[] = [],
    readonly stale: StaleCell[] = [],
  ) {
    super(message);
  }
}

/** One thing done to a plan; see docs/explanation/edits.md. Rows made in the same call have the negative number of `new`. */
export interface PlanChange {
  act: "set" | "add" | "remove" | "indent" | "outdent" | "move" | "link" | "unlink" | "split" | "join";
  task?: number | null;
  new?: number | null;
  field?: string;
  value?: string;
  after?: number | null;
  level?: number | null;
  other?: number | null;
  at?: string;
  gap?: string;
}

export interface MovedTask {
  uid: number;
  name: string;
  old_start: string | null;
  new_start: string | null;
  old_finish: string | null;
  new_finish: string | null;
  summary: boolean;
  milestone: boolean;
}

export interface DeadlineOf {
  uid: number;
  name: string;
  deadline: string;
  finish: string | null;
}

export interface OverCapacity {
  uid: number;
  name: string;
  first: string;
  last: string;
  worst_percent: number | string;
}

/** Another project that moves with a change; without a name where this reader may not see it. */
export interface MovedElsewhere {
  name: string;
  sentence: string;
}

/** What a change does to the plan, done or tried. */
export interface PlanEffect {
  change: number | null;
  version: number;
  label: string;
  made: Record<string, number>;
  moved: MovedTask[];
  moved_count: number;
  old_finish: string | null;
  new_finish: string | null;
  finish_days: number | null;
  deadlines_broken: DeadlineOf[];
  deadlines_met: DeadlineOf[];
  over_capacity: OverCapacity[];
  relieved: OverCapacity[];
  old_cost: string | null;
  new_cost: string | null;
  currency: string | null;
  warnings: string[];
  elsewhere: MovedElsewhere[];
  sentence: string;
}

function token(): string {
  const sent = document.body.getAttribute("hx-headers:inherited");
  return sent ? ((JSON.parse(sent) as Record<string, string>)["X-CSRFToken"] ?? "") : "";
}

export async function ask(address: string, options: RequestInit = {}): Promise<Response> {
  const headers = new Headers(options.headers);
  if (!headers.has("Accept")) headers.set("Accept", "application/json");
  if (options.method && options.method !== "GET") headers.set("X-CSRFToken", token());
  let answer: Response;
  try {
    answer = await fetch(address, { ...options, headers });
  } catch (failure) {
    if (options.signal?.aborted) throw failure;
    throw new Away(AWAY);
  }
  if (answer.status === 401) {
    sayToSignIn();
    throw new SignedOut("You are signed out. Sign in again, then save once more.");
  }
  return answer;
}

async function refusal(answer: Response): Promise<Refused> {
  const silent = `The server answered ${answer.status}.`;
  try {
    const problem = (await answer.json()) as { detail?: string; errors?: RefusedField[]; stale?: StaleCell[] };
    return new Refused(answer.status, problem.detail ?? silent, problem.errors, problem.stale);
  } catch {
    return new Refused(answer.status, silent); // an answer without words of its own
  }
}

/** Ask the API for a change of a record; `version`: the one that was seen, where the API wants it. */
export async function send(address: string, method: "POST" | "PATCH" | "DELETE", body?: unknown, version?: number): Promise<unknown> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (version !== undefined) headers["If-Match"] = `"${version}"`;
  const answer = await ask(address, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (!answer.ok) throw await refusal(answer);
  return answer.status === 204 ? null : await answer.json();
}

export async function chart(address: string, wanted: { since?: number; baseline?: number | null }): Promise<Sent> {
  const query = new URLSearchParams();
  if (wanted.since !== undefined) query.set("since", String(wanted.since));
  if (wanted.baseline) query.set("baseline", String(wanted.baseline));
  const answer = await ask(`${address}?${query}`);
  if (!answer.ok) throw await refusal(answer);
  return (await answer.json()) as Sent;
}

export interface Sending {
  seen?: number | null;
  label?: string;
  dryRun?: boolean;
  /** Sent again under the same key, a change is made once. */
  key?: string;
  signal?: AbortSignal;
}

/** Do this to the plan, all or nothing; with `dryRun` only say what it would do. `address`: .../plan/changes of the project. */
export async function changePlan(address: string, changes: PlanChange[], sending: Sending = {}): Promise<PlanEffect> {
  const { seen = null, label = "", dryRun = false, key, signal } = sending;
  const answer = await ask(dryRun ? `${address}?dry_run=true` : address, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(key ? { "Idempotency-Key": key } : {}) },
    body: JSON.stringify({ changes, seen, label }),
    ...(signal ? { signal } : {}),
  });
  if (!answer.ok) throw await refusal(answer);
  return (await answer.json()) as PlanEffect;
}

/** Undo, redo or restore: something taken back, at the address that says what. */
export async function takeBack(address: string, body: object = {}): Promise<PlanEffect> {
  const answer = await ask(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw await refusal(answer);
  return (await answer.json()) as PlanEffect;
}

/** What the API has at an address. */
export async function read<T>(address: string): Promise<T> {
  const answer = await ask(address);
  if (!answer.ok) throw await refusal(answer);
  return (await answer.json()) as T;
}
