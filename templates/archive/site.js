/* Text size and contrast, the search box of the front page, the day in references. Plain ES5: it runs in old browsers, and from a disk. */
(function () {
  "use strict";
  var root = document.documentElement;
  var each = function (selector, act) { Array.prototype.forEach.call(document.querySelectorAll(selector), act); };

  function show(name) {
    var chosen = root.getAttribute("data-" + name) || "";
    each('button[data-set="' + name + '"]', function (button) {
      button.setAttribute("aria-pressed", String(button.getAttribute("data-value") === chosen));
    });
  }

  function choose(name, value) {
    if (value) root.setAttribute("data-" + name, value); else root.removeAttribute("data-" + name);
    try {
      if (value) localStorage.setItem("xcbulletin-" + name, value); else localStorage.removeItem("xcbulletin-" + name);
    } catch (refused) { /* it holds for this page */ }
    show(name);
  }

  each("button[data-set]", function (button) {
    button.addEventListener("click", function () {
      var name = button.getAttribute("data-set"), value = button.getAttribute("data-value");
      var isOn = button.getAttribute("aria-pressed") === "true";
      choose(name, isOn ? "" : value);
    });
  });

  /* Also when a page comes back that was left before the choice was made. */
  function restore() {
    ["size", "contrast"].forEach(function (name) {
      try {
        var chosen = localStorage.getItem("xcbulletin-" + name);
        if (chosen) root.setAttribute("data-" + name, chosen); else root.removeAttribute("data-" + name);
      } catch (refused) { /* what was chosen holds */ }
      show(name);
    });
  }
  restore();
  window.addEventListener("pageshow", restore);

  each("form.find", function (form) {
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      location.href = form.getAttribute("action") + "#q=" + encodeURIComponent(form.elements.q.value);
    });
  });

  each(".citation", function (citation) {
    var today = new Date(), two = function (number) { return (number < 10 ? "0" : "") + number; };
    var day = today.getFullYear() + "-" + two(today.getMonth() + 1) + "-" + two(today.getDate());
    citation.textContent = citation.textContent.replace(/\[引用日期\](?=\. \w+:\S+$)/, "[" + day + "]");
  });
})();
