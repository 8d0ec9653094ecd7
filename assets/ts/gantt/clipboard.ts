// Copy, cut and paste with spreadsheets: text with tabs between columns and line ends between rows, both ways.
import { merged } from "./acts";
import { type Column } from "./columns";
import { type Gantt } from "./element";
import { type FieldName, fieldText, isTask, mayType } from "./fields";
import { type Task } from "./model";
import { type Line, type Wanted } from "./preview";
import { type PlanChange } from "./server";

/** Cells of a copied block: quoted ones may hold tabs, line ends and doubled quotes. */
function readBlock(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const plain = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let at = 0; at < plain.length; at += 1) {
    const letter = plain[at] as string;
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (plain[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (letter === '"' && cell === "") quoted = true;
    else if (letter === "\t" || letter === "\n") {
      row.push(cell);
      cell = "";
      if (letter === "\n") {
        rows.push(row);
        row = [];
      }
    } else cell += letter;
  }
  rows.push([...row, cell]);
  return rows;
}

function written(cell: string): string {
  return /[\t\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

// What other programs write above the columns of a plan, by our fields; a field's own name always counts.
const HEADINGS: Partial<Record<FieldName, string[]>> = {
  name: ["task name", "activity name"],
  people: ["resource names", "resources", "assigned to"],
  percent: ["% complete", "percent complete", "activity % complete"],
  remaining: ["remaining duration"],
  constraint: ["constraint type"],
};

/** Whether a text above a pasted column names this column of the plan. */
function isHeading(column: Column, text: string): boolean {
  const heading = text.trim().toLocaleLowerCase();
  if (heading === column.label.toLocaleLowerCase()) return true;
  const field = column.edit;
  return !!field && (heading === field.replaceAll("_", " ") || (HEADINGS[field]?.includes(heading) ?? false));
}

/** A name and how deep it stands under the ones before it, from the spaces or tabs that lead it. */
function outlined(names: string[]): { name: string; depth: number }[] {
  const widths: number[] = [];
  return names.map((text) => {
    const lead = /^[\t \u00a0]*/.exec(text)?.[0].replaceAll("\t", "    ").length ?? 0;
    while (widths.length && (widths[widths.length - 1] as number) >= lead) widths.pop();
    widths.push(lead);
    return { name: text.trim(), depth: widths.length - 1 };
  });
}

export class Clipboard {
  private cut: Task[] = []; // whole rows, to be moved by the next paste
  private own = ""; // what was copied here last

  constructor(private readonly gantt: Gantt) {}

  listen(grid: HTMLElement): void {
    for (const kind of ["copy", "cut"] as const) {
      grid.addEventListener(kind, (event) => {
        if (this.gantt.typing.isOpen) return;
        event.preventDefault();
        event.clipboardData?.setData("text/plain", this.take(kind === "cut"));
      });
    }
    grid.addEventListener("paste", (event) => {
      if (this.gantt.typing.isOpen) return;
      event.preventDefault();
      this.paste(event.clipboardData?.getData("text/plain") ?? "");
    });
  }

  /** The selected block as text; cut whole rows are moved by the next paste, cut cells emptied at once. */
  take(cut: boolean): string {
    const { gantt } = this;
    const whole = gantt.selection.isWhole;
    const rows = gantt.choice.tasks().filter(isTask);
    const cells = gantt.choice.cells();
    const text = rows
      .map((task) => cells.filter((cell) => cell.task === task).map(({ column }) => written(this.text(column, task))).join("\t"))
      .join("\n");
    this.own = text;
    this.cut = cut && whole ? gantt.acts.topmost() : [];
    if (cut && !whole) gantt.acts.setCells("Cut cells", () => "");
    else gantt.say(`${rows.length} ${rows.length === 1 ? "row" : "rows"} ${cut ? "cut; paste to move them" : "copied"}.`);
    return text;
  }

  private text(column: Column, task: Task): string {
    return column.edit ? fieldText(column, task, this.gantt.plan) : column.text(task, this.gantt.plan, { monthFirst: this.gantt.monthFirst });
  }

  paste(text: string): void {
    const { gantt } = this;
    const moving = this.cut;
    if (moving.length && text === this.own) {
      this.cut = [];
      const behind = gantt.selected;
      if (behind && isTask(behind) && !moving.includes(behind)) return gantt.acts.moveBehind(moving, behind);
      const last = gantt.plan.tasks.filter((task) => !task.parent && !moving.includes(task)).pop();
      if (last) gantt.acts.moveBehind(moving, last);
      return;
    }
    if (!text.trim() || !(gantt.rights.edit || gantt.rights.progress)) return;
    const block = readBlock(text);
    const [only] = block;
    if (block.length === 1 && only?.length === 1) return gantt.acts.setCells("Paste", () => only[0]?.trim() ?? "");
    this.pasteBlock(block, text !== this.own);
  }

  private pasteBlock(block: string[][], foreign: boolean): void {
    const { gantt } = this;
    const { top, columns, rows } = this.target(block);
    const named = columns[0]?.edit === "name";
    const replace = (): Wanted => this.wanted(rows, columns, top, false);
    const insert = (): Wanted => this.wanted(rows, columns, top, true);
    const mayInsert = gantt.rights.edit && columns.some((column) => column?.edit === "name");
    const beyond = top + rows.length > gantt.shownTasks().length;
    if (!mayInsert) return void gantt.preview.open(replace());
    if (!rowAt(gantt, top)) return void gantt.preview.open(insert());
    const open = (asNew: boolean): Wanted => ({
      ...(asNew ? insert() : replace()),
      ways: [
        { label: "As new rows", chosen: asNew, wanted: () => open(true) },
        { label: "Over what stands there", chosen: !asNew, wanted: () => open(false) },
      ],
    });
    void gantt.preview.open(open(foreign && named && (rows.length > 1 || beyond)));
  }

  /** Where the block goes: the first selected row, and a column for each of its columns (by headings where it has some). */
  private target(block: string[][]): { top: number; columns: (Column | undefined)[]; rows: string[][] } {
    const { gantt } = this;
    const shown = gantt.columns();
    const [area] = gantt.choice.areas();
    const top = area?.top ?? 0;
    const heads = block[0]?.map((text) => shown.find((column) => isHeading(column, text)));
    if (heads && block.length > 1 && heads.filter(Boolean).length >= 2) return { top, columns: heads, rows: block.slice(1) };
    // Leading empty cells before a name are its depth in the outline, as indented lists are copied.
    const first = gantt.selection.isWhole ? 0 : (area?.left ?? 0);
    // From the number of a row on, rows begin behind it, unless they bring numbers along as rows copied here do.
    const numbered = block.every((row) => /^\d*$/.test(row[0]?.trim() ?? ""));
    const left = shown[first]?.key === "number" && !numbered ? first + 1 : first;
    const rows = shown[left]?.edit === "name" ? indented(block) : block;
    const wide = Math.max(...rows.map((row) => row.length));
    return { top, columns: Array.from({ length: wide }, (_, at) => shown[left + at]), rows };
  }

  private wanted(rows: string[][], columns: (Column | undefined)[], top: number, asNew: boolean): Wanted {
    const { gantt } = this;
    const lines: Line[] = [];
    const fresh: string[][] = [];
    let skipped = 0;
    rows.forEach((row, at) => {
      const task = asNew ? undefined : rowAt(gantt, top + at);
      if (!task) {
        fresh.push(row);
        return;
      }
      row.forEach((text, place) => {
        const column = columns[place];
        if (!column?.edit || !mayType(column.edit, task, gantt.rights)) {
          skipped += text.trim() ? 1 : 0;
          return;
        }
        const before = fieldText(column, task, gantt.plan);
        if (text.trim() === before.trim() || (column.edit === "name" && !text.trim())) return;
        lines.push(gantt.acts.line(task, column.edit, column.label, before, text.trim()));
      });
    });
    const made = this.made(fresh, columns, asNew ? rowAt(gantt, top) : undefined);
    const title = `Paste ${rows.length} ${rows.length === 1 ? "row" : "rows"}`;
    return {
      title,
      label: title,
      accept: "Paste",
      lines: [...merged(lines), ...made],
      ...(skipped ? { note: `${skipped} ${skipped === 1 ? "cell is" : "cells are"} left out: they stand in columns that take no typing.` } : {}),
    };
  }

  /** New rows, one after the other: behind the last one, or above `below`. */
  private made(rows: string[][], columns: (Column | undefined)[], below: Task | undefined): Line[] {
    const { gantt } = this;
    const nameAt = columns.findIndex((column) => column?.edit === "name");
    if (nameAt < 0 || !gantt.rights.edit) return [];
    const names = outlined(rows.map((row) => row[nameAt] ?? ""));
    const tasks = gantt.plan.tasks;
    const last = tasks[tasks.length - 1];
    const base = below ? below.level : (last?.level ?? 1);
    const first = below ? below.place : tasks.length;
    let after: number | null = below ? (tasks[below.place - 1]?.uid ?? 0) : null;
    const lines: Line[] = [];
    rows.forEach((row, at) => {
      const { name, depth } = names[at] as { name: string; depth: number };
      if (!name) return;
      const uid = gantt.outbox.newNumber();
      const set = (field: FieldName, value: string): PlanChange => ({ act: "set", task: uid, field, value });
      const cells = row.flatMap((text, place): [Column, string][] => {
        const column = columns[place];
        return column?.edit && column.edit !== "name" && text.trim() ? [[column, text.trim()]] : [];
      });
      const words = cells.map(([column, text]) => `${column.label} ${text}`).join(", ");
      lines.push({
        uid,
        name,
        what: `new row${depth ? `, level ${base + depth}` : ""}${words && `: ${words}`}`,
        changes: [
          { act: "add", new: uid, after, level: base + depth },
          set("name", name),
          ...cells.map(([column, text]) => set(column.edit as FieldName, text)),
        ],
        cells: [],
        number: first + lines.length + 1,
      });
      if (after !== null) after = uid;
    });
    return lines;
  }
}

/** The task shown in a row; none in the empty last one. */
function rowAt(gantt: Gantt, index: number): Task | undefined {
  const task = gantt.shownTasks()[index];
  return task && isTask(task) ? task : undefined;
}

/** Rows whose names stand in different columns because they are indented by cells: the name first, led by tabs. */
function indented(block: string[][]): string[][] {
  const depths = block.map((row) => row.findIndex((cell) => cell.trim() !== ""));
  const least = Math.min(...depths.filter((depth) => depth >= 0));
  if (!Number.isFinite(least) || !depths.some((depth) => depth > 0)) return block;
  const deepest = Math.max(...depths);
  return block.map((row, at) => {
    const depth = Math.max(0, (depths[at] as number) - least);
    const [name, ...rest] = row.slice(Math.max(0, depths[at] as number));
    // Columns behind the names stand under each other wherever the name stood.
    const others = rest.slice(deepest - (depths[at] as number));
    return ["\t".repeat(depth) + (name ?? ""), ...others];
  });
}
