// Sentences at the top of the page, as the server writes them (cotton/notice.html), said by the page itself.
const ICONS = { error: "alert-circle", success: "circle-check", info: "info-circle", warning: "alert-triangle" } as const;
export type NoticeKind = keyof typeof ICONS;

function sprite(): string {
  return document.querySelector("svg.hw-icon use")?.getAttribute("href")?.split("#")[0] ?? "";
}

function icon(name: string): SVGSVGElement {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  drawing.setAttribute("class", "hw-icon");
  drawing.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${sprite()}#${name}`);
  drawing.append(use);
  return drawing;
}

/** A notice with one sentence and, where given, one act. */
export function notice(kind: NoticeKind, text: string, act?: { label: string; run: () => void }): HTMLElement {
  const box = document.createElement("div");
  box.className = `hw-notice hw-notice-${kind}`;
  const words = document.createElement("div");
  words.textContent = text;
  box.append(icon(ICONS[kind]), words);
  if (act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-small";
    button.textContent = act.label;
    button.addEventListener("click", act.run);
    box.append(button);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn-close-quiet";
  close.dataset["dismiss"] = "";
  close.setAttribute("aria-label", "Dismiss");
  close.append(icon("x"));
  box.append(close);
  return box;
}

/** Say it at the top of the page, once: the same sentence is not said twice. */
export function tell(kind: NoticeKind, text: string, act?: { label: string; run: () => void }): void {
  const place = document.getElementById("messages");
  if (!place) return;
  for (const said of place.querySelectorAll(".hw-notice")) if (said.textContent?.includes(text)) said.remove();
  const box = notice(kind, text, act);
  place.prepend(box);
  box.scrollIntoView({ block: "nearest" });
}
