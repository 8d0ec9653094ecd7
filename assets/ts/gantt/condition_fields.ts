// The fields by which a condition is written: column, relation, value; for filters and for rules of colour.
import { type Column, allColumns, columnOf } from "./columns";
import { type Condition, type Relation, asks, isReadable, relationsOf } from "./conditions";
import { type SortKey } from "./listing";
import { type Plan } from "./model";
import { actButton, selectOf } from "./parts";

export interface Writing {
  change: (now: Partial<Condition>) => void;
  /** The fields are to be drawn anew: another column asks for another value. */
  again: () => void;
  remove: () => void;
}

export function pick(columns: Column[]): [string, string][] {
  return columns.map((column) => [column.key, column.label]);
}

/** The first column that nothing is ordered by yet. */
export function first(columns: Column[], sort: SortKey[]): Column | undefined {
  return columns.find((column) => !sort.some((one) => one.column === column.key));
}

export function conditionFields(plan: Plan, condition: Condition, writing: Writing): HTMLLIElement {
  const line = document.createElement("li");
  const column = columnOf(condition.column);
  const columns = pick(allColumns());
  if (!column) columns.unshift([condition.column, "A column that is gone"]);
  const relations = column ? relationsOf(column) : [];
  line.append(
    selectOf(columns, condition.column, "Column", (key) => {
      const chosen = columnOf(key);
      const relation = (chosen && relationsOf(chosen)[0]?.[0]) ?? "is";
      writing.change({ column: key, relation, value: chosen?.kind === "yes_no" ? "Yes" : "" });
      writing.again();
    }),
    selectOf(relations, condition.relation, "Relation", (relation) => {
      writing.change({ relation: relation as Relation });
      writing.again();
    }),
  );
  if (column && asks(condition.relation)) line.append(...valueFields(plan, column, condition, writing));
  line.append(actButton("Remove", "btn btn-small", writing.remove, `Remove the condition on ${column?.label ?? "a column"}`));
  return line;
}

const HINTS: Record<Column["kind"], string> = {
  text: "Word",
  number: "Number",
  amount: "Such as 5d or 12h",
  percent: "0 to 100",
  date: "2026-03-12, today, today+7",
  yes_no: "",
};

function valueFields(plan: Plan, column: Column, condition: Condition, writing: Writing): HTMLElement[] {
  if (column.kind === "yes_no") {
    const value = /^y/i.test(condition.value) ? "Yes" : "No";
    return [selectOf([["Yes", "yes"], ["No", "no"]], value, `Value of ${column.label}`, (now) => writing.change({ value: now }))];
  }
  const field = document.createElement("input");
  field.className = "form-control";
  field.value = condition.value;
  field.placeholder = HINTS[column.kind];
  field.maxLength = 200;
  field.setAttribute("aria-label", `Value of ${column.label}`);
  const check = (): void => {
    const wrong = field.value.trim() !== "" && !isReadable({ ...condition, value: field.value }, plan);
    field.setAttribute("aria-invalid", String(wrong));
    field.title = wrong ? `Not understood. Write ${HINTS[column.kind]}.` : "";
  };
  field.addEventListener("input", () => {
    check();
    writing.change({ value: field.value });
  });
  check();
  const made: HTMLElement[] = [field];
  const options = column.options?.(plan) ?? [];
  if (options.length) {
    const list = document.createElement("datalist");
    list.id = `gx-values-${(counter += 1)}`;
    list.append(...options.map((value) => new Option(value, value)));
    field.setAttribute("list", list.id);
    made.push(list);
  }
  return made;
}
let counter = 0;
