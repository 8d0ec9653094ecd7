// Cuts a vendored style sheet to what the workspace can show: rules whose classes nobody names go, and so do the
// custom properties and animations that then nobody reads. What names no class stays.
const HOLE = "\u0000";

// The words that sources name, any of which may be a class. A part that is computed ("text-{{ tone }}") is a hole,
// which stands for any text, so that all classes that may come of it stay; the ids of elements are none.
export function namedIn(texts) {
  const words = new Set();
  const shapes = new Set();
  for (const text of texts) {
    for (const [word] of text.matchAll(/[\w-]+/g)) words.add(word);
    const holed = text.replace(/\b(?:id|for|name|form)="[^"]*"/g, "").replace(/\{\{.*?\}\}|\{%.*?%\}|\$?\{[^{}\n]*\}/g, HOLE);
    for (const [word] of holed.matchAll(/[\w\u0000-]+/g)) {
      if (word.includes(HOLE) && /[a-z]-|-[a-z]/.test(word)) shapes.add(word);
    }
  }
  const patterns = [...shapes].map((word) => word.split(HOLE).join("[\\w-]*"));
  const shaped = new RegExp(`^(?:${patterns.join("|") || "(?!)"})$`);
  return (name) => words.has(name) || shaped.test(name);
}

// Every class that a style sheet has a rule for.
export function classesOf(css) {
  const found = new Set();
  const look = (nodes) => {
    for (const node of nodes) {
      if (node.rules && node.head.startsWith("@")) look(node.rules);
      else if (node.body !== undefined && !node.head.startsWith("@")) {
        for (const selector of split(node.head, ",")) classesIn(selector).forEach((name) => found.add(name));
      }
    }
  };
  look(parse(css));
  return found;
}

// The style sheet without the rules of these classes; `reads(name)` tells whether others read a custom property.
export function cut(css, leftOut, reads) {
  return written(withoutUnread(withoutClasses(parse(css), leftOut), reads));
}

function withoutClasses(nodes, leftOut) {
  return nodes.flatMap((node) => {
    if (node.rules && node.head.startsWith("@")) {
      const rules = withoutClasses(node.rules, leftOut);
      return rules.length ? [{ ...node, rules }] : [];
    }
    if (node.body === undefined || node.head.startsWith("@")) return [node];
    const kept = split(node.head, ",").filter((one) => !classesIn(one).some((name) => leftOut.has(name)));
    return kept.length ? [{ ...node, head: kept.join(",") }] : [];
  });
}

// A property or animation that only a dropped one read is dropped in the next round.
function withoutUnread(nodes, reads) {
  for (;;) {
    const text = written(nodes);
    const read = new Set([...text.matchAll(/var\(\s*(--[\w-]+)/g)].map((found) => found[1]));
    const moves = [...text.matchAll(/animation(?:-name)?:([^;}]*)/g)].map((found) => found[1]).join(" ");
    const moving = new Set(moves.match(/[\w-]+/g) ?? []);
    const isRead = (name) => read.has(name) || reads(name);
    const thinned = thin(nodes, isRead, (name) => moving.has(name) || reads(name));
    if (written(thinned).length === text.length) return thinned;
    nodes = thinned;
  }
}

function thin(nodes, isRead, isMoving) {
  return nodes.flatMap((node) => {
    const animation = /^@(?:-webkit-)?keyframes\s+([\w-]+)/.exec(node.head);
    if (animation) return isMoving(animation[1]) ? [node] : [];
    if (node.rules && node.head.startsWith("@")) {
      const rules = thin(node.rules, isRead, isMoving);
      return rules.length ? [{ ...node, rules }] : [];
    }
    if (node.body === undefined || node.head.startsWith("@")) return [node];
    const kept = split(node.body, ";").filter((one) => {
      const name = /^\s*(--[\w-]+)\s*:/.exec(one)?.[1];
      return one.trim() && (name === undefined || isRead(name));
    });
    return kept.length ? [{ ...node, body: kept.join(";") }] : [];
  });
}

// A selector asks for these classes; what stands in parentheses, as in :not(.x), it only may.
function classesIn(selector) {
  let plain = selector;
  for (let before = ""; before !== plain; ) {
    before = plain;
    plain = plain.replace(/\([^()]*\)/g, "");
  }
  plain = plain.replace(/\[[^\]]*\]/g, "");
  return [...plain.matchAll(/\.((?:\\.|[\w-])+)/g)].map((found) => found[1].replace(/\\/g, ""));
}

const NESTING = /^@(?:media|supports|container|layer)\b/;

// A list of {head, body} rules, {head, rules} groups and {head} statements.
function parse(css) {
  const nodes = [];
  let place = 0;
  while (place < css.length) {
    const comment = /^\s*\/\*[\s\S]*?\*\//.exec(css.slice(place, place + 5000));
    if (comment) {
      nodes.push({ head: comment[0].trim(), comment: true });
      place += comment[0].length;
      continue;
    }
    const end = next(css, place, "{;");
    if (end === css.length) break;
    const head = css.slice(place, end).trim();
    if (css[end] === ";") {
      nodes.push({ head });
      place = end + 1;
      continue;
    }
    const close = next(css, end + 1, "}");
    const body = css.slice(end + 1, close);
    nodes.push(NESTING.test(head) ? { head, rules: parse(body) } : { head, body });
    place = close + 1;
  }
  return nodes;
}

function written(nodes) {
  return nodes
    .map((node) => {
      if (node.comment) return node.head;
      if (node.rules) return `${node.head}{${written(node.rules)}}`;
      return node.body === undefined ? `${node.head};` : `${node.head}{${node.body}}`;
    })
    .join("");
}

// Where one of these characters stands next, outside of text, brackets and inner blocks.
function next(css, from, wanted) {
  let depth = 0;
  for (let place = from; place < css.length; place++) {
    const letter = css[place];
    if (depth === 0 && wanted.includes(letter)) return place;
    if (letter === "\\") place++;
    else if (letter === '"' || letter === "'") place = closing(css, place);
    else if ("([{".includes(letter)) depth++;
    else if (")]}".includes(letter)) depth--;
  }
  return css.length;
}

function closing(css, from) {
  for (let place = from + 1; place < css.length; place++) {
    if (css[place] === "\\") place++;
    else if (css[place] === css[from]) return place;
  }
  return css.length;
}

function split(text, by) {
  const parts = [];
  for (let from = 0; from <= text.length; ) {
    const end = next(text, from, by);
    parts.push(text.slice(from, end));
    from = end + 1;
  }
  return parts;
}
