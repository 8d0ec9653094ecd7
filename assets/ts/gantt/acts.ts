// What is done to the selected rows and cells, as changes for the server: outline, order, removal, links, filling.
import { type Column } from "./columns";
import { type Gantt } from "./element";
import { type FieldName, fieldText, isTask, mayType } from "./fields";
import { type Task } from "./model";
import { type Line } from "./preview";
import { type PlanChange } from "./server";

export class Acts {
  constructor(private readonly gantt: Gantt) {}

  // --- rows ------------------------------------------------------------------------------------

  indent(by: 1 | -1): void {
    if (this.gantt.isReordered) return this.reordered();
    const rows = this.topmost();
    const act = by > 0 ? "indent" : "outdent";
    const verb = by > 0 ? "Indent" : "Outdent";
    const lines = rows.map((task) => this.row(task, `level ${task.level} → ${Math.max(1, task.level + by)}`, [{ act, task: task.uid }]));
    this.propose(`${verb} ${named(rows)}`, verb, lines);
  }

  /** One place up or down among the rows of the same summary. */
  shift(by: 1 | -1): void {
    if (this.gantt.isReordered) return this.reordered();
    const rows = this.topmost();
    const [first] = rows;
    const last = rows[rows.length - 1];
    if (!first || !last) return this.nothing();
    const siblings = this.siblings(first);
    if (rows.some((task) => task.parent !== first.parent)) {
      this.gantt.say("Rows of different summaries cannot be moved together.");
      return;
    }
    const title = `Move ${named(rows)} ${by > 0 ? "down" : "up"}`;
    if (by < 0) {
      const above = siblings[siblings.indexOf(first) - 1];
      if (!above) return this.gantt.say("It stands first under its summary already. Outdent it to lift it further.");
      // It is the row above that moves, behind all of them: they go together or not at all.
      const lines = rows.map((task) => this.row(task, `before ${above.number} ${above.name}`, []));
      (lines[0] as Line).changes = [{ act: "move", task: above.uid, after: last.uid }];
      return this.propose(title, "Move", lines, true);
    }
    const below = siblings[siblings.indexOf(last) + 1];
    if (!below) return this.gantt.say("It stands last under its summary already.");
    this.moveBehind(rows, below, title);
  }

  /** Rows behind another one and what lies under it, in their order. */
  moveBehind(rows: Task[], behind: Task, title = `Move ${named(rows)}`): void {
    let after = behind.uid;
    const lines = rows.map((task) => {
      const line = this.row(task, `behind ${behind.number} ${behind.name}`, [{ act: "move", task: task.uid, after }]);
      after = task.uid;
      return line;
    });
    this.propose(title, "Move", lines);
  }

  remove(): void {
    const rows = this.topmost();
    const [first] = rows;
    if (!first) return this.nothing();
    const title = `Remove ${named(rows)}`;
    const lines = rows.map((task) => this.row(task, "goes", [{ act: "remove", task: task.uid }]));
    if (first.children.length) return this.preview(title, "Remove", lines); // also for one row: many go with it
    const next = rows.length === 1 ? this.gantt.neighbour(first) : undefined;
    this.propose(title, "Remove", lines);
    if (next) this.gantt.select(next, this.gantt.selection.at.column);
  }

  link(): void {
    const rows = this.gantt.choice.tasks().filter((task) => isTask(task) && !task.children.length);
    if (rows.length < 2) return this.gantt.say("Select two or more tasks to link them, each after the one before it.");
    const changes = rows.slice(1).map((task, at): PlanChange => ({ act: "link", task: task.uid, other: rows[at]?.uid ?? null, value: "" }));
    this.send(changes, `Link ${named(rows)}`);
  }

  unlink(): void {
    const rows = this.gantt.choice.tasks().filter(isTask);
    const chosen = new Set(rows);
    const between = this.gantt.plan.links.filter(({ from, to }) =>
      rows.length > 1 ? chosen.has(from) && chosen.has(to) : chosen.has(from) || chosen.has(to),
    );
    if (!between.length) return this.gantt.say("Nothing is linked here.");
    this.send(between.map(({ from, to }) => ({ act: "unlink", task: to.uid, other: from.uid })), `Unlink ${named(rows)}`);
  }

  /** Close the pauses in the work of the selected tasks. */
  join(): void {
    const rows = this.gantt.choice.tasks().filter((task) => task.parts && task.parts.length > 1);
    if (!rows.length) return this.gantt.say("Nothing is paused here.");
    const lines = rows.map((task) => this.row(task, "its parts one after the other", [{ act: "join", task: task.uid }]));
    this.propose(rows.length === 1 ? `Join the parts of ${named(rows)}` : `Join the parts of ${rows.length} tasks`, "Join", lines);
  }

  // --- cells -----------------------------------------------------------------------------------

  /** Give every selected cell no value, or selected rows up. */
  clear(): void {
    if (this.gantt.selection.isWhole) this.remove();
    else this.setCells("Clear cells", () => "");
  }

