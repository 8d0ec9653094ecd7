// A field of the house's own: its name, what it holds, for this project or for all; the new one becomes a column at once.
import { Away, SignedOut } from "../net";
import { OWN } from "./columns";
import { TINTS } from "./conditions";
import { type Gantt } from "./element";
import { type FieldKind, type OwnField } from "./model";
import { actButton, labelled, selectOf } from "./parts";
import { Refused, send } from "./server";

const KINDS: [FieldKind, string][] = [
  ["text", "Text"],
  ["number", "Number"],
  ["money", "Money"],
  ["date", "Day"],
  ["yes_no", "Yes or no"],
  ["choice", "Choice with colours"],
  ["person", "Person"],
];

export class FieldForm {
  constructor(
    private readonly gantt: Gantt,
    private readonly done: () => void,
  ) {}

  /** The form, folded away behind its button; nothing for who may add no field. */
  elements(): HTMLElement[] {
    const { fields, houseFields } = this.gantt.dataset;
    if (!fields) return [];
    const more = document.createElement("details");
    more.className = "gx-new-field";
    const title = document.createElement("summary");
    title.className = "btn";
    title.textContent = "Add a column of your own";
    const form = document.createElement("form");
    form.append(
      field("Name", input("name", 100, true)),
      field("It holds", selectOf(KINDS, "text", "", (kind) => (choices.hidden = kind !== "choice"), ), "kind"),
    );
    const choices = field("Choices, one a line", area("choices"));
    choices.hidden = true;
    form.append(choices);
    if (houseFields) form.append(field("For", selectOf([["", "this project"], ["house", "all projects"]], "", "", () => undefined), "scope"));
    const said = document.createElement("p");
    said.className = "gx-form-said";
    said.setAttribute("role", "alert");
    const add = actButton("Add the column", "btn btn-primary", () => undefined);
    add.type = "submit";
    form.append(said, add);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.add(form, said);
    });
    more.append(title, form);
    return [more];
  }

  private async add(form: HTMLFormElement, said: HTMLElement): Promise<void> {
    const { gantt } = this;
    const given = new FormData(form);
    const words = (name: string): string => String(given.get(name) ?? "").trim();
    const lines = words("choices").split("\n").map((line) => line.trim()).filter(Boolean);
    const choices = lines.map((name, at) => ({ name, colour: TINTS[(at + 2) % TINTS.length]?.[0] ?? "grey" }));
    const kind = words("kind");
    const address = words("scope") ? gantt.dataset["houseFields"] : gantt.dataset["fields"];
    try {
      const made = (await send(address ?? "", "POST", { name: words("name"), kind, choices: kind === "choice" ? choices : [] })) as OwnField;
      await gantt.refresh(false);
      gantt.settings.choose(`${OWN}${made.key}`, true);
      gantt.looked();
      gantt.say(`The column “${made.name}” is added.`);
      this.done();
    } catch (failure) {
      if (!(failure instanceof Refused || failure instanceof Away || failure instanceof SignedOut)) throw failure;
      said.textContent = failure.message;
    }
  }
}

function field(text: string, control: HTMLElement, name = ""): HTMLElement {
  if (name) control.setAttribute("name", name);
  return labelled(text, control);
}

function input(name: string, longest: number, required: boolean): HTMLInputElement {
  const made = document.createElement("input");
  made.className = "form-control";
  made.name = name;
  made.maxLength = longest;
  made.required = required;
  made.autocomplete = "off";
  return made;
}

function area(name: string): HTMLTextAreaElement {
  const made = document.createElement("textarea");
  made.className = "form-control";
  made.name = name;
  made.rows = 3;
  return made;
}
