// The controls by which a person chooses what of the plan is shown: search, filter, groups and order, colours, columns, views.
import { ColumnList } from "./column_list";
import { ColumnMenu } from "./column_menu";
import { allColumns } from "./columns";
import { conditionFields, first, pick } from "./condition_fields";
import { type Condition, type Rule, TINTS, wordsOf } from "./conditions";
import { type Gantt } from "./element";
import { QUICK } from "./listing";
import { type Tint } from "./model";
import { actButton, feet, heading, labelled, quiet, selectOf } from "./parts";
import { Views } from "./views";

const MOST_CONDITIONS = 20;
const MOST_SORTS = 5;

export class Looking {
  private readonly views: Views;
  private readonly columns: ColumnList;

  constructor(private readonly gantt: Gantt) {
    this.views = new Views(gantt);
    this.columns = new ColumnList(gantt);
  }

  begin(): void {
    const { gantt } = this;
    const search = this.tool<HTMLInputElement>("text");
    search?.addEventListener("input", () => gantt.ask({ search: search.value }));
    const quick = this.tool<HTMLSelectElement>("filter");
    quick?.replaceChildren(...QUICK.map(([value, words]) => new Option(words, value)));
    quick?.addEventListener("change", () => gantt.ask({ quick: quick.value }));
    this.fills("filters", () => this.filter());
    this.fills("arrange", () => this.arrange());
    this.fills("colours", () => this.colours());
    document.addEventListener("headway:plan-look", () => this.show());
    this.columns.begin();
    this.views.begin();
    new ColumnMenu(gantt);
    this.tool("clear")?.addEventListener("click", () => {
      gantt.ask({ quick: "", search: "", conditions: [] });
      search?.focus();
    });
  }

  /** Columns have come or gone. */
  renew(): void {
    this.columns.renew();
  }

  private tool<T extends HTMLElement>(name: string): T | null {
    return this.gantt.querySelector<T>(`[data-gx="${name}"]`);
  }

  /** Fill a popover each time that it opens. */
  private fills(name: string, make: () => HTMLElement[]): void {
    const place = this.tool(name);
    place?.closest("[popover]")?.addEventListener("beforetoggle", (event) => {
      if ((event as ToggleEvent).newState === "open") place.replaceChildren(...make());
    });
  }

  private refill(name: string, make: () => HTMLElement[], focus: string): void {
    const place = this.tool(name);
    place?.replaceChildren(...make());
    const fields = place?.querySelectorAll<HTMLElement>(focus);
    fields?.[fields.length - 1]?.focus();
  }

  /** What the controls say of what is shown. */
  private show(): void {
    const { settings, plan, monthFirst } = this.gantt;
    const search = this.tool<HTMLInputElement>("text");
    if (search && search.value !== settings.search) search.value = settings.search;
    const quick = this.tool<HTMLSelectElement>("filter");
    if (quick) quick.value = settings.quick;
    const count = (name: string, number: number): void => {
      const badge = this.tool(name);
      if (!badge) return;
      badge.textContent = number ? String(number) : "";
      badge.hidden = !number;
    };
    count("filter-count", settings.conditions.length);
    count("arrange-count", settings.sort.length + Number(settings.group !== ""));
    count("colour-count", settings.rules.length);
    const legend = this.tool("legend");
    legend?.replaceChildren(
      ...settings.rules.map((rule) => {
        const item = document.createElement("span");
        item.className = `gx-tag gx-tag-${rule.tint}`;
        item.textContent = wordsOf(rule, plan, monthFirst);
        return item;
      }),
    );
    if (legend) legend.hidden = !settings.rules.length;
  }

  // --- filter ----------------------------------------------------------------------------------

  private filter(): HTMLElement[] {
    const { gantt } = this;
    const { conditions } = gantt.settings;
    const again = (focus: string): void => this.refill("filters", () => this.filter(), focus);
    const lines = conditions.map((condition, at) =>
      conditionFields(gantt.plan, condition, {
        change: (now) => gantt.ask({ conditions: conditions.map((one) => (one === condition ? Object.assign(condition, now) : one)) }),
        again: () => again(`li:nth-child(${at + 1}) select`),
        remove: () => {
          gantt.ask({ conditions: conditions.filter((one) => one !== condition) });
          again("button");
        },
      }),
    );
    const list = document.createElement("ul");
    list.className = "gx-lines-list";
    list.append(...lines);
    const match = selectOf(
      [
        ["all", "All of these hold"],
        ["any", "Any of these holds"],
      ],
      gantt.settings.match,
      "How the conditions are joined",
      (value) => gantt.ask({ match: value as "all" | "any" }),
    );
    const add = actButton("Add a condition", "btn", () => {
      gantt.ask({ conditions: [...conditions, { column: "name", relation: "contains", value: "" }] });
      again("li:last-child select");
    });
    add.disabled = conditions.length >= MOST_CONDITIONS;
    const clear = actButton("Show all tasks", "btn", () => {
      gantt.ask({ conditions: [], quick: "", search: "" });
      again("button");
    });
    return [heading("Show tasks where"), ...(conditions.length > 1 ? [match] : []), list, feet(add, ...(conditions.length ? [clear] : []))];
  }

