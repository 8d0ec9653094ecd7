// The running timer in the frame, and the zone for the forms that start one.

/** Minutes of a running timer, as '1:23'. */
function ticking(): void {
  for (const place of document.querySelectorAll<HTMLElement>("[data-timer-since]")) {
    const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(place.dataset["timerSince"] ?? "")) / 60000));
    if (Number.isNaN(minutes)) continue;
    place.textContent = `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
  }
}

/** The browser's zone, for forms that ask where midnight is. */
function fillZones(root: ParentNode): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const field of root.querySelectorAll<HTMLInputElement>("input[data-zone]")) field.value = zone;
}

export function listenForTimer(): void {
  fillZones(document);
  document.addEventListener("htmx:after:swap", () => fillZones(document));
  ticking();
  if (document.querySelector("[data-timer-since]")) setInterval(ticking, 20_000);
}
