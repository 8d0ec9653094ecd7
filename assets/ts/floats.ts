// Dialogues, popovers and the drawer of the navigation on narrow screens.
const GAP = 6;

let pressed: HTMLElement | null = null;

// The button that was pressed, where several open the same.
function opener(popover: HTMLElement): HTMLElement | null {
  if (pressed?.getAttribute("popovertarget") === popover.id && pressed.isConnected) return pressed;
  return document.querySelector(`[popovertarget="${CSS.escape(popover.id)}"]`);
}

function notePressed(event: MouseEvent): void {
  pressed = event.target instanceof Element ? event.target.closest<HTMLElement>("[popovertarget]") : null;
}

// Under its button, inside the window; above where there is no room below.
function place(popover: HTMLElement): void {
  const button = opener(popover);
  if (!button) return;
  const anchor = button.getBoundingClientRect();
  const box = popover.getBoundingClientRect();
  const below = anchor.bottom + GAP;
  const top = below + box.height > innerHeight && anchor.top > box.height + GAP ? anchor.top - box.height - GAP : below;
  const start = popover.dataset["align"] === "end" ? anchor.right - box.width : anchor.left;
  popover.style.margin = "0";
  popover.style.inset = "auto";
  popover.style.top = `${Math.max(GAP, Math.min(top, innerHeight - box.height - GAP))}px`;
  popover.style.left = `${Math.max(GAP * 2, Math.min(start, innerWidth - box.width - GAP * 2))}px`;
}

function onToggle(event: Event): void {
  const popover = event.target;
  if (!(popover instanceof HTMLElement) || !popover.matches("[popover].hw-float")) return;
  const open = (event as ToggleEvent).newState === "open";
  opener(popover)?.setAttribute("aria-expanded", String(open));
  if (!open) return;
  place(popover);
  popover.querySelector<HTMLElement>("[data-menu] a, [data-menu] button")?.focus();
}

function moveInMenu(event: KeyboardEvent): void {
  const menu = event.target instanceof Element ? event.target.closest("[data-menu]") : null;
  if (!menu) return;
  const items = [...menu.querySelectorAll<HTMLElement>("a, button")];
  const here = items.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  items[(to + items.length) % items.length]?.focus();
}

export function openDialog(dialog: Element | null): void {
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

function setDrawer(open: boolean): void {
  const side = document.getElementById("navigation");
  const burger = document.querySelector<HTMLElement>("[data-drawer-open]");
  side?.classList.toggle("is-open", open);
  burger?.setAttribute("aria-expanded", String(open));
  if (open) side?.querySelector<HTMLElement>("a")?.focus();
  else if (side?.contains(document.activeElement)) burger?.focus();
}

function onClick(event: MouseEvent): void {
  if (!(event.target instanceof Element)) return;
  const opens = event.target.closest<HTMLElement>("[data-dialog-open]");
  if (opens) {
    // A link leads to the same as a page, for who has no scripts.
    if (opens instanceof HTMLAnchorElement) event.preventDefault();
    openDialog(document.getElementById(opens.dataset["dialogOpen"] ?? ""));
  }
  if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
  // A click on the backdrop has the dialogue itself as its target.
  if (event.target instanceof HTMLDialogElement && event.target.matches(".hw-dialog")) event.target.close();
  event.target.closest<HTMLElement>("[data-dismiss]")?.closest<HTMLElement>(".hw-notice")?.remove();
  if (event.target.closest("[data-drawer-open]")) setDrawer(true);
  if (event.target.closest("[data-drawer-close]")) setDrawer(false);
  if (event.target.closest("[data-print]")) print();
}

function onKeydown(event: KeyboardEvent): void {
  moveInMenu(event);
  if (event.key !== "Escape" || document.querySelector("dialog[open], [popover]:popover-open")) return;
  if (document.querySelector(".hw-side.is-open")) setDrawer(false);
  else document.querySelector<HTMLElement>(".hw-pane [data-pane-close]")?.click();
}

/** Dialogues that the server has sent open themselves. */
export function openSentDialogs(root: ParentNode): void {
  for (const dialog of root.querySelectorAll("dialog[data-dialog-auto]")) openDialog(dialog);
}

export function listenForFloats(): void {
  document.addEventListener("toggle", onToggle, true);
  document.addEventListener("click", notePressed, true);
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKeydown);
  openSentDialogs(document);
}