  // --- groups and order ------------------------------------------------------------------------

  private arrange(): HTMLElement[] {
    const { gantt } = this;
    const { sort, group } = gantt.settings;
    const again = (focus: string): void => this.refill("arrange", () => this.arrange(), focus);
    const columns = allColumns();
    const groups = labelled("Group by", selectOf([["", "The outline of the plan"], ...pick(columns)], group, "", (value) => gantt.ask({ group: value })));
    const lines = sort.map((key, at) => {
      const line = document.createElement("li");
      const put = (now: Partial<typeof key>): void => gantt.ask({ sort: sort.map((one) => (one === key ? { ...one, ...now } : one)) });
      line.append(
        selectOf(pick(columns), key.column, `Order by, ${at + 1}`, (column) => {
          put({ column });
          again(`li:nth-child(${at + 1}) select`);
        }),
        selectOf([["", "smallest first"], ["down", "largest first"]], key.down ? "down" : "", `Direction, ${at + 1}`, (value) => {
          put({ down: value === "down" });
          again(`li:nth-child(${at + 1}) select`);
        }),
        actButton("Remove", "btn btn-small", () => {
          gantt.ask({ sort: sort.filter((one) => one !== key) });
          again("button");
        }, `Do not order by this column, ${at + 1}`),
      );
      return line;
    });
    const list = document.createElement("ol");
    list.className = "gx-lines-list";
    list.append(...lines);
    const add = actButton(sort.length ? "Then by another column" : "Order by a column", "btn", () => {
      const free = columns.find((column) => column.key === "start" && !sort.some((one) => one.column === "start")) ?? first(columns, sort);
      if (!free) return;
      gantt.ask({ sort: [...sort, { column: free.key, down: false }] });
      again("li:last-child select");
    });
    add.disabled = sort.length >= MOST_SORTS;
    const note = quiet(group ? "Summaries are not shown in groups; each group tells its own totals." : "Sub-tasks stay under their summaries.");
    return [groups, heading("Order"), list, feet(add), note];
  }

  // --- colours ---------------------------------------------------------------------------------

  private colours(): HTMLElement[] {
    const { gantt } = this;
    const { rules } = gantt.settings;
    const again = (focus: string): void => this.refill("colours", () => this.colours(), focus);
    const put = (rule: Rule, now: Partial<Rule>): void => {
      Object.assign(rule, now);
      gantt.settings.rules = [...rules];
      gantt.looked();
    };
    const lines = rules.map((rule, at) => {
      const line = conditionFields(gantt.plan, rule.condition, {
        change: (now) => put(rule, { condition: Object.assign(rule.condition, now) as Condition }),
        again: () => again(`li:nth-child(${at + 1}) select`),
        remove: () => {
          gantt.settings.rules = rules.filter((one) => one !== rule);
          gantt.looked();
          again("button");
        },
      });
      const words = document.createElement("input");
      words.className = "form-control";
      words.maxLength = 60;
      words.placeholder = "Words beside the name";
      words.setAttribute("aria-label", `Words beside the name, rule ${at + 1}`);
      words.value = rule.words;
      words.addEventListener("change", () => put(rule, { words: words.value.trim() }));
      const how = document.createElement("div");
      how.className = "gx-line-more";
      how.append(
        selectOf(TINTS, rule.tint, `Colour, rule ${at + 1}`, (value) => put(rule, { tint: value as Tint })),
        selectOf([["row", "the row"], ["bar", "the bar"]], rule.on, `What is coloured, rule ${at + 1}`, (value) => put(rule, { on: value as "row" | "bar" })),
        words,
      );
      line.append(how);
      return line;
    });
    const list = document.createElement("ol");
    list.className = "gx-lines-list gx-rules";
    list.append(...lines);
    const add = actButton("Add a rule", "btn", () => {
      const condition: Condition = { column: "status", relation: "is", value: "Late" };
      gantt.settings.rules = [...rules, { condition, tint: TINTS[rules.length % TINTS.length]?.[0] ?? "red", on: "row", words: "" }];
      gantt.looked();
      again("li:last-child select");
    });
    add.disabled = rules.length >= MOST_CONDITIONS;
    return [heading("Colour tasks where"), list, feet(add), quiet("The first rule that fits gives the colour; the words of every one stand beside the name.")];
  }
}
