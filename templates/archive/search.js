/* Search in the browser. It reads an index in plain scripts (xcbulletin/archive/siteindex), so that it works from a
   disk as from a server, and finds exactly what reading every title and text would find. Written for old browsers:
   what they may lack is asked for first. */
(function () {
  "use strict";

  /* ---- Text: folded as xcbulletin.archive.folding does, character by character ---- */

  var folds = {};

  function foldCharacter(character) {
    var code = character.charCodeAt(0);
    if (code >= 0x4e00 && code <= 0x9fff || character === "\n") { return character; }
    if (!Object.prototype.hasOwnProperty.call(folds, character)) {
      folds[character] = (character.normalize ? character.normalize("NFKC") : narrowed(character, code)).toLowerCase();
    }
    return folds[character];
  }

  /* What matters most of NFKC, for browsers that have none. */
  function narrowed(character, code) {
    if (code >= 0xff01 && code <= 0xff5e) { return String.fromCharCode(code - 0xfee0); }
    return code === 0x3000 || code === 0xa0 ? " " : code === 0x2026 ? "..." : character;
  }

  function characters(text) {
    return text.match(/[\ud800-\udbff][\udc00-\udfff]|[\s\S]/g) || [];
  }

  function fold(text) {
    return characters(text).map(foldCharacter).join("");
  }

  /* Blanks part words; quotation marks keep some together. */
  function parseWords(text) {
    var part = /“([^”]*)”|"([^"]*)"|([^\s“”"]+)/g, folded = fold(text), words = [], found, word;
    while ((found = part.exec(folded))) {
      word = (found[1] || found[2] || found[3] || "").replace(/\s+/g, " ").replace(/^ | $/g, "");
      if (word && words.indexOf(word) < 0) { words.push(word); }
    }
    return words;
  }

  /* ---- The index: numbers, grams, places (numbers.py, pieces.py, shards.py) ---- */

  function numbers(written) {
    var found = [], high = 0, at, code;
    for (at = 0; at < written.length; at++) {
      code = written.charCodeAt(at);
      if (code < 0xa0) {
        high = high * 57 + code - 35;
      } else {
        found.push(high * 1888 + code - 0xa0);
        high = 0;
      }
    }
    return found;
  }

  function codePoint(character) {
    var first = character.charCodeAt(0);
    return character.length === 1 ? first : (first - 0xd800) * 1024 + character.charCodeAt(1) - 0xdc00 + 0x10000;
  }

  function shardOf(gram) {
    var pair = characters(gram);
    return (codePoint(pair[0]) * 8191 + codePoint(pair[1]) * 131) % 65521 % archive.shards;
  }

  /* The pairs that cover a word, each with its distance from the word's beginning. */
  function gramsOf(word) {
    var single = characters(word), grams = [], at;
    if (single.length === 1) { return [{ text: single[0] + "\n", distance: 0 }]; }
    for (at = 0; at < single.length; at += 2) {
      var start = Math.min(at, single.length - 2);
      grams.push({ text: single[start] + single[start + 1], distance: start });
    }
    return grams;
  }

  /* The places of a gram: for each issue that has it, gaps in characters. */
  function blocksOf(gram) {
    var blocks = {};
    (shards[shardOf(gram)][gram] || "").split("|").forEach(function (block) {
      var end = block.search(/[^#-\[]/) + 1;
      if (end) { blocks[numbers(block.slice(0, end))[0]] = block.slice(end); }
    });
    return blocks;
  }

  function placesOf(block, distance) {
    var place = -distance;
    return numbers(block).map(function (gap) { return (place += gap); });
  }

  function common(some, others) {
    var at = 0;
    return some.filter(function (place) {
      while (at < others.length && others[at] < place) { at++; }
      return others[at] === place;
    });
  }

  /* ---- What there is: one record an issue, one number an article in each list ---- */

  var ROOM = 1024, archive, articles, shards = {}, texts = {};

  function takeMeta(meta) {
    archive = meta;
    var first = 0;
    archive.issues = meta.issues.map(function (issue) {
      var one = { id: issue[0], date: issue[1], month: issue[1].slice(0, 7), label: issue[2], first: first, count: issue[3] };
      first += issue[3];
      return one;
    });
    fetchEarly();
  }

  function takeArticles(lists) {
    articles = {};
    ["column", "industry", "title", "rooms", "file"].forEach(function (name) { articles[name] = numbers(lists[name]); });
  }

  /* ---- Finding ---- */

  /* Whether both tell of as many articles: a browser may keep one of them when the archive has grown. */
  function isOfOne() {
    return articles.column.length === archive.issues.reduce(function (sum, issue) { return sum + issue.count; }, 0);
  }

  /* In which articles of an issue a word is: by number of the article, 1, or 2 where the title has it. */
  function articlesWith(places, issue) {
    var found = {}, article = issue.first, start = 0;
    places.forEach(function (place) {
      while (place >= start + ROOM * articles.rooms[article]) {
        start += ROOM * articles.rooms[article];
        article += 1;
      }
      found[article] = place < start + articles.title[article] ? 2 : found[article] || 1;
    });
    return found;
  }

  function lookUp(words) {
    return words.map(function (word) {
      return gramsOf(word).map(function (gram) { return { blocks: blocksOf(gram.text), distance: gram.distance }; });
    });
  }

  function foundIn(issue, number, grams) {
    var blank = grams.some(function (gram) { return gram.blocks[number] === undefined; });
    if (blank) { return {}; }
    var places = grams.map(function (gram) { return placesOf(gram.blocks[number], gram.distance); });
    return articlesWith(places.reduce(common), issue);
  }

  /* The articles that pass the filters and have all words, newest issue first. */
  function find(asked, words) {
    var looked = lookUp(words), found = [], number, issue, byWord, article;
    var column = archive.columns.indexOf(asked.column), industry = Math.pow(2, archive.industries.indexOf(asked.industry));
    function wanted(byOneWord) { return byOneWord[article] !== undefined; }
    function inTitle(byOneWord) { return byOneWord[article] === 2; }
    for (number = archive.issues.length - 1; number >= 0; number--) {
      issue = archive.issues[number];
      if (asked.since && issue.month < asked.since || asked.until && issue.month > asked.until) { continue; }
      byWord = looked.map(foundIn.bind(null, issue, number));
      for (article = issue.first; article < issue.first + issue.count; article++) {
        if (asked.column && articles.column[article] !== column) { continue; }
        if (asked.industry && Math.floor(articles.industry[article] / industry) % 2 !== 1) { continue; }
        if (byWord.every(wanted)) {
          found.push({ article: article, issue: issue, titled: byWord.filter(inTitle).length });
        }
      }
    }
    return asked.sort === "relevance" ? byTitles(found, words.length) : found;
  }

  function byTitles(found, words) {
    var sorted = [], titled;
    function same(one) { return one.titled === titled; }
    for (titled = words; titled >= 0; titled--) { sorted = sorted.concat(found.filter(same)); }
    return sorted;
  }

  /* ---- Fetching: a script at a time, kept once it is here ---- */

  var waiting = {};

  function load(path, isHere, done) {
    if (isHere()) { return done(); }
    if (waiting[path]) { waiting[path].push(done); return; }
    var script = document.createElement("script");
    function end(problem) {
      var all = waiting[path];
      delete waiting[path];
      if (isHere()) { all.forEach(function (one) { one(); }); } else { fail(problem); }
    }
    waiting[path] = [done];
    script.charset = "utf-8";
    script.src = path;
    script.onload = function () { end("检索用的文件坏了：" + path + "。请把归档的文件夹重新拷贝一份。"); };
    script.onerror = function () { end("检索用的文件没有找到：" + path + "。可以再按一次“查找”；还不行，多半是归档的文件夹没有拷全。"); };
    document.head.appendChild(script);
  }

  function loadAll(names, folder, kept, done) {
    var wanted = names.filter(function (name, at) { return names.indexOf(name) === at; }), missing = wanted.length;
    if (!missing) { return done(); }
    wanted.forEach(function (name) {
      load("search/" + folder + "/" + name + ".js", function () { return kept[name] !== undefined; }, function () {
        missing -= 1;
        if (!missing) { done(); }
      });
    });
  }

  function shardsFor(words) {
    return words.reduce(function (names, word) {
      return names.concat(gramsOf(word).map(function (gram) { return shardOf(gram.text); }));
    }, []);
  }

  /* What the address asks for is fetched while the page is still laid out. Where that fails, the search says so later. */
  function fetchEarly() {
    loadAll(shardsFor(parseWords(askedNow().q || "")), "g", shards, function () {});
  }

  /* Find with what has to be fetched for it; `asked` has the names of FIELDS. */
  function findAll(asked, done) {
    var words = parseWords(asked.q);
    loadAll(shardsFor(words), "g", shards, function () { done(find(asked, words)); });
  }

  function textOf(hit) {
    return hit.issue.id + "-" + articles.file[hit.article];
  }

  /* Title, page and text of an article: those of a file stand one behind the other. */
  function shownOf(hit) {
    var first = hit.article;
    while (first > hit.issue.first && articles.file[first - 1] === articles.file[hit.article]) { first -= 1; }
    return texts[textOf(hit)][hit.article - first];
  }

  /* ---- What is asked: in the form and in the address ---- */

  var FIELDS = ["q", "industry", "column", "since", "until", "sort"], PAGE = 10, LOOKING = "正在查找……";
  var form, status, list, pages, heading, problem, current, round = 0, timer = 0, composing = false, settled = true;
  var failed = false, ownTitle = document.title;

  function fromForm(page) {
    var state = { page: page };
    FIELDS.forEach(function (name) { state[name] = form.elements[name].value; });
    return state;
  }

  function addressOf(state) {
    var parts = FIELDS.filter(function (name) { return state[name] && state[name] !== "newest"; });
    parts = parts.map(function (name) { return name + "=" + encodeURIComponent(state[name]); });
    return "#" + parts.concat(state.page > 1 ? ["page=" + state.page] : []).join("&");
  }

  function addressNow() {
    var at = location.href.indexOf("#");
    return at < 0 ? "#" : location.href.slice(at);
  }

  function askedNow() {
    var state = {}, now = addressNow();
    (now === "#" ? location.search : now).slice(1).split("&").forEach(function (part) {
      var at = part.indexOf("="), value = part.slice(at + 1).replace(/\+/g, " ");
      try { state[part.slice(0, at)] = decodeURIComponent(value); } catch (error) { state[part.slice(0, at)] = value; }
    });
    return state;
  }

  function fromAddress() {
    var state = askedNow();
    FIELDS.forEach(function (name) {
      var field = form.elements[name], value = state[name] || "";
      if (name === "since" || name === "until") { offerMonth(field, value); }
      field.value = value;
      if (field.selectedIndex < 0) { field.selectedIndex = 0; }
    });
    return fromForm(Math.max(1, parseInt(state.page, 10) || 1));
  }

  /* A month in which nothing was printed can be asked for too: by an address that was kept, or written by hand. */
  function offerMonth(field, month) {
    if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) { return; }
    var at = 1;
    while (at < field.options.length && field.options[at].value > month) { at += 1; }
    if (at < field.options.length && field.options[at].value === month) { return; }
    var option = make("option", month.slice(0, 4) + "年" + Number(month.slice(5)) + "月");
    option.value = month;
    field.insertBefore(option, field.options[at] || null);
  }

  /* ---- Showing ---- */

  function make(name, text, className) {
    var element = document.createElement(name);
    if (text) { element.textContent = text; }
    if (className) { element.className = className; }
    return element;
  }

  function say(text) {
    if (status.textContent !== text) { status.textContent = text; }
  }

  function clear() {
    list.textContent = pages.textContent = "";
    heading.hidden = pages.hidden = true;
  }

  function fail(text) {
    if (!form) { return; }
    round += 1;
    failed = true;
    clear();
    say("");
    problem.hidden = false;
    document.getElementById("search-problem-text").textContent = text;
  }

  function nameOf(field, code) {
    return Array.prototype.filter.call(form.elements[field].options, function (option) { return option.value === code; })[0].text;
  }

  /* What is asked in words: for the window, bookmarks and paper, where the form is not seen. */
  function told(state) {
    function chosen(name, before) { return state[name] ? (before || "") + nameOf(name, state[name]) : ""; }
    var words = state.q.replace(/\s+/g, " ").replace(/^ | $/g, ""), period = chosen("since", "从") + chosen("until", "到");
    return [words, chosen("industry"), chosen("column"), period].filter(Boolean).join("，");
  }

  function entitle(state) {
    var asked = told(state);
    heading.textContent = asked ? "检索结果：" + asked : "检索结果";
    document.title = asked ? asked + " · " + ownTitle : ownTitle;
  }

  /* The folded text, and for each unit of it where the character it came from begins. */
  function unfolded(text) {
    var folded = "", origin = [], at = 0;
    characters(text).forEach(function (character) {
      var one = foldCharacter(character), unit;
      for (unit = 0; unit < one.length; unit++) { origin.push(at); }
      folded += one;
      at += character.length;
    });
    origin.push(at);
    return { folded: folded, origin: origin };
  }

  /* Where words stand in a text, as pairs of its positions, in order and apart. */
  function marksIn(text, words) {
    var known = unfolded(text), found = [];
    words.forEach(function (word) {
      var at = known.folded.indexOf(word), last;
      while (at >= 0) {
        last = known.origin[at + word.length - 1];
        found.push([known.origin[at], last + characters(text.slice(last, last + 2))[0].length]);
        at = known.folded.indexOf(word, at + 1);
      }
    });
    found.sort(function (one, other) { return one[0] - other[0] || one[1] - other[1]; });
    return found.reduce(function (apart, mark) {
      var before = apart[apart.length - 1];
      if (before && mark[0] <= before[1]) { before[1] = Math.max(before[1], mark[1]); } else { apart.push(mark); }
      return apart;
    }, []);
  }

  /* Put text from `start` to `end` into an element, words marked. */
  function fill(element, text, marks, start, end) {
    var at = start;
    function put(until, name) {
      var piece = text.slice(at, until).replace(/\n/g, " ");
      if (piece) { element.appendChild(name ? make(name, piece) : document.createTextNode(piece)); }
      at = until;
    }
    marks.forEach(function (mark) {
      if (mark[1] <= start || mark[0] >= end) { return; }
      put(Math.max(mark[0], start));
      put(Math.min(mark[1], end), "mark");
    });
    put(end);
    return element;
  }

  var LENGTH = 100;

  function snippet(text, words) {
    var marks = marksIn(text, words), at = marks.length ? marks[0][0] : 0;
    var start = Math.max(0, at - 30), end, sentence = Math.max.apply(null, ["。", "！", "？", "\n"].map(function (stop) {
      return at ? text.lastIndexOf(stop, at - 1) : -1;
    })) + 1;
    start = sentence >= start ? sentence : start;
    end = Math.min(text.length, Math.max(start + LENGTH, marks.length ? Math.min(marks[0][1], at + 60) : 0));
    if (/[\udc00-\udfff]/.test(text.charAt(start))) { start -= 1; }
    if (/[\udc00-\udfff]/.test(text.charAt(end))) { end -= 1; }
    var element = make("p", start && start !== sentence ? "……" : "", "snippet");
    fill(element, text, marks, start, end);
    if (end < text.length) { element.appendChild(document.createTextNode("……")); }
    return element;
  }

  /* As listing.py tells it. */
  function isLatin(text) {
    return /[A-Za-z]/.test(text) && !/[\u2e80-\u9fff\uf900-\ufaff\ud840-\ud8bf]/.test(text);
  }

  function entry(hit, words) {
    var shown = shownOf(hit), item = make("li"), title = make("h3"), link = make("a"), about = make("p", "", "about");
    link.href = shown[1];
    if (isLatin(shown[0])) { link.lang = "en"; }
    fill(link, shown[0], marksIn(shown[0], words), 0, shown[0].length);
    title.appendChild(link);
    var industries = archive.industries.filter(function (_code, at) {
      return Math.floor(articles.industry[hit.article] / Math.pow(2, at)) % 2 === 1;
    }).map(nameOf.bind(null, "industry"));
    var day = make("time", hit.issue.date);
    day.setAttribute("datetime", hit.issue.date);
    about.appendChild(document.createTextNode(hit.issue.label + " · "));
    about.appendChild(day);
    var shelf = nameOf("column", archive.columns[articles.column[hit.article]]);
    about.appendChild(document.createTextNode([""].concat(shelf, industries).join(" · ")));
    [title, about, snippet(shown[2], words)].forEach(function (part) { item.appendChild(part); });
    return item;
  }

  function pageLink(state, page, text, label) {
    var link = make("a", text), target = fromForm(page);
    FIELDS.forEach(function (name) { target[name] = state[name]; });
    link.href = addressOf(target);
    link.setAttribute("data-page", page);
    if (label) { link.setAttribute("aria-label", label); }
    if (page === state.page) { link.setAttribute("aria-current", "page"); }
    return link;
  }

  function showPages(state, last) {
    pages.textContent = "";
    pages.hidden = last < 2;
    if (last < 2) { return; }
    var row = make("ul"), page;
    function add(link) { row.appendChild(make("li")).appendChild(link); }
    if (state.page > 1) { add(pageLink(state, state.page - 1, "上一页")); }
    for (page = 1; page <= last; page++) {
      if (page === 1 || page === last || Math.abs(page - state.page) < 3) {
        add(pageLink(state, page, String(page), "第" + page + "页"));
      }
    }
    if (state.page < last) { add(pageLink(state, state.page + 1, "下一页")); }
    pages.appendChild(row);
  }

  var AT_ONCE = 6;  /* files that a browser fetches from a server; what is in them is seen while the rest comes */

  function showFirst(state, words, hits) {
    list.textContent = "";
    list.setAttribute("start", (state.page - 1) * PAGE + 1);
    heading.hidden = !hits.length;
    addHits(hits, words);
  }

  function addHits(hits, words) {
    hits.forEach(function (hit) { list.appendChild(entry(hit, words)); });
  }

  function showRest(state, words, hits, turned) {
    var last = Math.max(1, Math.ceil(hits.length / PAGE));
    showPages(state, last);
    say(hits.length ? "共找到" + hits.length + "篇" + which(state.page, last) : nothing(state));
    if (turned) { heading.focus(); heading.scrollIntoView(); }
  }

  function which(page, last) {
    return last > 1 ? "，这是第" + page + "页，共" + last + "页" : "";
  }

  function nothing(state) {
    if (state.since && state.until && state.since > state.until) { return "起始月份晚于截止月份，没有可找的文章。"; }
    if (!articles.column.length) { return "归档里还没有文章。"; }
    return "没有找到。可以少写几个字，或放宽产业、栏目和时间。";
  }

  /* ---- Going round: asked, fetched, found, shown ---- */

  function search(state, turned) {
    var mine = round += 1, words = parseWords(state.q);
    function still(step) { return function (result) { if (mine === round) { step(result); } }; }
    current = addressOf(state);
    failed = false;
    problem.hidden = true;
    entitle(state);
    if (!words.length && !state.industry && !state.column && !state.since && !state.until) {
      clear();
      return say("请输入要找的字词，或选择产业、栏目、时间。");
    }
    say(LOOKING);
    findAll(state, still(function (hits) {
      state.page = Math.min(state.page, Math.max(1, Math.ceil(hits.length / PAGE)));
      var page = hits.slice((state.page - 1) * PAGE, state.page * PAGE), first = page.slice(0, AT_ONCE);
      loadAll(first.map(textOf), "t", texts, still(function () { showFirst(state, words, first); }));
      loadAll(page.map(textOf), "t", texts, still(function () {
        addHits(page.slice(AT_ONCE), words);
        showRest(state, words, hits, turned);
      }));
    }));
  }

  /* Search what the form asks. A search that was looked at stays behind the browser's Back; one still being typed does not. */
  function ask(settles) {
    clearTimeout(timer);
    var state = fromForm(1), address = addressOf(state);
    if (address !== current) {
      if (settled && current !== "#") { location.hash = address; } else { location.replace(address); }
      settled = false;
      search(state);
    } else if (failed && settles) {
      search(state);
    }
    if (settles) { settled = true; }
  }

  function askSoon() {
    clearTimeout(timer);
    if (!composing) { timer = setTimeout(ask, 120); }
  }

  /* Go by the address, unless it is what was just asked: then the form may have moved on already. */
  function arrive(turned) {
    if (addressNow() === current) { return; }
    settled = true;
    search(fromAddress(), turned);
  }

  function listen() {
    var turned = false;
    form.addEventListener("submit", function (event) { event.preventDefault(); ask(true); });
    form.addEventListener("change", function () { if (!composing) { ask(true); } });
    form.elements.q.addEventListener("input", askSoon);
    form.elements.q.addEventListener("compositionstart", function () { composing = true; clearTimeout(timer); });
    form.elements.q.addEventListener("compositionend", function () { composing = false; askSoon(); });
    pages.addEventListener("click", function (event) { turned = event.target.hasAttribute("data-page"); });
    window.addEventListener("hashchange", function () { arrive(turned); turned = false; });
    /* By file:// a browser does not tell in which script something failed; that matters only while one is waited for. */
    window.addEventListener("error", function () {
      if (status.textContent === LOOKING) { fail("检索程序出错了，没有查完。"); }
    });
  }

  function start() {
    form = document.getElementById("search-form");
    status = document.getElementById("search-status");
    list = document.getElementById("search-results");
    pages = document.getElementById("search-pages");
    heading = document.getElementById("search-heading");
    problem = document.getElementById("search-problem");
    var missing = !archive ? "meta" : articles ? "" : "articles";
    if (missing) { return fail("检索用的文件没有找到：search/" + missing + ".js。这份归档没有带检索，或文件夹没有拷全。"); }
    if (!isOfOne()) { return fail("检索用的文件有新有旧：归档刚更新过，或文件夹没有拷全。请刷新这一页；还不行，请把归档的文件夹重新拷贝一份。"); }
    form.hidden = false;
    listen();
    arrive(false);
  }

  window.archiveSearch = {
    meta: takeMeta,
    articles: takeArticles,
    shard: function (number, grams) { shards[number] = grams; },
    text: function (name, shown) { texts[name] = shown; },
    start: start,
    find: function (asked, done) {
      findAll(asked, function (hits) { done(hits.map(function (hit) { return hit.article; })); });
    }
  };
}());
