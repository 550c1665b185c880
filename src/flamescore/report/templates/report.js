(() => {
  "use strict";
  // The page is whole without this: it adds filters, sorting, breakdowns and the state in the address.
  // Elements are made by createElement and text nodes alone: nothing of the data is ever read as markup.
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const data = JSON.parse($("#data").textContent);
  const table = $(".leads");
  const body = table && $("tbody", table);
  const several = data.scores.length > 1;
  const FIRST = 100;
  const ALL = several ? "0-5" : "1-5";
  const HOT = data.hot === null ? null : data.hot === 5 ? "5" : `${data.hot}-5`;
  const VIEWS = $$(".view").map((view) => view.id);
  const LABELS = new Map(data.labels.map((label, place) => [label.name, { ...label, place }]));
  const SORTS = ["score", "name", "last", ...data.scores.slice(1).map((_, k) => `score${k + 2}`)];
  if (data.since) SORTS.push("change");
  if ($("select[name=owner]")) SORTS.push("owner");
  const SVG = "http://www.w3.org/2000/svg";

  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const digits_of = (text) => text.replace(/\D/g, "");
  const collator = new Intl.Collator("en");
  const leads = (body ? $$("tr.row", body) : []).map((tr, place) => {
    const d = data.leads[place];
    const text = [d.n, d.c, d.e, d.p, d.i, d.o, d.r].filter(Boolean).join(" ");
    return { tr, d, place, text: fold(text), digits: digits_of(d.p || ""), name: fold(d.n), shown: 0, at: place };
  });
  const of_row = new Map(leads.map((lead) => [lead.tr, lead]));
  const of_id = new Map(leads.map((lead) => [lead.d.i, lead]));
  const owners = new Set(leads.map((lead) => lead.d.o).filter(Boolean));
  for (const option of $$("select[name=owner] option")) if (option.value) owners.add(option.value);
  const marked = {
    k: $$("[data-k]"), flames: $$("[data-flames]"), cell: $$("[data-cell]"), owner: $$("[data-owner]"),
    tab: $$(".tabs a"), sort: table ? $$("thead button", table) : [], level: $$(".seg input"),
  };

  let state = {};
  let shown = leads;
  let everything = false;
  let detail = null;
  let groups = [];
  let top_place = 0;

  // --- elements

  const set = (made, attributes) => {
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== undefined) made.setAttribute(name, value);
    }
    return made;
  };
  const el = (tag, attributes = {}, ...kids) => {
    const made = set(document.createElement(tag), attributes);
    made.append(...kids.filter((kid) => kid !== null && kid !== undefined && kid !== ""));
    return made;
  };
  const svg = (tag, attributes, ...kids) => {
    const made = set(document.createElementNS(SVG, tag), attributes);
    made.append(...kids);
    return made;
  };
  const own = (text) => el("bdi", {}, text);
  const flames = (many, small) => svg(
    "svg",
    { class: small ? "fl s" : "fl", role: "img", "aria-label": many === 1 ? "1 flame" : `${many} flames` },
    svg("use", { href: `#f${many}` }),
  );
  const many = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;

  // --- the state, as the address has it: #view&owner=NAME&flames=4-5&sort=-last&lead=1042

  const range = (text) => {
    const found = /^([0-5])(?:-([0-5]))?$/.exec(text || "");
    if (!found) return null;
    const [low, high] = [Number(found[1]), Number(found[2] ?? found[1])];
    return low <= high ? [low, high] : null;
  };
  function read() {
    const raw = location.hash.slice(1);
    const first = raw.split("&")[0];
    const named = VIEWS.includes(first);
    const keys = new URLSearchParams(named ? raw.slice(first.length + 1) : raw);
    const sort = (keys.get("sort") || "").replace(/^-/, "");
    const labels = {};
    for (const [name, label] of LABELS) {
      const value = keys.get(`label.${name}`);
      if (value && label.values.includes(value)) labels[name] = value;
    }
    const cell = several && /^[0-5]\.[0-5]$/.test(keys.get("cell") || "") ? keys.get("cell") : "";
    return {
      view: named ? first : VIEWS[0],
      q: (keys.get("q") || "").trim(),
      owner: owners.size ? keys.get("owner") || "" : "",
      flames: !cell && range(keys.get("flames")) ? keys.get("flames") : "",
      cell,
      new: keys.get("new") === "1",
      sort: SORTS.includes(sort) ? keys.get("sort") : "",
      lead: of_id.has(keys.get("lead")) ? keys.get("lead") : "",
      labels,
    };
  }
  function address(of) {
    const keys = new URLSearchParams();
    for (const name of ["q", "owner", "flames", "cell"]) if (of[name]) keys.set(name, of[name]);
    for (const [name, value] of Object.entries(of.labels)) if (value) keys.set(`label.${name}`, value);
    if (of.new) keys.set("new", "1");
    for (const name of ["sort", "lead"]) if (of[name]) keys.set(name, of[name]);
    return `#${[of.view === VIEWS[0] ? "" : of.view, keys.toString()].filter(Boolean).join("&")}`;
  }
  function go(change) {
    const to = address({ ...state, ...change });
    if (to === (location.hash || "#")) return;
    history.replaceState(null, "", to);
    render();
  }

  // --- filters

  const leading = (of) => {
    const found = /^-?score(\d*)$/.exec(of.sort);
    return found && found[1] ? Number(found[1]) - 1 : 0;
  };
  const standing = (lead, k) => lead.d.s[k];
  const is_hot = (lead, k) => Boolean(standing(lead, data.hot === null ? 0 : k)?.x);
  function in_level(lead, k, level) {
    if (!level || level === HOT) return is_hot(lead, k);
    if (level === ALL) return true;
    const [low, high] = range(level);
    const has = standing(lead, k)?.f;
    return has !== undefined && has >= low && has <= high;
  }
  function in_cell(lead, cell) {
    const [one, two] = cell.split(".").map(Number);
    return standing(lead, 0)?.f === one && standing(lead, 1)?.f === two;
  }
  // A word that may be a phone number, however it is written, is looked for among the digits too.
  function finds(lead, word) {
    if (lead.text.includes(word)) return true;
    const digits = /^[\d().+\-/]+$/.test(word) ? digits_of(word) : "";
    return digits.length > 2 && lead.digits.includes(digits);
  }
  function sift(of, k) {
    const words = fold(of.q).split(/\s+/).filter(Boolean);
    const wanted = Object.entries(of.labels).map(([name, value]) => [LABELS.get(name).place, value]);
    for (const lead of leads) {
      lead.found = words.every((word) => finds(lead, word)) &&
        wanted.every(([place, value]) => lead.d.b[place] === value);
      lead.fresh = Boolean(standing(lead, k)?.h);
      lead.new_fits = !of.new || lead.fresh;
      lead.owner_fits = !of.owner || lead.d.o === of.owner;
      lead.level_fits = of.cell ? in_cell(lead, of.cell) : in_level(lead, k, of.flames);
      lead.wide = lead.found && lead.new_fits && lead.owner_fits;
      lead.fits = lead.wide && lead.level_fits;
    }
  }

  // --- sorting: missing values are last either way, ties keep the ranked order

  const keys_of = {
    name: [(lead) => lead.name, 1],
    last: [(lead) => lead.d.a ?? null, -1],
    change: [(lead, k) => standing(lead, k)?.d ?? null, -1],
    owner: [(lead) => (lead.d.o === data.nobody ? null : lead.d.o ?? null), 1],
  };
  function sorted(found, key, k, turned) {
    const [of, direction] = key.startsWith("score") ? [(lead) => standing(lead, k)?.z ?? null, 1] : keys_of[key];
    const sign = turned ? -direction : direction;
    const rows = found.map((lead) => [of(lead, k), lead]);
    const compare = (a, b) => (typeof a === "string" ? collator.compare(a, b) : a - b);
    rows.sort(([a, one], [b, two]) => {
      if (a === null || b === null) return (a === null) - (b === null) || one.place - two.place;
      return sign * compare(a, b) || one.place - two.place;
    });
    return rows.map(([, lead]) => lead);
  }

  // --- the list

  function render() {
    const before = state;
    state = read();
    if (state.lead && !state.flames && !state.cell && !is_hot(of_id.get(state.lead), leading(state))) {
      state.flames = ALL;
      history.replaceState(null, "", address(state));
    }
    for (const id of VIEWS) $(`#${id}`).hidden = id !== state.view;
    for (const tab of marked.tab) {
      tab.setAttribute("href", address({ ...state, view: tab.dataset.view, lead: "" }));
      mark(tab, tab.dataset.view === state.view, "page");
    }
    if (before.view && before.view !== state.view) scrollTo(0, 0);
    if (!table) return;
    const key = state.sort.replace(/^-/, "") || "score";
    const turned = state.sort.startsWith("-");
    const k = leading(state);
    sift(state, k);
    clear_between();
    shown = sorted(leads.filter((lead) => lead.fits), key, k, turned);
    const found = shown.length;
    const cut = !everything && found > FIRST && !shown.slice(FIRST).some((lead) => lead.d.i === state.lead);
    if (cut) shown = shown.slice(0, FIRST);
    arrange();
    place_rows(key, k);
    for (const each of marked.k) {
      const mine = data.hot === null ? 0 : k;
      each.hidden = Number(each.dataset.k) !== mine;
    }
    heads(key, k, turned);
    tools(found, cut, key, k);
    empty(found);
    facets(k);
    const note = cut ? `${found.toLocaleString("en")}` : shown.length.toLocaleString("en");
    $(".printnote").textContent = `${said()}: ${note} of ${data.total.toLocaleString("en")} leads on the call list`;
  }
  function clear_between() {
    for (const group of groups) group.remove();
    groups = [];
    detail?.remove();
    detail = null;
  }
  // Only rows that show have to stand in order, and they move only where they don't: `at` is a row's place
  // in the document, and rows that move go to the top. Shown b, d, a of (a 0, b 1, c 2, d 3): 1, 3, 0 doesn't
  // rise, so the three move and stand at -3, -2, -1, before the hidden c.
  function arrange() {
    if (shown.every((lead, place) => !place || lead.at > shown[place - 1].at)) return;
    top_place -= shown.length;
    shown.forEach((lead, place) => { lead.at = top_place + place; });
    body.prepend(...shown.map((lead) => lead.tr));
  }
  function place_rows(key, k) {
    const on = new Set(shown);
    for (const lead of leads) if (lead.tr.hidden === on.has(lead)) lead.tr.hidden = !on.has(lead);
    const counts = new Map();
    if (key === "owner") for (const lead of leads) if (lead.fits) counts.set(lead.d.o, (counts.get(lead.d.o) || 0) + 1);
    let group = null;
    for (const lead of shown) {
      if (key === "owner" && lead.d.o !== group) {
        group = lead.d.o;
        const title = el("th", { colspan: table.dataset.columns, scope: "rowgroup" }, own(group));
        title.append(el("span", {}, many(counts.get(group), "lead")));
        groups.push(el("tr", { class: "grp" }, title));
        lead.tr.before(groups.at(-1));
      }
      under_score(lead, k);
      const open = lead.d.i === state.lead;
      if (open) lead.tr.after((detail = breakdown(lead)));
      toggle(lead.tr, open);
    }
  }
  // Rows come as the default score has them; by another one they are filled anew, when they show.
  function under_score(lead, k) {
    if (lead.shown === k) return;
    lead.shown = k;
    const of = standing(lead, k);
    $(".c-n", lead.tr).textContent = of?.q ?? "";
    if (data.scores.length > 2) {
      $(".c-s", lead.tr).replaceChildren(...[0, k || 1].map((each) => {
        const its = standing(lead, each);
        return el("div", { class: "st" }, ...(its ? [flames(its.f, true), el("b", {}, its.p)]
          : [el("span", { class: "mute" }, "not scored")]));
      }));
    }
    $(".c-y", lead.tr).replaceChildren(...reasons(of ? of.w : []));
    $(".c-t", lead.tr)?.replaceChildren(...(of ? [moved(of)] : []));
    const who = $(".who", lead.tr);
    $(".pill", who)?.remove();
    if (of?.h) $(".name", who).after(el("span", { class: "pill" }, "Newly hot"));
  }
  function reasons(all) {
    if (!all.length) return [];
    const [[strongest, when], ...others] = all;
    const lines = [el("div", { class: "why" }, el("span", { class: "cut" }, own(strongest)), " ", el("i", {}, when))];
    if (others.length) {
      const rest = el("span", { class: "cut" });
      others.forEach(([words, age], place) => rest.append(place ? "; " : "", own(words), age ? ` ${age}` : ""));
      lines.push(el("div", { class: "why" }, rest));
    }
    return lines;
  }
  function moved(of) {
    const cell = el("div", { class: "tr" });
    if (of.l) {
      const [points, threshold, x, y] = of.l;
      const lines = threshold === null ? [] : [svg("line", { x1: 0, x2: 56, y1: threshold, y2: threshold })];
      lines.push(svg("polyline", { points }), svg("circle", { cx: x, cy: y, r: 2.2 }));
      cell.append(svg("svg", { class: "spark", viewBox: "0 0 56 24", "aria-hidden": "true" }, ...lines));
    }
    if (of.v !== undefined) {
      const way = !of.d ? "same" : of.d < 0 ? "down" : "up";
      cell.append(el("b", { class: way }, of.v || el("span", { class: "vh" }, "unchanged")));
    }
    return cell;
  }
  function heads(key, k, turned) {
    const pair = marked.sort.filter((button) => button.dataset.sort.startsWith("score"));
    if (data.scores.length > 2) {
      const other = k || 1;
      pair[1].dataset.sort = `score${other + 1}`;
      pair[1].replaceChildren(own(data.scores[other].title));
    }
    for (const head of $$("thead th[aria-sort]", table)) head.removeAttribute("aria-sort");
    for (const button of marked.sort) {
      const mine = button.dataset.sort === key;
      button.setAttribute("aria-pressed", mine);
      const rises = key === "name" || key === "owner";
      if (mine) button.closest("th").setAttribute("aria-sort", rises === turned ? "descending" : "ascending");
    }
  }
  function tools(found, cut, key, k) {
    $(".found").textContent = many(found, "lead");
    const more = $(".more");
    more.hidden = !cut;
    more.textContent = `Show the other ${(found - FIRST).toLocaleString("en")}`;
    $(".clear").hidden = !filtered();
    const find = $(".find input");
    if (document.activeElement !== find) find.value = state.q;
    for (const level of marked.level) {
      level.checked = !state.cell && (level.value === state.flames || (!level.value && state.flames === HOT));
      const counted = leads.filter((lead) => lead.wide && in_level(lead, k, level.value)).length;
      level.parentNode.querySelector("small").textContent = counted.toLocaleString("en");
    }
    const owner = $("select[name=owner]");
    if (owner) {
      owner.value = state.owner;
      if (owner.selectedIndex < 0) owner.value = "";
    }
    for (const [name] of LABELS) $(`select[name="label.${CSS.escape(name)}"]`).value = state.labels[name] || "";
    $("select[name=sort]").value = key;
    const fresh = $(".tog.new");
    const news = leads.filter((lead) => lead.fresh && lead.found && lead.owner_fits && lead.level_fits).length;
    fresh.hidden = !state.new && !leads.some((lead) => lead.fresh);
    fresh.setAttribute("aria-pressed", state.new);
    $("small", fresh).textContent = news.toLocaleString("en");
  }
  const filtered = () => Boolean(
    state.q || state.owner || state.flames || state.cell || state.new || Object.keys(state.labels).length,
  );
  function empty(found) {
    const none = $(".none");
    none.hidden = found > 0;
    table.hidden = !found;
    if (found) return;
    const narrow = state.q || state.owner || state.new || state.cell || state.flames || Object.keys(state.labels).length;
    const parts = [];
    if (state.owner && !owners.has(state.owner)) parts.push(el("b", {}, `No owner "${state.owner}" in this report.`));
    else if (narrow) parts.push(el("b", {}, "No lead matches."), own(said()));
    else parts.push(el("b", {}, nobody_hot()));
    const wider = leads.filter((lead) => lead.wide).length;
    if (wider) {
      const words = wider === 1 ? "Show 1 lead with fewer flames" : `Show ${many(wider, "lead")} with fewer flames`;
      parts.push(" ", el("a", { href: address({ ...state, flames: ALL, cell: "" }) }, words));
    }
    none.replaceChildren(...parts);
  }
  function nobody_hot() {
    if (data.hot === null) return "Nobody is hot today.";
    return `Nobody has ${many(data.hot, "flame")}${data.hot < 5 ? " or more" : ""} today.`;
  }
  function said() {
    let level = data.hot === null ? "hot" : flame_words(HOT);
    if (state.cell) {
      const [one, two] = state.cell.split(".");
      level = `${data.scores[0].title} ${one} × ${data.scores[1].title} ${two}`;
    } else if (state.flames) {
      level = state.flames === ALL ? "all flames" : flame_words(state.flames);
    }
    const labels = Object.entries(state.labels).map(([name, value]) => `${LABELS.get(name).title} ${value}`);
    return [state.owner, level, ...labels, state.new && "newly hot", state.q && `“${state.q}”`]
      .filter(Boolean).join(", ");
  }
  const flame_words = (text) => {
    const [low, high] = range(text);
    return low === high ? many(low, "flame") : `${low} to ${high} flames`;
  };
  const mark = (link, yes, value = "true") => {
    if (yes) link.setAttribute("aria-current", value);
    else link.removeAttribute("aria-current");
  };
  // A bar's length is a class of the style sheet, p0 to p100: the policy allows no style of its own.
  function fill(link, counted, most) {
    const bar = $(".bar", link);
    $("b", link).textContent = counted.toLocaleString("en");
    bar.className = `bar p${counted ? Math.max(1, Math.round((100 * counted) / most)) : 0}`;
  }
  function facets(k) {
    const at = (change) => address({ ...state, view: VIEWS[0], lead: "", ...change });
    const of_owner = new Map();
    const of_flames = [0, 0, 0, 0, 0, 0];
    for (const lead of leads) {
      if (lead.found && lead.new_fits && lead.level_fits) of_owner.set(lead.d.o, (of_owner.get(lead.d.o) || 0) + 1);
      if (lead.wide && standing(lead, k)) of_flames[standing(lead, k).f] += 1;
    }
    const most_owned = Math.max(1, ...of_owner.values());
    for (const link of marked.owner) {
      const name = link.dataset.owner;
      const mine = state.owner === name;
      link.setAttribute("href", at({ owner: mine ? "" : name }));
      mark(link, mine);
      fill(link, of_owner.get(name) || 0, most_owned);
    }
    const most = Math.max(1, ...of_flames.slice(1));
    for (const link of marked.flames) {
      const number = link.dataset.flames;
      const mine = !state.cell && (state.flames || HOT) === number;
      link.setAttribute("href", at({ flames: mine && state.flames ? "" : number, cell: "" }));
      mark(link, mine);
      fill(link, of_flames[number], most);
    }
    for (const link of marked.cell) {
      const mine = state.cell === link.dataset.cell;
      link.setAttribute("href", at({ cell: mine ? "" : link.dataset.cell, flames: "" }));
      mark(link, mine);
    }
  }

  // --- the breakdown

  function toggle(tr, open) {
    tr.classList.toggle("open", open);
    $(".name", tr).setAttribute("aria-expanded", open);
  }
  function ledger(of, k) {
    const head = el("tr", {},
      el("th", { class: "num", scope: "col" }, "Points"),
      el("th", { scope: "col" }, several ? own(data.scores[k].title) : "Rule"),
      el("th", { class: "d", scope: "col" }, "Last"),
      el("th", { class: "d d2", scope: "col" }, "Counts until"));
    const rows = el("tbody");
    for (const [rule, points, times, last, until] of of.e) {
      const [name, entry] = data.scores[k].rules[rule] || ["", ""];
      const cell = el("td", entry ? { class: "lim" } : {}, own(name));
      if (entry) cell.append(` (${entry})`);
      if (times > 1) cell.append(el("span", { class: "mute" }, `, ${times.toLocaleString("en")} times`));
      rows.append(el("tr", {}, el("td", { class: "num" }, points), cell,
        el("td", { class: "d" }, data.days[last]), el("td", { class: "d d2" }, data.days[until])));
    }
    const total = el("tr", {}, el("td", { class: "num" }, of.p), el("th", { colspan: 3, scope: "row" }, "total"));
    return el("table", { class: "led" }, el("thead", {}, head), rows, el("tfoot", {}, total));
  }
  function breakdown(lead) {
    const d = lead.d;
    const left = el("div");
    const list = el("dl", { class: "facts2" });
    const put = (term, told) => told && list.append(el("dt", {}, ...[term].flat()), el("dd", {}, ...[told].flat()));
    const link = (href, text) => (href ? el("a", { href }, own(text)) : own(text));
    const named = (words, k) => (several ? [`${words}, `, own(data.scores[k].title)] : words);
    d.s.forEach((of, k) => of && left.append(ledger(of, k)));
    put("Phone", d.p && link(d.t, d.p));
    put("E-mail", d.e && link(d.m, d.e));
    put("Company", d.c && own(d.c));
    put("Owner", (d.r || d.o) && own(d.r || d.o));
    put("Routing", d.y && own(d.y));
    put("Contact id", own(d.w || d.i));
    data.labels.forEach((label, place) => put(own(label.title), d.b[place] && own(d.b[place])));
    d.s.forEach((of, k) => put(named("Rank", k), of && of.r));
    if (data.since) d.s.forEach((of, k) => put(named(`Since ${data.since}`, k), of && of.k));
    d.s.forEach((of, k) => put(named("To be hot", k), of && of.g));
    const command = el("p", { class: "cmd" }, "Every event: ", el("code", {}, `flamescore explain ${d.j || d.i}`));
    const box = el("div", { class: "box" }, left, el("div", {}, list, command));
    return el("tr", { class: "detail" }, el("td", { colspan: table.dataset.columns }, box));
  }
  function flip(lead) {
    go({ lead: state.lead === lead.d.i ? "" : lead.d.i });
    $(".name", lead.tr).focus({ preventScroll: true });
  }

  // --- what the reader does

  if (table) {
    body.addEventListener("click", (event) => {
      if (event.target.closest("a")) return;
      if (!event.target.closest(".name") && getSelection().toString()) return;
      const row = event.target.closest("tr.row");
      if (row) flip(of_row.get(row));
    });
    $("thead", table).addEventListener("click", (event) => {
      const key = event.target.closest("button")?.dataset.sort;
      if (!key) return;
      const now = state.sort || "score";
      go({ sort: now === key ? `-${key}` : key === "score" ? "" : key, lead: "" });
    });
    $(".find input").addEventListener("input", (event) => go({ q: event.target.value.trim(), lead: "" }));
    $(".tools").addEventListener("change", ({ target }) => {
      if (target.name === "flames") go({ flames: target.value, cell: "", lead: "" });
      if (target.name === "owner") go({ owner: target.value, lead: "" });
      if (target.name === "sort") go({ sort: target.value === "score" ? "" : target.value });
      if (target.name.startsWith("label.")) {
        const labels = { ...state.labels, [target.name.slice(6)]: target.value };
        go({ labels: Object.fromEntries(Object.entries(labels).filter(([, value]) => value)), lead: "" });
      }
    });
    $(".tog.new").addEventListener("click", () => go({ new: !state.new, lead: "" }));
    $(".facet-btn").addEventListener("click", ({ currentTarget }) => {
      currentTarget.setAttribute("aria-expanded", $(".side").classList.toggle("show"));
    });
    $(".more").addEventListener("click", () => {
      const next = shown.length;
      everything = true;
      render();
      $(".name", shown[next].tr).focus({ preventScroll: true });
    });
    $(".clear").addEventListener("click", () => {
      go({ q: "", owner: "", flames: "", cell: "", new: false, labels: {}, lead: "" });
      $(".find input").value = "";
      $(".find input").focus();
    });
  }
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey && event.key !== "/") return;
    const at = document.activeElement;
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName) && at.type !== "radio";
    if (event.key === "Escape") {
      if (typing) at.blur();
      else if (state.lead) flip(of_id.get(state.lead));
      return;
    }
    if (typing || state.view !== VIEWS[0] || !table) return;
    if (event.key === "/") {
      event.preventDefault();
      $(".find input").focus();
      $(".find input").select();
    }
    if ((event.key === "j" || event.key === "k") && shown.length) {
      const row = at.closest("tr.row");
      const now = shown.findIndex((lead) => lead.tr === row);
      const step = event.key === "j" ? 1 : -1;
      const next = shown[now < 0 ? 0 : Math.min(shown.length - 1, Math.max(0, now + step))];
      $(".name", next.tr).focus({ preventScroll: true });
      next.tr.scrollIntoView({ block: "nearest" });
    }
    if (event.key === "Enter" && at === document.body && shown[0]) flip(shown[0]);
  });
  addEventListener("hashchange", render);
  let cut_for_print = false;
  addEventListener("beforeprint", () => {
    if (!table || everything) return;
    cut_for_print = everything = true;
    render();
  });
  addEventListener("afterprint", () => {
    if (!cut_for_print) return;
    cut_for_print = everything = false;
    render();
  });

  const age = Math.floor((Date.now() - Date.parse(data.as_of)) / 864e5);
  if (age >= 2) {
    const old = $("#stale");
    $("b", old).textContent = `This report is ${age.toLocaleString("en")} days old.`;
    old.hidden = false;
  }
  document.documentElement.classList.add("js");
  render();
  if (state.lead) $(".row.open")?.scrollIntoView({ block: "center" });
})();
