// What axe says of the page's text by its colours; known = the colours, each on its ground, that passed in this run.
//
// A colour on a ground is the same wherever it stands, so text of a kind that passed is not asked about again. What is
// compared is what the browser computed: the colour and size of the text, and each ground from its own to the page's.
// Text that floats over something else (placed by itself, without a ground of its own) is asked about every time.
// Gives the violations, and the kinds of text that passed.
async ([known, rules]) => {
  const PLAIN = ["rgba(0, 0, 0, 0)", "none", "1", "none", "normal"];
  const FLOATS = "floats";
  const grounds = new Map([[null, ""]]);

  function groundOf(element) {
    let found = grounds.get(element);
    if (found === undefined) {
      const style = getComputedStyle(element);
      const own = [style.backgroundColor, style.backgroundImage, style.opacity, style.filter, style.mixBlendMode];
      const bare = own.every((value, at) => value === PLAIN[at]);
      const placed = bare && (style.position === "absolute" || style.position === "fixed");
      const above = groundOf(element.parentElement);
      found = placed ? FLOATS : above === FLOATS && bare ? FLOATS : bare ? above : `${own} ${above}`;
      grounds.set(element, found);
    }
    return found;
  }

  function kindOf(element) {
    const ground = groundOf(element);
    if (ground.includes(FLOATS)) return null;
    const style = getComputedStyle(element);
    const link = element.closest("a");
    const around = link?.parentElement ? getComputedStyle(link.parentElement).color : "";
    const text = [style.color, style.fontSize, style.fontWeight, style.textShadow, style.webkitTextFillColor];
    return [...text, around && `${around} ${style.textDecorationLine}`, ground].join("; ");
  }

  const FIELDS = "input, select, textarea";
  const speaks = (element) =>
    element.matches(FIELDS) || [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const passed = new Set(known);
  const kinds = new Map();
  for (const element of document.body.querySelectorAll("*")) {
    if (!speaks(element) || !element.checkVisibility({ visibilityProperty: true })) continue;
    const kind = kindOf(element);
    if (!passed.has(kind)) kinds.set(element, kind);
  }
  if (kinds.size === 0) return [[], []];
  const options = { runOnly: rules, resultTypes: ["violations", "passes"], elementRef: true };
  const answer = await axe.run({ include: [...kinds.keys()] }, options);
  const judged = answer.passes.find((rule) => rule.id === "color-contrast")?.nodes ?? [];
  const measured = judged.filter((node) => node.any.some((check) => check.data?.contrastRatio));  // not what it takes for hidden
  return [answer.violations, [...new Set(measured.map((node) => kinds.get(node.element)).filter(Boolean))]];
}
