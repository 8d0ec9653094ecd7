// The heat map: one stop for Tab, arrows between cells. Rows of sums have no links and are passed over.
const BY_KEY: Record<string, [number, number]> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

function linksOf(row: Element | null | undefined): HTMLAnchorElement[] {
  return row ? [...row.querySelectorAll<HTMLAnchorElement>("td > a")] : [];
}

/** Let Tab reach one cell of a map: the one that had it, else the first. */
function settle(map: Element, chosen?: HTMLAnchorElement): void {
  const links = linksOf(map);
  const stop = chosen ?? links.find((link) => link.tabIndex === 0 && link.hasAttribute("tabindex")) ?? links[0];
  for (const link of links) link.tabIndex = link === stop ? 0 : -1;
}

function next(link: HTMLAnchorElement, event: KeyboardEvent): HTMLAnchorElement | undefined {
  const row = link.closest("tr");
  const here = linksOf(row);
  const column = here.indexOf(link);
  if (event.key === "Home") return here[0];
  if (event.key === "End") return here.at(-1);
  const step = BY_KEY[event.key];
  if (!step) return undefined;
  if (step[1]) return here[column + step[1]];
  return linksOf(step[0] < 0 ? row?.previousElementSibling : row?.nextElementSibling)[column];
}

/** Arrow keys move within a heat map; a map that comes into the page later is settled when it is first entered. */
export function listenForHeat(): void {
  for (const map of document.querySelectorAll("[data-heat]")) settle(map);
  document.addEventListener("focusin", (event) => {
    const map = event.target instanceof Element ? event.target.closest("[data-heat]") : null;
    const link = map && event.target instanceof HTMLAnchorElement ? event.target : undefined;
    if (map && link) settle(map, link);
  });
  document.addEventListener("htmx:after:swap", () => {
    for (const map of document.querySelectorAll("[data-heat]")) settle(map);
  });
  document.addEventListener("keydown", (event) => {
    const link = event.target instanceof HTMLAnchorElement ? event.target : null;
    if (!link?.closest("[data-heat]") || event.altKey || event.ctrlKey || event.metaKey) return;
    const to = next(link, event);
    if (!to) return;
    event.preventDefault();
    event.stopPropagation();
    to.focus();
    to.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}
