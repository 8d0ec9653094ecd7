// Links between bars: right angles, out of the side the dependency speaks of, into the other with an arrow head.
import { extent, isMark, middle, ROW, type Look } from "./lanes";
import { type Link, type Task } from "./model";

const OUT = 9;
const ARROW = 5;
const MOST = 600;
const REACH = 5; // pixels beside a line that still count as on it

export type LinkLook = "plain" | "critical" | "driving";
export type Paths = Record<LinkLook, { lines: string; heads: string }>;

type Point = [x: number, y: number];

/** The corners of a link's line; its arrow head points along the last stretch. */
type Route = Point[];

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
    lines[kind].push(lineOf(found));
    heads[kind].push(headOf(found));
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
    return [[x1, y1], [x, y1], [x, y2 + (down ? -1 : 1) * half(link.to)]];
  }
  const way = intoLeft ? -1 : 1;
  const side = outRight ? 1 : -1;
  const beside = x2 + way * OUT;
  const start = x1 + side * OUT;
  if (side === way) {
    // Both at the same end: round the outer one.
    const x = side > 0 ? Math.max(start, beside) : Math.min(start, beside);
    return [[x1, y1], [x, y1], [x, y2], [x2, y2]];
  }
  const between = down ? one * ROW + ROW : one * ROW;
  return [[x1, y1], [start, y1], [start, between], [beside, between], [beside, y2], [x2, y2]];
}

/** One link's line and head, wherever its rows stand; empty where one of them is not shown. */
export function drawLink(look: Look, link: Link): { lines: string; heads: string } {
  const found = shownRoute(look, link);
  return found ? { lines: lineOf(found), heads: headOf(found) } : { lines: "", heads: "" };
}

/** The link whose line passes closest to a place of the chart, within reach. */
export function linkAt(look: Look, links: Link[], x: number, y: number): Link | null {
  let best: Link | null = null;
  let least = REACH;
  for (const link of links) {
    const found = shownRoute(look, link);
    for (let at = 1; found && at < found.length; at += 1) {
      const distance = distanceTo(found[at - 1] as Point, found[at] as Point, x, y);
      if (distance <= least) [best, least] = [link, distance];
    }
  }
  return best;
}

function shownRoute(look: Look, link: Link): Route | null {
  return link.from.row < 0 || link.to.row < 0 ? null : route(look, link, link.from.row, link.to.row);
}

/** From a place to a level or upright stretch. */
function distanceTo([x1, y1]: Point, [x2, y2]: Point, x: number, y: number): number {
  const beside = Math.max(Math.min(x1, x2) - x, x - Math.max(x1, x2), 0);
  const beyond = Math.max(Math.min(y1, y2) - y, y - Math.max(y1, y2), 0);
  return Math.hypot(beside, beyond);
}

function half(task: Task): number {
  return isMark(task) ? 8 : task.summary ? 6 : 7;
}

function lineOf(points: Route): string {
  return points.map(([x, y], at) => `${at ? "L" : "M"}${n(x)} ${n(y)}`).join("");
}

/** A triangle whose tip is at the end of the line and that points along its last stretch. */
function headOf(points: Route): string {
  const [x, y] = points[points.length - 1] as Point;
  const [fromX, fromY] = points[points.length - 2] as Point;
  const along = fromY === y ? Math.sign(x - fromX) || 1 : 0;
  if (along) return `M${n(x)} ${y}l${-along * ARROW} ${-ARROW / 1.6}v${(ARROW / 1.6) * 2}z`;
  return `M${n(x)} ${y}l${-ARROW / 1.6} ${-Math.sign(y - fromY) * ARROW}h${(ARROW / 1.6) * 2}z`;
}

function n(value: number): number {
  return Math.round(value * 10) / 10;
}
