// Proposed meetings: one key logs the meeting one is on, one leaves it out; the same as its buttons.
const BUTTONS: Record<string, string> = { a: "[data-accept]", x: "[data-leave]" };

export function listenForMeetings(): void {
  if (!document.querySelector("[data-meeting]")) return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target instanceof HTMLElement && event.target.matches("input, textarea, select")) return;
    const row = document.querySelector<HTMLElement>("[data-meeting].is-here");
    const button = BUTTONS[event.key] && row?.querySelector<HTMLButtonElement>(BUTTONS[event.key] ?? "");
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}
