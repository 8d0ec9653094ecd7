// The key of a form that makes something stays with the page's place in the history: who goes back to the page and
// sends the form again sends the same key, and nothing is made a second time.

const STATE = "once";

type Keys = Record<string, string>;

function nameOf(field: HTMLInputElement): string {
  return field.form?.getAttribute("action") ?? "";
}

/** The keys of this place in the history: those it had when the page was here before, else those that were sent. */
export function keepKeys(): void {
  const fields = [...document.querySelectorAll<HTMLInputElement>("input[data-once]")];
  if (fields.length === 0) return;
  const state = (history.state ?? {}) as Record<string, unknown>;
  const before = (state[STATE] ?? {}) as Keys;
  for (const field of fields) field.value = before[nameOf(field)] ?? field.value;
  const keys: Keys = { ...before };
  for (const field of fields) keys[nameOf(field)] = field.value;
  history.replaceState({ ...state, [STATE]: keys }, "");
}
