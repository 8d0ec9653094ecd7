// How a person looks at a plan: columns, filter, groups, order, colours, switches, zoom. Kept in the browser by project until
// it is saved as a view; a project that was not looked at before begins with the columns and switches of the last one.
import { FIRST_COLUMNS, columnOf, type Column } from "./columns";
import { type Condition, type Rule } from "./conditions";
import { type Asked, type SortKey } from "./listing";
import { FIRST_ZOOM, ZOOMS } from "./scale";

export interface Switches {
  critical: boolean;
  links: boolean;
  driving: boolean;
  progress: boolean;
  baseline: boolean;
  slack: boolean;
  deadline: boolean;
  words: boolean;
  today: boolean;
  status: boolean;
  shade: boolean;
}

const FIRST_SWITCHES: Switches = {
  critical: true, links: true, driving: true, progress: true, baseline: true, slack: false, deadline: true, words: true,
  today: true, status: true, shade: true,
};

/** What is written beside bars; 'auto': names of summaries and milestones, people of tasks. */
export const LABELS = ["auto", "name", "people", "dates", "percent"] as const;
export type Label = (typeof LABELS)[number];

interface Stored {
  columns?: string[];
  widths?: Record<string, number>;
  switches?: Partial<Switches>;
  zoom?: number;
  label?: Label;
  split?: number;
}

/** What a saved view keeps; what is left out is as the page begins. */
export interface ViewSettings {
  columns?: string[];
  widths?: { column: string; width: number }[];
  sort?: SortKey[];
  match?: "all" | "any";
  conditions?: Condition[];
  quick?: string;
  search?: string;
  group?: string;
  rules?: Rule[];
  switches?: Partial<Record<string, boolean>>;
  zoom?: number | null;
  label?: string;
}

interface Kept {
  view: number | null;
  settings: ViewSettings;
}

export const LEAST_WIDTH = 40;
export const MOST_WIDTH = 800;
const NAME = "name"; // the column that is always shown

export class Settings implements Asked {
  columns: string[] = FIRST_COLUMNS;
  widths: Record<string, number> = {};
  switches: Switches = { ...FIRST_SWITCHES };
  zoom = FIRST_ZOOM;
  label: Label = "auto";
  split: number | null = null;
  closed = new Set<number>();
  sort: SortKey[] = [];
  match: "all" | "any" = "all";
  conditions: Condition[] = [];
  quick = "";
  search = "";
  group = "";
  rules: Rule[] = [];
  /** The saved view that this came from. */
  view: number | null = null;

  constructor(
    private readonly person: string,
    private readonly project: string,
  ) {
    const stored = this.read<Stored>(this.key()) ?? {};
    const { columns, switches, zoom, label } = stored;
    const widths = Object.entries(stored.widths ?? {}).map(([column, width]) => ({ column, width }));
    this.take({ widths, ...(columns && { columns }), ...(switches && { switches }), ...(zoom !== undefined && { zoom }), ...(label && { label }) });
    if (Number.isFinite(stored.split)) this.split = stored.split as number;
    const kept = this.read<Kept>(this.key(`${this.project}.look`));
    if (kept) {
      this.take(kept.settings);
      this.view = kept.view;
    }
    const closed = this.read<number[]>(this.key(this.project));
    if (Array.isArray(closed)) this.closed = new Set(closed.filter(Number.isInteger));
  }

  /** Show what a view keeps; what it leaves out is as the page begins. */
  take(kept: ViewSettings): void {
    const columns = (kept.columns ?? []).filter((key) => typeof key === "string");
    this.columns = columns.includes(NAME) ? [...new Set(columns)] : FIRST_COLUMNS;
    this.widths = Object.fromEntries(
      (kept.widths ?? []).filter(({ width }) => Number.isFinite(width)).map(({ column, width }) => [column, limited(width)]),
    );
    this.switches = { ...FIRST_SWITCHES };
    for (const name of Object.keys(FIRST_SWITCHES) as (keyof Switches)[]) {
      const value = kept.switches?.[name];
      if (typeof value === "boolean") this.switches[name] = value;
    }
    this.label = LABELS.includes(kept.label as Label) ? (kept.label as Label) : "auto";
    if (Number.isInteger(kept.zoom)) this.zoom = Math.max(0, Math.min(ZOOMS.length - 1, kept.zoom as number));
    this.sort = kept.sort ?? [];
    this.match = kept.match ?? "all";
    this.conditions = kept.conditions ?? [];
    this.quick = kept.quick ?? "";
    this.search = kept.search ?? "";
    this.group = kept.group ?? "";
    this.rules = kept.rules ?? [];
  }

  /** As a saved view keeps it. */
  record(): ViewSettings {
    const { columns, sort, match, conditions, quick, search, group, rules, switches, zoom, label } = this;
    const widths = Object.entries(this.widths).map(([column, width]) => ({ column, width }));
    return { columns, widths, sort, match, conditions, quick, search, group, rules, switches: { ...switches }, zoom, label };
  }

  /** The chosen columns from left to right, without those that are gone. */
  chosen(): Column[] {
    return this.columns.flatMap((key) => columnOf(key) ?? []);
  }

  width(column: Column): number {
    return this.widths[column.key] ?? column.width;
  }

  choose(key: string, on: boolean): void {
    this.columns = on ? [...this.columns.filter((other) => other !== key), key] : this.columns.filter((other) => other !== key);
    this.save();
  }

  /** Put a column where another one stands. */
  put(key: string, where: string): void {
    const from = this.columns.indexOf(key);
    const to = this.columns.indexOf(where);
    if (from < 0 || to < 0 || from === to) return;
    const columns = this.columns.filter((other) => other !== key);
    columns.splice(to, 0, key);
    this.columns = columns;
    this.save();
  }

  resize(column: Column, width: number): void {
    this.widths[column.key] = limited(width);
    this.save();
  }

  save(): void {
    const { columns, widths, switches, zoom, label, split, view } = this;
    const parted = split === null ? {} : { split };
    if (view === null) this.write(this.key(), { columns, widths, switches, zoom, label, ...parted });
    else this.write(this.key(), { ...this.read<Stored>(this.key()), ...parted });
    this.write(this.key(`${this.project}.look`), { view, settings: this.record() });
    document.dispatchEvent(new CustomEvent("headway:plan-look"));
  }

  saveClosed(): void {
    this.write(this.key(this.project), [...this.closed]);
  }

  private key(project = ""): string {
    return `headway.plan.${this.person}${project && `.${project}`}`;
  }

  private read<T>(key: string): T | null {
    try {
      return JSON.parse(localStorage.getItem(key) ?? "null") as T | null;
    } catch {
      return null; // without storage, or with what another version left, the first settings hold
    }
  }

  private write(key: string, value: unknown): void {
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // the choice then holds for this page only
    }
  }
}

function limited(width: number): number {
  return Math.max(LEAST_WIDTH, Math.min(MOST_WIDTH, Math.round(width)));
}
