// The workspace's one script: htmx, and the small behaviours that the markup asks for by data attributes.
import "htmx.org";
import { listenForApproving } from "./approving";
import { listenForBusyForms } from "./busy";
import { listenForCopying } from "./burn";
import { listenForHeat } from "./capacity";
import { listenForComments } from "./comments";
import { listenForDesk } from "./desk";
import { listenForDrops } from "./drop";
import { listenForDrafts } from "./drafts";
import { listenForEstimate } from "./estimate";
import { listenForFloats, openDialog, openSentDialogs } from "./floats";
import { listenForTasks } from "./my_tasks";
import { listenForInbox } from "./inbox";
import { listenForHours } from "./week";
import { addShortcut, keysOfParts, listenForKeys, setSingleKeys, shortcuts, singleKeysOn } from "./keys";
import { listenForChanges } from "./live";
import { listenForMeetings } from "./meetings";
import { listenForMending } from "./mending";
import { keepKeys } from "./once";
import { listenForFailures } from "./net";
import { listenForPalette } from "./palette";
import { listenForPasskeys } from "./passkeys";
import { listenForColumnMoves } from "./portfolio";
import { listenForPreparing } from "./preparing";
import { type Theme, applyTheme, chooseTheme, chosenTheme, followSystem } from "./theme-choice";

const KEY_NAMES: Record<string, string> = { Mod: /Mac/.test(navigator.userAgent) ? "⌘" : "Ctrl", Escape: "Esc" };

function keyCaps(keys: string): HTMLElement {
  const caps = document.createElement("span");
  const chord = keys.startsWith("Mod+");
  keys.split(/[ +]/).forEach((name, index) => {
    const cap = document.createElement("kbd");
    cap.textContent = KEY_NAMES[name] ?? (chord ? name.toUpperCase() : name);
    if (index) caps.append(" ");
    caps.append(cap);
  });
  return caps;
}

function showKeyHelp(): void {
  const dialog = document.getElementById("key-help");
  const table = dialog?.querySelector("tbody");
  if (!dialog || !table) return;
  table.replaceChildren(
    ...[...shortcuts(), ...keysOfParts()].map((entry) => {
      const row = document.createElement("tr");
      const label = document.createElement("td");
      const keys = document.createElement("td");
      label.textContent = entry.label;
      keys.append(keyCaps(entry.keys));
      row.append(label, keys);
      return row;
    }),
  );
  const toggle = dialog.querySelector<HTMLInputElement>("[data-single-keys]");
  if (toggle) toggle.checked = singleKeysOn();
  openDialog(dialog);
}

function markTheme(): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset["themeChoice"] === chosenTheme()));
  }
}

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const theme = event.target.closest<HTMLElement>("[data-theme-choice]");
  if (theme) {
    chooseTheme(theme.dataset["themeChoice"] as Theme);
    markTheme();
  }
  if (event.target.closest("[data-key-help]")) showKeyHelp();
});
document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.matches("[data-single-keys]")) setSingleKeys(event.target.checked);
});
document.addEventListener("htmx:after:swap", () => openSentDialogs(document));

applyTheme();
followSystem();
markTheme();
if (document.getElementById("key-help")) addShortcut({ keys: "?", label: "Show these keys", run: showKeyHelp });
listenForKeys();
listenForFloats();
listenForApproving();
listenForBusyForms();
listenForComments();
listenForMending();
keepKeys();
listenForPreparing();
listenForDrops();
listenForPasskeys();
listenForPalette();
listenForFailures();
listenForDrafts();
listenForChanges();
listenForHours();
listenForMeetings();
listenForEstimate();
listenForTasks();
listenForDesk();
listenForInbox();
listenForColumnMoves();
listenForCopying();
listenForHeat();
