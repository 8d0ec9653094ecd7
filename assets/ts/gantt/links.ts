// Links between bars: right angles, out of the side the dependency speaks of, into the other with an arrow head.
import { extent, isMark, middle, ROW, type Look } from "./lanes";
import { type Link, type Task } from "./model";

const OUT = 9;
const ARROW = 5;
const MOST = 600;

export type LinkLook = "plain" | "critical" | "driving";
export type Paths = Record<LinkLook, { lines: string; heads: string }>;

interface Route {
  line: string;
  head: string;
}

/** The visible links as three outlines of lines and arrow heads, positions relative to the whole chart. */
export function drawLinks(look: Look, links: Link[], first: number, last: number): Paths {
  const lines: Record<LinkLook, string[]> = { plain: [], critical: [], driving: [] };
  const heads: Record<LinkLook, string[]> = { plain: [], critical: [], driving: [] };
  let drawn = 0;
  for (const link of links) {
    if (drawn >= MOST) break;
    const one = link.from.row;
    const other = link.to.row;
    if (one < 0 || other < 0 || (one < first && other < first) || (one > last && other > last)) {
      continue;
    }
    const found = route(look, link, one, other);
    if (!found) continue;
    drawn += 1;
    const kind = kindOf(look, link);
    lines[kind].push(found.line);
    heads[kind].push(found.head);
  }
  const joined = (kind: LinkLook): { lines: string; heads: string } => ({
    lines: lines[kind].join(""),
    heads: heads[kind].join(""),
  });
  return { plain: joined("plain"), critical: joined("critical"), driving: joined("driving") };
}

function kindOf(look: Look, link: Link): LinkLook {
  const drives = link.to.driver === "link" && link.to.driverUid === link.from.uid;
  if (look.switches.driving && drives && look.path.has(link.to.uid) && look.path.has(link.from.uid)) return "driving";
  return look.switches.critical && link.from.critical && link.to.critical ? "critical" : "plain";
}

function route(look: Look, link: Link, one: number, other: number): Route | null {
  const from = extent(link.from, look.scale);
  const to = extent(link.to, look.scale);
  if (!from || !to) return null;
  const outRight = link.kind === "FS" || link.kind === "FF";
  const intoLeft = link.kind === "FS" || link.kind === "SS";
  const x1 = outRight ? from.right : from.left;
  const x2 = intoLeft ? to.left : to.right;
  if (Math.max(x1, x2) + OUT < look.from || Math.min(x1, x2) - OUT > look.to) return null;
  const y1 = middle(one);
  const y2 = middle(other);
  const down = other > one;
  if (link.kind === "FS" && x2 >= x1 - 1) {
    // Straight on, then down (or up) onto the beginning of the bar.
    const x = x2 + (isMark(link.to) ? (to.right - to.left) / 2 : Math.min(6, (to.right - to.left) / 2));
    const tip = y2 + (down ? -1 : 1) * half(link.to);
    return { line: `M${n(x1)} ${y1}H${n(x)}V${tip}`, head: head(x, tip, 0, down ? 1 : -1) };
  }
  const way = intoLeft ? -1 : 1;
  const side = outRight ? 1 : -1;
  const beside = x2 + way * OUT;
  const start = x1 + side * OUT;
  const tip = n(x2);
  if (side === way) {
    // Both at the same end: round the outer one.
    const x = side > 0 ? Math.max(start, beside) : Math.min(start, beside);
    return { line: `M${n(x1)} ${y1}H${n(x)}V${y2}H${tip}`, head: head(x2, y2, -way, 0) };
  }
  const between = down ? one * ROW + ROW : one * ROW;
  return { line: `M${n(x1)} ${y1}H${n(start)}V${between}H${n(beside)}V${y2}H${tip}`, head: head(x2, y2, -way, 0) };
}

function half(task: Task): number {
  return isMark(task) ? 8 : task.summary ? 6 : 7;
}

/** A triangle whose tip is at x, y and that points to the side or up or down. */
function head(x: number, y: number, along: number, up: number): string {
  if (along) return `M${n(x)} ${y}l${-along * ARROW} ${-ARROW / 1.6}v${(ARROW / 1.6) * 2}z`;
  return `M${n(x)} ${y}l${-ARROW / 1.6} ${-up * ARROW}h${(ARROW / 1.6) * 2}z`;
}

function n(value: number): number {
  return Math.round(value * 10) / 10;
}
