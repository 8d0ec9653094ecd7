// What the page shows, as a file or on paper: rows, columns, zoom and switches as they stand; drawn by the server.
import { AWAY, Away, SignedOut } from "../net";
import { type Column, columnOf } from "./columns";
import { conditionText } from "./conditions";
import { type Gantt } from "./element";
import { isBlank } from "./fields";
import { type Task, overflows } from "./model";
import { QUICK, isGroup } from "./listing";
import { type Look, wordsOf } from "./lanes";
import { ask } from "./server";

type Form = "pdf" | "pptx" | "png" | "svg" | "print";

const MOST_LETTERS = 500;

export class Exporting {
  private readonly form: HTMLFormElement | null;

  constructor(private readonly gantt: Gantt) {
    this.form = gantt.querySelector<HTMLFormElement>("[data-gx=export]");
    this.form?.addEventListener("submit", (event) => {
      event.preventDefault();
      const form = event.submitter instanceof HTMLButtonElement ? event.submitter.value : "pdf";
      this.form?.closest<HTMLElement>("[popover]")?.hidePopover();
      void this.make(form as Form);
    });
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "p") return;
      if (!this.form || gantt.offsetParent === null) return;
      event.preventDefault();
      void this.make("print");
    });
    addEventListener("afterprint", () => document.querySelector(".gx-paper")?.remove());
  }

  private async make(form: Form): Promise<void> {
    const { gantt } = this;
    gantt.say(form === "print" ? "The pages are being drawn…" : "The file is being written…");
    try {
      await gantt.refresh(false);
      const body = new FormData();
      body.append("shown", new Blob([JSON.stringify(this.shown(form))], { type: "application/json" }), "shown.json");
      const answer = await ask(this.form?.action ?? "", { method: "POST", body });
      if (!answer.ok) gantt.say(await refusal(answer));
      else if (form === "print") await this.print((await answer.json()) as { pages: string[] });
      else this.save(await answer.blob(), nameOf(answer) ?? `plan.${form}`);
    } catch (failure) {
      if (!(failure instanceof Away || failure instanceof SignedOut)) throw failure;
      gantt.say(failure instanceof Away ? AWAY : failure.message);
    }
  }

  private save(file: Blob, name: string): void {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
    this.gantt.say(`${name} is saved where your browser keeps files. It is a working copy.`);
  }

  private async print({ pages }: { pages: string[] }): Promise<void> {
    document.querySelector(".gx-paper")?.remove();
    const paper = document.createElement("div");
    paper.className = "gx-paper";
    paper.setAttribute("aria-hidden", "true");
    for (const page of pages) {
      const sheet = new DOMParser().parseFromString(page, "image/svg+xml").documentElement;
      const element = document.createElement("div");
      element.append(document.importNode(sheet, true));
      paper.append(element);
    }
    document.body.append(paper);
    this.gantt.say(pages.length === 1 ? "One page to print." : `${pages.length} pages to print.`);
    await new Promise(requestAnimationFrame);
    print();
  }

  private field(name: string): string {
    const field = this.form?.elements.namedItem(name);
    return field instanceof HTMLSelectElement ? field.value : "";
  }

  /** Everything that the server does not know of what is on the screen. */
  private shown(form: Form): object {
    const { gantt } = this;
    const { plan, settings, view, look } = gantt;
    const writing = { monthFirst: gantt.monthFirst };
    const columns = this.field("columns") === "all" ? gantt.columns() : this.columnsInSight();
    const { scrollLeft, clientWidth } = view.chart;
    const rows = gantt.shownTasks().filter((task) => !isBlank(task) && (task.id || isGroup(task)));
    return {
      form,
      paper: this.field("paper"),
      span: this.field("span"),
      version: plan.version,
      baseline: plan.baseline,
      first: Math.round(look.scale.at(scrollLeft)),
      last: Math.round(look.scale.at(scrollLeft + clientWidth)),
      per_day: look.scale.perDay,
      chart_width: clientWidth,
      switches: Object.entries(settings.switches).flatMap(([name, on]) => (on ? [name] : [])),
      columns: columns.map((column) => ({
        title: column.label,
        width: settings.width(column),
        right: column.end === true,
        tree: column.key === "name",
      })),
      rows: rows.map((task) => ({
        uid: isGroup(task) ? 0 : task.uid,
        level: task.level,
        cells: columns.map((column) => short(column.text(task, plan, writing) + (column.key === "name" ? this.tags(task, look.paint) : ""))),
        words: isGroup(task) ? "" : short(wordsOf(task, look)),
        tint: look.paint?.(task)?.row ?? "",
        bar: look.paint?.(task)?.bar ?? "",
        looks: [
          ...(isGroup(task) ? ["group"] : []),
          ...(task.summary && overflows(task) ? ["over"] : []),
          ...(look.path.has(task.uid) ? ["driving"] : []),
        ],
      })),
      remarks: this.remarks().map(short),
    };
  }

  /** What stands beside a name: the figures of a group, or the words of the rules that paint a row. */
  private tags(task: Task, paint: Look["paint"]): string {
    const tags = isGroup(task) ? [task.words] : (paint?.(task)?.tags ?? []).map(({ words }) => words);
    return tags.length ? ` (${tags.join(", ")})` : "";
  }

  /** The columns of which at least half can be seen beside the bars, and the names in any case. */
  private columnsInSight(): Column[] {
    const { settings, view } = this.gantt;
    const { scrollLeft, clientWidth } = view.grid;
    const kept = this.gantt.room.keptColumns();
    const columns = this.gantt.columns();
    const { covered } = this.gantt.room;
    let left = -scrollLeft;
    return columns.filter((column, at) => {
      const width = settings.width(column);
      const middle = left + width / 2;
      left += width;
      return at < kept || column.key === "name" || (middle >= covered && middle <= clientWidth);
    });
  }

  /** Filter, order and groups in words. */
  private remarks(): string[] {
    const { plan, settings, monthFirst } = this.gantt;
    const words: string[] = [];
    if (settings.quick) words.push(`Only: ${QUICK.find(([name]) => name === settings.quick)?.[1] ?? settings.quick}`);
    if (settings.search.trim()) words.push(`Found by “${settings.search.trim()}”`);
    const conditions = settings.conditions.map((condition) => conditionText(condition, plan, monthFirst));
    if (conditions.length) words.push(`Where ${conditions.join(settings.match === "all" ? " and " : " or ")}`);
    const sorted = settings.sort.map(({ column, down }) => `${columnOf(column)?.label ?? column}${down ? ", largest first" : ""}`);
    if (sorted.length) words.push(`Ordered by ${sorted.join(", then ")}`);
    if (settings.group) words.push(`Grouped by ${columnOf(settings.group)?.label ?? settings.group}`);
    return words.slice(0, 20);
  }
}

function short(text: string): string {
  return text.slice(0, MOST_LETTERS);
}

function nameOf(answer: Response): string | null {
  const found = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get("Content-Disposition") ?? "");
  return found?.[1] ? decodeURIComponent(found[1]) : null;
}

async function refusal(answer: Response): Promise<string> {
  try {
    const { detail } = (await answer.json()) as { detail?: string };
    if (detail) return detail;
  } catch {
    // an answer without words of its own
  }
  return `The server answered ${answer.status}. No file was made.`;
}
