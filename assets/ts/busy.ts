// Forms whose answer takes seconds: once sent, the button says so, cannot be pressed twice, and the seconds are counted.
const CALM_MS = 300;

function wait(form: HTMLFormElement): void {
  const started = Date.now();
  const note = document.createElement("p");
  note.className = "hw-busy";
  note.setAttribute("role", "status");
  const words = document.createElement("span");
  words.textContent = form.dataset["busy"] ?? "";
  const seconds = document.createElement("span");
  seconds.setAttribute("aria-hidden", "true");
  note.append(words, " ", seconds);
  setTimeout(() => form.append(note), CALM_MS);
  setInterval(() => {
    seconds.textContent = `${Math.round((Date.now() - started) / 1000)} s`;
  }, 1000);
  // Not at once: a button that is disabled while its form is being sent would not be sent with it.
  setTimeout(() => {
    for (const button of form.querySelectorAll<HTMLButtonElement>("button[type=submit]")) button.disabled = true;
  });
}

export function listenForBusyForms(): void {
  document.addEventListener("submit", (event) => {
    if (event.target instanceof HTMLFormElement && event.target.dataset["busy"] && !event.defaultPrevented) wait(event.target);
  });
  // Coming back by the browser's own button finds the form as it was left.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const note of document.querySelectorAll(".hw-busy")) note.remove();
    for (const button of document.querySelectorAll<HTMLButtonElement>("form[data-busy] button[type=submit]")) button.disabled = false;
  });
}
