// Words for the client: a button copies what the page shows, and says so.
const SAID_FOR = 2000;

async function copy(button: HTMLButtonElement): Promise<void> {
  const words = document.getElementById(button.dataset["copy"] ?? "")?.textContent?.trim();
  const label = button.lastChild;
  if (!words || !label) return;
  const before = label.textContent ?? "";
  try {
    await navigator.clipboard.writeText(words);
    label.textContent = "Copied";
  } catch {
    label.textContent = "Not copied: select the words and press Ctrl C";
  }
  window.setTimeout(() => { label.textContent = before; }, SAID_FOR);
}

export function listenForCopying(): void {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("[data-copy]") : null;
    if (button) void copy(button);
  });
}
