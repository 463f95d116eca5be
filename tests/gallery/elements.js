// Lists what a page shows: an element each, with where it is and how it is set. Of what stands in a line of text and of
// a table's cells, the first of each kind in each kind of parent.
const listElements = async () => {
  document.querySelectorAll("figure details").forEach((details) => (details.open = true));
  const all = [document.documentElement, document.body, ...document.body.querySelectorAll("*")];

  // What is installed on this machine must not show: a family that a page declares hides the installed one.
  const families = new Set(all.flatMap((element) => getComputedStyle(element).fontFamily.split(", ")));
  const hidden = [...families].filter((family) => !/^"XC |^(sans-)?serif$|^monospace$/.test(family));
  const faces = hidden.map((family) => `@font-face { font-family: ${family}; src: local("-"); }`);
  document.head.insertAdjacentHTML("beforeend", `<style>${faces.join("\n")}</style>`);
  await Promise.allSettled([...document.fonts].map((face) => face.load()));
  await document.fonts.ready;

  const isShown = (element) => element.checkVisibility() && element.getClientRects().length > 0;
  const kind = (element) => [element.localName, ...element.classList].join(".");
  const isPart = (style) => /^(inline|table-)/.test(style.display) && style.display !== "table-caption";
  const hex = (colour) => {
    const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
    return alpha ? "#" + [red, green, blue].map((value) => value.toString(16).padStart(2, "0")).join("") : "-";
  };
  const face = (style) => {
    const names = style.fontFamily.split(", ").map((name) => name.replaceAll('"', ""));
    return [names[0], ...names.slice(1).filter((name) => name.startsWith("XC "))].join("…").replaceAll(" ", "");
  };
  const border = (style) => {
    const sides = Object.entries({ Top: "上", Right: "右", Bottom: "下", Left: "左" }).map(([side, name]) => {
      const width = Math.round(parseFloat(style[`border${side}Width`]));
      return [name, width ? `${width}${hex(style[`border${side}Color`])}` : ""];
    });
    if (new Set(sides.map(([, line]) => line)).size === 1) return sides[0][1] ? `四边${sides[0][1]}` : "-";
    return sides.filter(([, line]) => line).map((side) => side.join("")).join("");
  };
  const isInline = (element) => getComputedStyle(element).display === "inline";
  const gap = (element) => {
    const { top } = element.getBoundingClientRect();
    const isInBetween = getComputedStyle(element).display.startsWith("inline");
    let last = element.previousElementSibling;
    while (last && (!isShown(last) || (isInBetween && isInline(last)))) last = last.previousElementSibling;
    let up = element.parentElement;
    while (up && isInline(up)) up = up.parentElement;
    if (!last) return top - (up?.getBoundingClientRect().top ?? 0);
    const box = last.getBoundingClientRect();
    return top - (box.bottom < top + box.height / 2 ? box.bottom : box.top);
  };
  // Where a part of a line stands is not its own doing.
  const boxes = (element) => {
    const { left: x, width, height } = element.getBoundingClientRect();
    if (isInline(element) && element.localName !== "img")
      return { x: 0, gap: 0, width: 0, height: element.getClientRects()[0].height };
    return { x, gap: gap(element), width, height };
  };
  const words = (element) => {
    const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    return (own ? element.textContent : element.alt || "").replace(/\s+/g, "");
  };

  const listed = new Map();
  const parts = new Set();
  for (const element of all.filter((one) => isShown(one) && !["col", "colgroup", "br"].includes(one.localName))) {
    const style = getComputedStyle(element);
    let up = element.parentElement;
    const part = `${up && kind(up)} ${kind(element)}`;
    if (isPart(style) && element.localName !== "img" && parts.has(part)) continue;
    parts.add(part);
    while (up && !listed.has(up)) up = up.parentElement;
    listed.set(element, {
      depth: up ? listed.get(up).depth + 1 : 0,
      name: kind(element),
      words: words(element),
      ...boxes(element),
      size: parseFloat(style.fontSize),
      weight: style.fontWeight,
      face: face(style),
      leading: Math.round((100 * parseFloat(style.lineHeight)) / parseFloat(style.fontSize)) / 100 || "-",
      indent: Math.round(parseFloat(style.textIndent)),
      colour: hex(style.color),
      ground: hex(style.backgroundColor),
      border: border(style),
      align: style.textAlign,
    });
  }
  return [...listed.values()];
};
