// What html-validate asks of every page.
module.exports = {
  root: true,
  extends: ["html-validate:recommended", "html-validate:a11y", "html-validate:document"],
  rules: {
    // Small letters, as in the rest of the page; HTML takes either.
    "doctype-style": ["error", { style: "lowercase" }],
    // ARIA 1.2 lets an author name a list, a region or a group; the rule's default knows landmarks and controls only.
    "aria-label-misuse": ["error", { allowAnyNamable: true }],
    // Our own files lie beside the page; by file:// a browser refuses whatever has an integrity attribute.
    "require-sri": ["error", { target: "crossorigin" }],
    // Seventy characters are what search engines show; none comes here, and the issue has to stand behind the title.
    "long-title": "off",
    // What an article says of its own figure (its width, the size of a table's letters, the first number of a list)
    // can stand nowhere else; looks stand in the style sheets.
    "no-inline-style": ["error", { allowedProperties: ["--width", "--font", "counter-reset"] }],
  },
};
