// What a person types in a form is kept in this tab until the server has accepted it: the end of a session, a server
// that restarts or a tab reloaded by mistake lose nothing. Passwords, files and what the server has hidden are not kept,
// but for the version and the values the person started from, so that a stale save is still seen as one.
import { fresh, ready } from "./net";
import { notice } from "./notices";

const PREFIX = "headway.typed:";
const COOKIE = "headway_typed";
const FIELD = "_typed";
const KEEP_MS = 12 * 3600 * 1000;
const FORMS = ".hw-work form[method=post]:not([data-no-draft])";

interface Draft {
  at: number;
  fields: Record<string, string[]>;
}

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function nameOf(form: HTMLFormElement): string {
  const text = `${location.pathname}|${form.getAttribute("action") ?? ""}|${form.id}|${[...form.elements].map((item) => (item as Field).name).join()}`;
  let hash = 5381n;
  for (const letter of text) hash = BigInt.asUintN(52, hash * 33n + BigInt(letter.codePointAt(0) ?? 0));
  return hash.toString(16);
}

function kept(form: HTMLFormElement): Field[] {
  return [...form.elements].filter((item): item is Field => {
    if (item instanceof HTMLTextAreaElement || item instanceof HTMLSelectElement) return item.name !== "";
    if (!(item instanceof HTMLInputElement) || item.name === "" || item.name === FIELD) return false;
    if (item.type === "hidden") return item.name === "version" || item.name.startsWith("initial-");
    return !["password", "file", "submit", "button", "image"].includes(item.type);
  });
}

function read(form: HTMLFormElement): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const item of kept(form)) {
    const values = (fields[item.name] ??= []);
    if (item instanceof HTMLInputElement && (item.type === "checkbox" || item.type === "radio")) {
      if (item.checked) values.push(item.value);
    } else if (item instanceof HTMLSelectElement) {
      values.push(...[...item.selectedOptions].map((option) => option.value));
    } else values.push(item.value);
  }
  return fields;
}

function write(form: HTMLFormElement, fields: Record<string, string[]>): void {
  const left = structuredClone(fields);
  for (const item of kept(form)) {
    const values = left[item.name];
    if (!values) continue;
    if (item instanceof HTMLInputElement && (item.type === "checkbox" || item.type === "radio")) {
      item.checked = values.includes(item.value);
    } else if (item instanceof HTMLSelectElement) {
      for (const option of item.options) option.selected = values.includes(option.value);
    } else item.value = values.shift() ?? "";
  }
}

function stored(name: string): Draft | null {
  try {
    const draft = JSON.parse(sessionStorage.getItem(PREFIX + name) ?? "null") as Draft | null;
    return draft && Date.now() - draft.at < KEEP_MS ? draft : null;
  } catch {
    return null;
  }
}

function keep(form: HTMLFormElement): void {
  try {
    sessionStorage.setItem(PREFIX + nameOf(form), JSON.stringify({ at: Date.now(), fields: read(form) } satisfies Draft));
  } catch {
    // without storage, or with a full one, the form itself still holds what was typed
  }
}

function forget(name: string): void {
  try {
    sessionStorage.removeItem(PREFIX + name);
  } catch {
    // nothing is kept then
  }
}

function sameBut(one: Record<string, string[]>, other: Record<string, string[]>): boolean {
  const plain = (fields: Record<string, string[]>) => JSON.stringify({ ...fields, version: [] });
  return plain(one) === plain(other);
}

/** Put back what was typed in the forms of this page and was not accepted. */
function restore(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>(FORMS)) {
    const name = nameOf(form);
    const draft = stored(name);
    if (!draft) continue;
    const sent = read(form);
    if (sameBut(draft.fields, sent)) continue;
    write(form, draft.fields);
    const time = new Date(draft.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    const said = notice("info", `What you typed here at ${time} is back. It is not saved yet.`, {
      label: "Discard it",
      run: () => {
        write(form, sent);
        forget(name);
        said.remove();
      },
    });
    form.prepend(said);
  }
}

function accepted(): void {
  const found = new RegExp(`(?:^|; )${COOKIE}=([0-9a-f]+)`).exec(document.cookie);
  if (!found?.[1]) return;
  forget(found[1]);
  document.cookie = `${COOKIE}=; Max-Age=0; Path=/; SameSite=Lax`;
}

const letThrough = new WeakSet<HTMLFormElement>();

// A form goes out only when the server is there and the session lives; else it stays, with what was typed. Where the
// page has heard from the server within seconds, the form goes at once; should it be lost then, it is kept all the same.
function onSubmit(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches(FORMS) || event.defaultPrevented) return;
  if (form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]")) return; // htmx sends it and stays on the page
  if (letThrough.delete(form)) return;
  keep(form);
  let field = form.querySelector<HTMLInputElement>(`input[name=${FIELD}]`);
  if (!field) {
    const name = nameOf(form);
    field = document.createElement("input");
    field.type = "hidden";
    field.name = FIELD;
    field.value = name;
    form.append(field);
  }
  if (fresh()) return;
  event.preventDefault();
  void ready().then((can) => {
    if (!can) return;
    letThrough.add(form);
    form.requestSubmit(event.submitter instanceof HTMLElement && form.contains(event.submitter) ? event.submitter : null);
  });
}

/** Whether somebody has typed in this part of the page what is not saved. */
export function isTouched(part: Element): boolean {
  const touched = (form: HTMLFormElement) => [...form.elements].some((item) => item.matches("[data-touched]"));
  return [...part.querySelectorAll("form"), part.closest("form")].some((form) => form !== null && touched(form));
}

export function listenForDrafts(): void {
  accepted();
  restore(document);
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement)) return;
    field.dataset["touched"] = "";
    if (field.form?.matches(FORMS)) keep(field.form);
  });
  // Going back on purpose is giving up: a link among the form's buttons discards what was typed.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest(".hw-form-actions a") : null;
    const form = link?.closest("form");
    if (form) forget(nameOf(form));
  });
  document.addEventListener("submit", onSubmit);
}
