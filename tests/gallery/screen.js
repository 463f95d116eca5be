// Tells the page that frames this one what it shows, and what a reader of it could not see, read or tap.
addEventListener("load", () => document.fonts.ready.then(async () => {
  const wrong = [];
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility === "visible";
  };
  const say = (element, what) => {
    const words = (element.textContent || element.alt || "").trim().slice(0, 20);
    wrong.push(`${element.tagName.toLowerCase()}.${element.className} “${words}”: ${what}`);
  };
  const isInside = (element) => {
    const box = element.getBoundingClientRect();
    return box.left > -1 && box.right < innerWidth + 1;
  };
  const scroller = (element) => {
    for (let up = element.parentElement; up && up !== document.body; up = up.parentElement)
      if (["auto", "scroll"].includes(getComputedStyle(up).overflowX)) return up;
  };

  const width = document.documentElement.scrollWidth;
  if (width > innerWidth) wrong.push(`the page is ${width} px wide`);
  for (const element of document.querySelectorAll("figure, table, img, pre, aside, .keyfigures, .imprint, h1, h2, h3, p, li")) {
    const frame = isInside(element) ? element : scroller(element);
    if (shown(element) && !(frame && isInside(frame))) say(element, "stands outside of the screen");
  }

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (texts.currentNode.data.trim() && shown(element) && size < 12) say(element, `text of ${size.toFixed(1)} px`);
  }

  // WCAG 2.2, 2.5.8: a target is 24 px wide and high, or nothing else to tap is within 12 px of its middle.
  const targets = [...document.querySelectorAll("nav a, summary, button")].filter(shown);
  const boxes = targets.map((element) => element.getBoundingClientRect());
  const isNear = (box, x, y) =>
    Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom)) < 12;
  boxes.forEach((box, index) => {
    const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const isSmall = Math.min(box.width, box.height) < 24;
    if (isSmall && boxes.some((other, number) => number !== index && isNear(other, x, y)))
      say(targets[index], `a target of ${box.width.toFixed(0)} × ${box.height.toFixed(0)} px beside another`);
  });
  for (const image of document.querySelectorAll(".chart img")) {
    const scale = image.getBoundingClientRect().width / image.naturalWidth;
    if (shown(image) && 12 * scale < 11.5) say(image, `a chart at ${(100 * scale).toFixed(0)} %`);
  }
  const elements = await listElements();
  parent.postMessage({ page: location.hash.slice(1), width: innerWidth, wrong, elements }, "*");
}));
