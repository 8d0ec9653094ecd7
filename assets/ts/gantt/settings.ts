// How a person likes the plan shown, kept in the browser: columns, widths, switches, zoom; folded rows by project.
import { COLUMNS, FIRST_COLUMNS, columnOf, type Column } from "./columns";
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

export const LEAST_WIDTH = 40;
export const MOST_WIDTH = 800;

export class Settings {
  columns: string[] = FIRST_COLUMNS;
  widths: Record<string, number> = {};
  switches: Switches = { ...FIRST_SWITCHES };
  zoom = FIRST_ZOOM;
  label: Label = "auto";
  split: number | null = null;
  closed = new Set<number>();

  constructor(
    private readonly person: string,
    private readonly project: string,
  ) {
    const stored = this.read<Stored>(this.key()) ?? {};
    const known = (stored.columns ?? []).filter((key) => columnOf(key));
    if (known.includes("name")) this.columns = known;
    for (const [key, width] of Object.entries(stored.widths ?? {})) {
      if (columnOf(key) && Number.isFinite(width)) this.widths[key] = limited(width);
    }
    for (const name of Object.keys(FIRST_SWITCHES) as (keyof Switches)[]) {
      const value = stored.switches?.[name];
      if (typeof value === "boolean") this.switches[name] = value;
    }
    if (stored.label && LABELS.includes(stored.label)) this.label = stored.label;
    if (Number.isInteger(stored.zoom)) this.zoom = Math.max(0, Math.min(ZOOMS.length - 1, stored.zoom as number));
    if (Number.isFinite(stored.split)) this.split = stored.split as number;
    const closed = this.read<number[]>(this.key(this.project));
    if (Array.isArray(closed)) this.closed = new Set(closed.filter(Number.isInteger));
  }

  /** The chosen columns, in the order of the list. */
  chosen(): Column[] {
    return COLUMNS.filter((column) => this.columns.includes(column.key));
  }

  width(column: Column): number {
    return this.widths[column.key] ?? column.width;
  }

  choose(key: string, on: boolean): void {
    this.columns = on ? [...this.columns, key] : this.columns.filter((other) => other !== key);
    this.save();
  }

  resize(column: Column, width: number): void {
    this.widths[column.key] = limited(width);
    this.save();
  }

  save(): void {
    const { columns, widths, switches, zoom, label, split } = this;
    this.write(this.key(), { columns, widths, switches, zoom, label, ...(split === null ? {} : { split }) });
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
