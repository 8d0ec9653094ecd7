// Approving several requests in one sitting: the dialogue shows exactly what is chosen, with its words, files and receivers.
function boxes(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>("[data-approve]")];
}

function showChosen(): void {
  const chosen = new Set(boxes().filter((box) => box.checked).map((box) => box.dataset["approve"]));
  for (const shown of document.querySelectorAll<HTMLElement>("[data-approve-shown]")) {
    shown.hidden = !chosen.has(shown.dataset["approveShown"]);
  }
  const none = document.querySelector<HTMLElement>("[data-approve-none]");
  if (none) none.hidden = chosen.size > 0;
  const send = document.querySelector<HTMLButtonElement>("[data-approve-send]");
  if (send) {
    send.disabled = chosen.size === 0;
    send.lastChild?.replaceWith(chosen.size > 1 ? `Approve these ${chosen.size}` : "Approve");
  }
  const all = document.querySelector<HTMLInputElement>("[data-approve-all]");
  if (all) {
    all.checked = chosen.size === boxes().length;
    all.indeterminate = chosen.size > 0 && !all.checked;
  }
}

export function listenForApproving(): void {
  document.addEventListener("change", (event) => {
    if (!(event.target instanceof HTMLInputElement)) return;
    if (event.target.matches("[data-approve-all]")) {
      for (const box of boxes()) box.checked = event.target.checked;
    } else if (!event.target.matches("[data-approve]")) {
      return;
    }
    showChosen();
  });
  if (boxes().length > 0) showChosen();
}
