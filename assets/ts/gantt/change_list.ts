// The plan's undo list: what was changed, by whom, with each change to be taken back; and the rows that were removed.
import { Away, SignedOut } from "../net";
import { button, own, words } from "./bubble";
import { type Gantt } from "./element";
import { Refused, read } from "./server";
import { dayText, instantText, momentOf } from "./time";

interface Entry {
  id: number;
  label: string;
  kind: string;
  by: string;
  at: string;
  moved: number;
  old_finish: string | null;
  new_finish: string | null;
  finish_days: number;
  undone: boolean;
  can_undo: boolean;
  can_redo: boolean;
}

interface Removed {
  uid: number;
  name: string;
  removed_at: string;
  removed_by: string;
}

const PAGE = 20;

export class ChangeList {
  private readonly place: HTMLElement | null;

  constructor(private readonly gantt: Gantt) {
    this.place = gantt.querySelector<HTMLElement>('[data-gx="changes"]');
    this.place?.parentElement?.addEventListener("toggle", (event) => {
      if ((event as ToggleEvent).newState === "open") void this.show();
    });
  }

  private async show(): Promise<void> {
    const { gantt, place } = this;
    if (!place) return;
    try {
      const [changes, removed] = await Promise.all([
        read<{ items: Entry[]; next: string }>(`${gantt.changesAddress}?limit=${PAGE}`),
        read<Removed[] | { items: Removed[] }>(gantt.planAddress("bin")),
      ]);
      const list = document.createElement("ol");
      list.className = "gx-change-list";
      list.append(...changes.items.map((entry) => this.entry(entry)));
      place.replaceChildren(words("h2", "What was changed"), changes.items.length ? list : words("p", "Nothing yet.", "hw-quiet"));
      if (changes.next) this.more(list, changes.next);
      this.bin(Array.isArray(removed) ? removed : removed.items);
    } catch (failure) {
      if (!(failure instanceof Refused || failure instanceof Away || failure instanceof SignedOut)) throw failure;
      place.replaceChildren(words("p", failure.message));
    }
  }

  /** Older entries, when they are asked for. */
  private more(list: HTMLElement, cursor: string): void {
    const older = button({ label: "Show older changes", run: () => void load() });
    const load = async (): Promise<void> => {
      const query = new URLSearchParams({ limit: String(PAGE), cursor });
      const found = await read<{ items: Entry[]; next: string }>(`${this.gantt.changesAddress}?${query}`);
      list.append(...found.items.map((entry) => this.entry(entry)));
      older.remove();
      if (found.next) this.more(list, found.next);
    };
    list.after(older);
  }

  private entry(entry: Entry): HTMLElement {
    const { gantt } = this;
    const line = document.createElement("li");
    const text = document.createElement("span");
    const label = document.createElement("strong");
    label.append(own(entry.label));
    const about = [entry.by, instantText(entry.at), entry.moved ? `${entry.moved} moved` : "", this.finish(entry), entry.undone ? "undone" : ""];
    text.append(label, words("span", about.filter(Boolean).join(" · "), "hw-quiet"));
    line.append(text);
    line.classList.toggle("is-undone", entry.undone);
    if (entry.can_undo || entry.can_redo) {
      const act = button({
        label: entry.can_undo ? "Undo" : "Redo",
        run: () => void this.turn(act, `${gantt.dataset["undo"]}${entry.id}/undo`),
      });
      act.setAttribute("aria-label", `${act.textContent}: ${entry.label}`);
      line.append(act);
    }
    return line;
  }

  private finish(entry: Entry): string {
    const { plan, monthFirst } = this.gantt;
    if (!entry.new_finish || !entry.old_finish || entry.new_finish === entry.old_finish) return "";
    const day = (text: string): string => dayText(momentOf(text), plan.now, monthFirst);
    return `finish ${day(entry.old_finish)} → ${day(entry.new_finish)}`;
  }

  private bin(removed: Removed[]): void {
    if (!removed.length || !this.gantt.rights.edit) return;
    const list = document.createElement("ol");
    list.className = "gx-change-list";
    list.append(
      ...removed.slice(0, PAGE).map((row) => {
        const line = document.createElement("li");
        const text = document.createElement("span");
        const name = document.createElement("strong");
        name.append(own(row.name || "(no name)"));
        text.append(name, words("span", `${row.removed_by} · ${instantText(row.removed_at)}`, "hw-quiet"));
        const act = button({ label: "Bring back", run: () => void this.turn(act, this.gantt.planAddress("bin"), { uid: row.uid }) });
        act.setAttribute("aria-label", `Bring back ${row.name}`);
        line.append(text, act);
        return line;
      }),
    );
    this.place?.append(words("h2", "Removed rows"), list);
  }

  /** Take it back; the list then says how things stand, or why it could not be. */
  private async turn(act: HTMLButtonElement, address: string, body: object = {}): Promise<void> {
    act.disabled = true;
    const refused = await this.gantt.outbox.turn(address, body);
    if (refused === null) return this.show();
    act.disabled = false;
    const why = words("p", refused, "gx-preview-why");
    act.parentElement?.querySelector(".gx-preview-why")?.remove();
    act.after(why);
  }
}
