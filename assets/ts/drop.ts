// The drop zone is a plain file input under a drawn field; this shows what was chosen and takes dropped files.
const UNITS = ["bytes", "KB", "MB", "GB"];

function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

function show(zone: HTMLElement, input: HTMLInputElement): void {
  const files = [...(input.files ?? [])];
  const output = zone.querySelector<HTMLElement>("[data-drop-chosen]");
  if (!output) return;
  output.textContent = files.map((file) => `${file.name} (${size(file.size)})`).join(", ");
  zone.classList.toggle("is-chosen", files.length > 0);
}

export function listenForDrops(): void {
  document.addEventListener("change", (event) => {
    if (!(event.target instanceof HTMLInputElement)) return;
    const zone = event.target.closest<HTMLElement>("[data-drop]");
    if (zone) show(zone, event.target);
  });
  for (const kind of ["dragover", "dragleave", "drop"] as const) {
    document.addEventListener(kind, (event) => {
      const zone = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-drop]") : null;
      const input = zone?.querySelector<HTMLInputElement>("input[type=file]");
      if (!zone || !input) return;
      event.preventDefault();
      zone.classList.toggle("is-over", kind === "dragover");
      if (kind !== "drop" || !event.dataTransfer?.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}
