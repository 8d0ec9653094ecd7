// The week sheet: spreadsheet keys over plain inputs. Each cell saves by itself as soon as it is left; what is refused
// stays in its cell, marked and with the reason, as does what cannot be sent now. Totals follow what is saved. Cells that are
// pasted from a spreadsheet are saved the same way, from the focused cell to the right and down, and taken back together.
import { Away, send, SignedOut } from "./net";
import { listenForTimer } from "./timer";

interface Saved {
  hours: string;
  entries: number;
  entry_id: number | null;
  status: string | null;
  notes: string[];
  returned: string;
}

/** Why a cell was not saved; `hours` = what it holds now, where it was changed elsewhere meanwhile. */
interface Refused {
  detail?: string;
  errors?: { message: string }[];
  hours?: string;
}

/** What a cell held before; what was changed together is taken back together. */
interface Undo {
  cell: HTMLInputElement;
  hours: string;
}
type Step = Undo[];

const ADDRESS = "/api/v1/my-week/cell";
const WORDS: Record<string, string> = { draft: "draft", submitted: "handed in", approved: "approved", locked: "locked" };

const MOST_NAMED = 4; // cells that a paste names when it could not save them

class WeekSheet {
  private readonly undone: Step[] = [];
  private sending: Promise<void> = Promise.resolve();
  private at: HTMLInputElement | null = null;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly bar: HTMLElement,
    private readonly words: HTMLElement,
    private readonly note: HTMLInputElement,
    private readonly open: HTMLAnchorElement,
  ) {
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("focusin", (event) => this.onFocus(event.target));
    form.addEventListener("focusout", (event) => this.onLeave(event.target));
    form.addEventListener("keydown", (event) => this.onKey(event));
    form.addEventListener("paste", (event) => this.onPaste(event));
    addEventListener("beforeunload", (event) => {
      if (form.querySelector(".is-unsaved, .is-saving, .is-refused")) event.preventDefault();
    });
  }

  private rows(): HTMLTableRowElement[] {
    return [...this.form.querySelectorAll<HTMLTableRowElement>("[data-week-row]")];
  }

  private shown(hours: string): string {
    const amount = Number(hours);
    if (!amount) return "";
    return String(Math.round(amount * 100) / 100).replace(".", this.form.dataset["decimal"] ?? ".");
  }

  private onFocus(target: EventTarget | null): void {
    if (!(target instanceof HTMLInputElement) || !target.matches("[data-cell]")) return;
    this.at = target;
    target.select();
    this.describe(target, target.dataset["refused"]);
  }

  /** Say what the cell is, beside its note. */
  private describe(cell: HTMLInputElement, refusal = ""): void {
    const data = cell.dataset;
    const row = cell.closest<HTMLElement>("[data-week-row]");
    const entries = Number(data["entries"]);
    const project = row?.querySelector("bdi")?.textContent ?? "";
    const state = data["returned"] ? `returned: ${data["returned"]}` : (data["state"] ?? "");
    const several = entries > 1 ? `${entries} entries; open it to change them` : "";
    const closed = cell.readOnly && data["state"] && entries === 1 ? "open it to see how it is corrected" : "";
    const what = [data["date"], project, row?.dataset["phase"] || "no task"].join(" · ");
    this.words.textContent = refusal || [what, state, several, closed].filter(Boolean).join(" · ");
    this.words.classList.toggle("is-refused", refusal !== "");
    this.note.value = data["note"] ?? "";
    this.note.readOnly = cell.readOnly || entries !== 1;
    this.note.placeholder = entries === 0 ? "Enter hours first" : "What was done";
    this.open.hidden = !data["href"];
    this.open.href = data["href"] || "#";
    this.bar.hidden = false;
  }

  private onLeave(target: EventTarget | null): void {
    if (!(target instanceof HTMLInputElement)) return;
    if (target === this.note) this.saveNote();
    else if (target.matches("[data-cell]")) this.save(target);
  }

  private saveNote(): void {
    const cell = this.at;
    if (!cell || this.note.readOnly || this.note.value === cell.dataset["note"]) return;
    void this.put(cell, cell.dataset["hours"] ?? "0", { note: this.note.value });
  }

  private save(cell: HTMLInputElement): void {
    const typed = cell.value.trim();
    if (cell.readOnly || typed === this.shown(cell.dataset["hours"] ?? "0")) {
      cell.value = this.shown(cell.dataset["hours"] ?? "0");
      cell.parentElement?.classList.remove("is-unsaved");
      this.mend(cell);
      return;
    }
    if (typed === cell.dataset["refusedAs"]) return; // it would be refused again; Enter asks again all the same
    const step = [{ cell, hours: cell.dataset["hours"] ?? "0" }];
    this.undone.push(step);
    void this.put(cell, typed || "0", { step });
  }

  /** Save a cell after those before it; gives why it was refused, or ''. A refused one leaves its step of undoing. */
  private put(cell: HTMLInputElement, hours: string, more: { note?: string; step?: Step } = {}): Promise<string> {
    cell.parentElement?.classList.add("is-saving");
    const done = this.sending.then(async () => {
      const refusal = await this.sent(cell, hours, more.note);
      if (refusal && more.step) this.forget(more.step, cell);
      return refusal;
    });
    this.sending = done.then(() => undefined);
    return done;
  }

  private forget(step: Step, cell: HTMLInputElement): void {
    step.splice(step.findIndex((entry) => entry.cell === cell), 1);
    if (!step.length && this.undone.includes(step)) this.undone.splice(this.undone.indexOf(step), 1);
  }

  private async sent(cell: HTMLInputElement, hours: string, note?: string): Promise<string> {
    const place = cell.parentElement;
    const row = cell.closest<HTMLElement>("[data-week-row]");
    if (!place || !row) return "";
    const body: Record<string, unknown> = {
      project: Number(row.dataset["project"]),
      day: cell.dataset["day"],
      hours,
      phase: row.dataset["phase"] ?? "",
      was: cell.dataset["hours"] ?? "0",
    };
    if (row.dataset["task"]) body["task_uid"] = Number(row.dataset["task"]);
    if (note !== undefined) body["note"] = note;
    try {
      const answer = await send(ADDRESS, {
        method: "PUT",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      const found = (await answer.json()) as Saved & Refused;
      if (!answer.ok) return this.refuse(cell, place, found);
      this.accept(cell, place, found);
    } catch (failure) {
      const said = failure instanceof Away || failure instanceof SignedOut; // the page has said why
      place.classList.add("is-unsaved");
      if (!said) {
        reportError(failure);
        this.describe(cell, `“${cell.value.trim()}” is not saved and stays in its cell: the server's answer cannot be read.`);
      }
      return "It could not be sent and stays in its cell.";
    } finally {
      place.classList.remove("is-saving");
    }
    return "";
  }

  private accept(cell: HTMLInputElement, place: HTMLElement, found: Saved): void {
    const state = found.returned ? "returned" : (WORDS[found.status ?? ""] ?? "");
    cell.dataset["hours"] = found.hours;
    cell.dataset["entries"] = String(found.entries);
    cell.dataset["state"] = state;
    cell.dataset["note"] = found.notes.join(" / ");
    cell.dataset["returned"] = found.returned;
    const label = cell.getAttribute("aria-label")?.replace(/, (draft|handed in|approved|locked|returned)$/, "") ?? "";
    cell.setAttribute("aria-label", state ? `${label}, ${state}` : label);
    this.mend(cell);
    if (document.activeElement !== cell) cell.value = this.shown(found.hours);
    place.className = `hw-right hw-cell${state ? ` is-${state.replace(" ", "-")}` : ""}${found.notes.length ? " has-note" : ""}`;
    void place.offsetWidth; // starts the tint anew
    place.classList.add("is-saved");
    const project = this.form.querySelector<HTMLAnchorElement>(`[data-project="${CSS.escape(cell.closest<HTMLElement>("[data-week-row]")?.dataset["project"] ?? "")}"] a`);
    cell.dataset["href"] = found.entry_id && project ? `${project.pathname}entries/${found.entry_id}/` : "";
    this.total();
    if (this.at === cell && document.activeElement !== this.note) this.describe(cell);
    const button = document.getElementById("submit-week");
    if (button instanceof HTMLButtonElement) button.disabled = !this.form.querySelector('[data-state="draft"], [data-state="returned"]');
  }

  private refuse(cell: HTMLInputElement, place: HTMLElement, found: Refused): string {
    const typed = cell.value.trim();
    if (found.hours !== undefined) cell.dataset["hours"] = found.hours; // it was changed elsewhere: now one knows
    cell.setAttribute("aria-invalid", "true");
    place.classList.remove("is-saved");
    place.classList.add("is-refused");
    this.at = cell;
    const first = found.errors?.[0]?.message;
    const why = first ? `${first.charAt(0).toUpperCase()}${first.slice(1).replace(/\.$/, "")}.` : (found.detail ?? "The server refused it.");
    const holds = this.shown(cell.dataset["hours"] ?? "0") || "0";
    cell.dataset["refusedAs"] = typed;
    cell.dataset["refused"] = `“${typed}” is not saved. ${why} ${holds} h stay.`;
    this.describe(cell, cell.dataset["refused"]);
    this.total();
    return why;
  }

  /** Nothing in the cell is refused any more. */
  private mend(cell: HTMLInputElement): void {
    cell.parentElement?.classList.remove("is-refused");
    cell.removeAttribute("aria-invalid");
    delete cell.dataset["refused"];
    delete cell.dataset["refusedAs"];
  }

  private total(): void {
    const days = new Map<string, number>();
    let whole = 0;
    for (const row of this.rows()) {
      let sum = 0;
      for (const cell of row.querySelectorAll<HTMLInputElement>("[data-cell]")) {
        const hours = Number(cell.dataset["hours"] ?? 0);
        sum += hours;
        days.set(cell.dataset["day"] ?? "", (days.get(cell.dataset["day"] ?? "") ?? 0) + hours);
      }
      this.putTotal(row.querySelector("[data-row-total]"), sum);
      whole += sum;
    }
    for (const place of this.form.querySelectorAll<HTMLElement>("[data-day-total]")) {
      this.putTotal(place, days.get(place.dataset["dayTotal"] ?? "") ?? 0);
    }
    this.putTotal(this.form.querySelector("[data-week-total]"), whole);
    const drafts = document.querySelector<HTMLElement>("[data-draft-hours]");
    const closed = [...document.querySelectorAll<HTMLElement>("[data-closed-hours]")].map((one) => Number(one.dataset["closedHours"]));
    if (drafts) drafts.textContent = this.shown(String(closed.reduce((left, hours) => left - hours, whole))) || "0";
    const answer = document.querySelector(".hw-answer");
    const logged = this.shown(String(whole)) || "0";
    if (answer) answer.textContent = `${logged} of ${this.form.dataset["capacity"] ?? "0"} h logged; hand the week in when it is whole.`;
  }

  private putTotal(place: Element | null, sum: number): void {
    if (place) place.textContent = this.shown(String(sum)) || "0";
  }

  private onKey(event: KeyboardEvent): void {
    const target = event.target;
    if (target === this.note) {
      if (event.key === "Enter" || event.key === "Escape") {
        event.preventDefault();
        if (event.key === "Escape") this.note.value = this.at?.dataset["note"] ?? "";
        this.at?.focus();
      }
      return;
    }
    if (!(target instanceof HTMLInputElement) || !target.matches("[data-cell]") || event.altKey) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") this.undo(event);
    else if (event.ctrlKey || event.metaKey) return;
    else if (event.key === "Enter") {
      delete target.dataset["refusedAs"];
      this.step(event, target, event.shiftKey ? -1 : 1, 0);
    }
    else if (event.key === "ArrowDown") this.step(event, target, 1, 0);
    else if (event.key === "ArrowUp") this.step(event, target, -1, 0);
    else if (event.key === "ArrowLeft" && this.atEdge(target, "start")) this.step(event, target, 0, -1);
    else if (event.key === "ArrowRight" && this.atEdge(target, "end")) this.step(event, target, 0, 1);
    else if (event.key === "F2" && !this.note.readOnly) {
      event.preventDefault();
      this.note.focus();
    } else if (event.key === "Escape") this.leave(event, target);
  }

  private atEdge(cell: HTMLInputElement, edge: "start" | "end"): boolean {
    const all = cell.selectionStart === 0 && cell.selectionEnd === cell.value.length;
    return all || (edge === "start" ? cell.selectionEnd === 0 : cell.selectionStart === cell.value.length);
  }

  private step(event: KeyboardEvent, cell: HTMLInputElement, down: number, across: number): void {
    event.preventDefault();
    const rows = this.rows();
    const row = cell.closest<HTMLTableRowElement>("[data-week-row]");
    if (!row) return;
    const inRow = [...row.querySelectorAll<HTMLInputElement>("[data-cell]")];
    const next = rows[rows.indexOf(row) + down]?.querySelectorAll<HTMLInputElement>("[data-cell]")[inRow.indexOf(cell) + across];
    if (next) next.focus();
    else if (down > 0) this.save(cell); // Enter in the last row saves and stays
  }

  private undo(event: KeyboardEvent): void {
    event.preventDefault();
    const target = event.target as HTMLInputElement;
    if (target.value.trim() !== this.shown(target.dataset["hours"] ?? "0")) {
      target.value = this.shown(target.dataset["hours"] ?? "0");
      target.select();
      return;
    }
    const last = this.undone.pop();
    if (!last) return;
    last[0]?.cell.focus();
    for (const { cell, hours } of last) {
      cell.value = this.shown(hours);
      void this.put(cell, hours);
    }
  }

  /** Cells of a spreadsheet, from the focused cell on; a single value is typed as ever. */
  private onPaste(event: ClipboardEvent): void {
    const target = event.target;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!(target instanceof HTMLInputElement) || !target.matches("[data-cell]") || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    void this.paste(target, text);
  }

  private async paste(from: HTMLInputElement, text: string): Promise<void> {
    const step: Step = [];
    const pasted: { cell: HTMLInputElement; typed: string; refusal: Promise<string> | string }[] = [];
    let outside = 0;
    const rows = this.rows();
    const first = rows.findIndex((row) => row.contains(from));
    const column = [...(rows[first]?.querySelectorAll("[data-cell]") ?? [])].indexOf(from);
    text.replace(/\r?\n$/, "").split(/\r?\n/).forEach((line, down) => {
      const cells = rows[first + down]?.querySelectorAll<HTMLInputElement>("[data-cell]");
      line.split("\t").forEach((value, across) => {
        const typed = value.trim().replace(/^(\d+:\d\d):\d\d$/, "$1"); // a spreadsheet's 7:30:00
        const cell = cells?.[column + across];
        if (!typed) return; // an empty cell leaves what stands
        if (!cell) outside += 1;
        else if (cell.readOnly) pasted.push({ cell, typed, refusal: `It is ${cell.dataset["state"] || "closed"}.` });
        else {
          step.push({ cell, hours: cell.dataset["hours"] ?? "0" });
          cell.value = typed;
          pasted.push({ cell, typed, refusal: this.put(cell, typed, { step }) });
        }
      });
    });
    if (step.length) this.undone.push(step);
    const refused: string[] = [];
    for (const { cell, typed, refusal } of pasted) {
      const why = await refusal;
      if (why) refused.push(`${this.named(cell)} “${typed}”: ${why}`);
    }
    this.at = from;
    from.focus();
    if (!from.parentElement?.matches(".is-unsaved, .is-refused")) from.value = this.shown(from.dataset["hours"] ?? "0");
    from.select();
    const saved = pasted.length - refused.length;
    const words = [`${saved} of ${pasted.length + outside} pasted ${pasted.length + outside === 1 ? "cell is" : "cells are"} saved.`];
    if (outside) words.push(`${outside} ${outside === 1 ? "lies" : "lie"} outside the sheet.`);
    if (refused.length) words.push("Not saved:");
    this.describe(from);
    this.words.textContent = words.join(" ");
    if (refused.length) this.words.append(listed(refused));
    this.words.classList.toggle("is-refused", refused.length + outside > 0);
  }

  private named(cell: HTMLInputElement): string {
    const row = cell.closest<HTMLElement>("[data-week-row]");
    const project = row?.querySelector("th a")?.textContent ?? "";
    return `${cell.dataset["date"] ?? ""}, ${project}, ${row?.dataset["phase"] || "no task"}`;
  }

  private leave(event: KeyboardEvent, cell: HTMLInputElement): void {
    event.preventDefault();
    if (cell.value.trim() !== this.shown(cell.dataset["hours"] ?? "0")) {
      cell.value = this.shown(cell.dataset["hours"] ?? "0");
      cell.select();
      return;
    }
    const button = document.getElementById("submit-week");
    if (button instanceof HTMLButtonElement && !button.disabled) button.focus();
    else cell.blur();
  }
}

/** What was not saved, one a line; beyond a few, how many more. */
function listed(refused: string[]): HTMLUListElement {
  const list = document.createElement("ul");
  const more = refused.length - MOST_NAMED;
  const lines = more > 1 ? [...refused.slice(0, MOST_NAMED), `and ${more} more, in the cells marked red`] : refused;
  for (const line of lines) list.append(Object.assign(document.createElement("li"), { textContent: line }));
  return list;
}

export function listenForHours(): void {
  const form = document.querySelector<HTMLFormElement>("[data-week-sheet]");
  const bar = form?.querySelector<HTMLElement>("[data-cell-bar]");
  const words = form?.querySelector<HTMLElement>("[data-cell-words]");
  const note = form?.querySelector<HTMLInputElement>("[data-cell-note]");
  const open = form?.querySelector<HTMLAnchorElement>("[data-cell-open]");
  if (form && bar && words && note && open) new WeekSheet(form, bar, words, note, open);
  listenForTimer();
}