  /** The first row of the selection down over the others; a single cell takes what stands above it. */
  fillDown(): void {
    const { gantt } = this;
    if (gantt.selection.isOne) {
      const above = gantt.neighbour(gantt.selected, -1);
      if (above) this.setCells("Fill down", (column) => fieldText(column, above, gantt.plan));
      return;
    }
    const [first] = gantt.choice.tasks();
    if (first) this.setCells("Fill down", (column) => fieldText(column, first, gantt.plan), first);
  }

  setPercent(percent: number): void {
    const { gantt } = this;
    const rows = gantt.choice.tasks().filter((task) => mayType("percent", task, gantt.rights));
    if (!rows.length) return gantt.say("Select a task that is no summary first; a summary's progress comes from its tasks.");
    const value = `${percent}%`;
    this.setLines(rows.filter((task) => task.percent !== percent).map((task) => this.line(task, "percent", "Done", `${Math.round(task.percent)}%`, value)), `Set to ${value}`);
  }

  /** Every selected cell that takes typing to what `value` says; over more than one row it is shown first. */
  setCells(title: string, value: (column: Column) => string, but?: Task): void {
    const { gantt } = this;
    const lines: Line[] = [];
    let names = 0;
    for (const { task, column } of gantt.choice.cells()) {
      if (task === but || !isTask(task) || !column.edit || !mayType(column.edit, task, gantt.rights)) continue;
      const text = value(column);
      const before = fieldText(column, task, gantt.plan);
      if (text === before) continue;
      if (column.edit === "name" && !text) names += 1;
      else lines.push(this.line(task, column.edit, column.label, before, text));
    }
    if (!lines.length) {
      gantt.say(names ? "A task needs a name. To take rows away, select them whole and press Delete." : "Nothing here would change.");
      return;
    }
    this.setLines(lines, title);
  }

  private setLines(lines: Line[], title: string): void {
    const { gantt } = this;
    if (!lines.length) return gantt.say("Nothing here would change.");
    if (lines.length === 1) {
      gantt.outbox.post(lines.flatMap((line) => line.changes), lines.flatMap((line) => line.cells));
      return;
    }
    void gantt.preview.open({ title, label: title, accept: "Accept", lines: merged(lines) });
  }

  line(task: Task, field: FieldName, label: string, before: string, text: string): Line {
    return {
      uid: task.uid,
      name: task.name,
      what: `${label}: ${before || "nothing"} → ${text || "nothing"}`,
      changes: [{ act: "set", task: task.uid, field, value: text }],
      cells: [{ uid: task.uid, field, text }],
    };
  }

  // --- within ----------------------------------------------------------------------------------

  /** The selected rows that lie under no other selected one, in the order of the plan. */
  topmost(): Task[] {
    const chosen = new Set(this.gantt.choice.tasks().filter(isTask));
    const lies = (task: Task): boolean => {
      for (let up = task.parent; up; up = up.parent) if (chosen.has(up)) return true;
      return false;
    };
    return [...chosen].filter((task) => !lies(task)).sort((one, other) => one.place - other.place);
  }

  private siblings(task: Task): Task[] {
    return task.parent ? task.parent.children : this.gantt.plan.tasks.filter((one) => !one.parent);
  }

  private send(changes: PlanChange[], label: string): void {
    if (!this.gantt.rights.edit) return;
    this.gantt.outbox.post(changes, [], { label });
  }

  /** What is done to one row is done at once, to several it is shown first; `whole`: all of it or nothing. */
  private propose(title: string, accept: string, lines: Line[], whole = false): void {
    const [first] = lines;
    if (!first) return this.nothing();
    if (lines.length === 1) this.send(first.changes, title);
    else this.preview(title, accept, lines, whole);
  }

  private preview(title: string, accept: string, lines: Line[], whole = false): void {
    if (!this.gantt.rights.edit) return;
    void this.gantt.preview.open({ title, label: title, accept, lines, whole });
  }

  /** What is done to a row and to all that lies below it. */
  private row(task: Task, what: string, changes: PlanChange[]): Line {
    const below = countBelow(task);
    const taken = below ? `, with ${below} ${below === 1 ? "row" : "rows"} below it` : "";
    return { uid: task.uid, name: task.name, what: what + taken, changes, cells: [] };
  }

  private reordered(): void {
    this.gantt.say("The outline is changed in the order of the plan: take filter, groups and sorting away first.");
  }

  private nothing(): void {
    this.gantt.say("Select a task first.");
  }
}

export function named(rows: Task[]): string {
  const [first] = rows;
  return rows.length === 1 && first ? first.name || "the task" : `${rows.length} rows`;
}

function countBelow(task: Task): number {
  return task.children.reduce((sum, child) => sum + 1 + countBelow(child), 0);
}

/** One line a task, with all that is done to it. */
export function merged(lines: Line[]): Line[] {
  const byTask = new Map<number, Line>();
  for (const line of lines) {
    const known = byTask.get(line.uid);
    if (!known) byTask.set(line.uid, { ...line });
    else {
      known.what += `; ${line.what}`;
      known.changes = [...known.changes, ...line.changes];
      known.cells = [...known.cells, ...line.cells];
    }
  }
  return [...byTask.values()];
}
