"use strict";
// The page is whole without this: it only adds sorting, filters and finding.
for (const list of document.querySelectorAll("[data-list]")) {
  const tools = list.querySelector(".tools");
  const table = list.querySelector("table");
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const find = tools.querySelector("input");
  const [flames, owner, order] = ["flames", "owner", "order"].map((by) => tools.querySelector(`[data-by=${by}]`));
  const found = tools.querySelector(".found");
  const clear = tools.querySelector(".clear");
  const none = list.querySelector(".none");
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ");
  const digits = (text) => text.replace(/\D/g, "");

  const rows = [...body.rows].map((row, place) => {
    const cells = [...row.cells];
    const shown = [...row.querySelectorAll("th.who, td.reach, td.owner")].map((cell) => cell.textContent).join(" ");
    const links = [...row.querySelectorAll("a")].map((link) => link.textContent).join(" ");
    const phone = digits(row.querySelector("a[href^='tel:']")?.textContent ?? "");
    return {
      row, place, phone,
      text: plain(`${shown} ${links}`),
      flames: Number(row.dataset.f),
      hot: "hot" in row.dataset,
      owner: row.dataset.o ?? "",
      keys: cells.map((cell) => cell.dataset.k ?? cell.textContent.trim()),
    };
  });

  const fits = (each, words, number) =>
    (flames.value === "" || (flames.value === "hot" ? each.hot : each.flames === Number(flames.value))) &&
    (!owner || owner.value === "" || each.owner === owner.value) &&
    (words.every((word) => each.text.includes(word)) || (number.length > 3 && each.phone.includes(number)));

  const filter = () => {
    const words = plain(find.value).split(" ").filter(Boolean);
    const number = /^[\d\s().+\-/]+$/.test(find.value) ? digits(find.value) : "";
    let shown = 0;
    for (const each of rows) {
      const fit = fits(each, words, number);
      each.row.hidden = !fit;
      shown += fit;
    }
    found.textContent = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} leads`;
    clear.hidden = shown === rows.length;
    none.hidden = shown > 0;
  };

  const sorts = {
    number: (a, b) => Number(a) - Number(b),
    text: (a, b) => a.localeCompare(b, "en", { sensitivity: "base", numeric: true }),
  };
  const sort = (column, direction) => {
    const sign = direction === "descending" ? -1 : 1;
    const by = sorts[heads[column].dataset.sort];
    const sorted = [...rows].sort((a, b) => {
      const [one, two] = [a.keys[column], b.keys[column]];
      if ((one === "") !== (two === "")) return one === "" ? 1 : -1;
      return sign * by(one, two) || a.place - b.place;
    });
    body.append(...sorted.map((each) => each.row));
    heads.forEach((head, number) => {
      if (number === column) head.setAttribute("aria-sort", direction);
      else head.removeAttribute("aria-sort");
    });
    order.value = `${column} ${direction}`;
  };

  heads.forEach((head, column) => {
    if (!head.dataset.sort) return;
    const first = head.dataset.first ?? "ascending";
    const other = first === "ascending" ? "descending" : "ascending";
    const name = head.textContent.trim();
    const words = head.dataset.sort === "number" ? ["low to high", "high to low"] : ["A to Z", "Z to A"];
    if (/active/.test(name)) words.splice(0, 2, "oldest first", "latest first");
    for (const direction of [first, other]) {
      order.add(new Option(`${name}, ${words[Number(direction === "descending")]}`, `${column} ${direction}`));
    }
    head.dataset.name = name;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    button.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      sort(column, now === first ? other : first);
    });
    head.replaceChildren(button);
  });

  let waiting = 0;
  find.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 80);
  });
  for (const select of [flames, owner]) select?.addEventListener("change", filter);
  order.addEventListener("change", () => {
    const [column, direction] = order.value.split(" ");
    sort(Number(column), direction);
  });
  clear.addEventListener("click", () => {
    find.value = "";
    flames.value = "";
    if (owner) owner.value = "";
    filter();
    find.focus();
  });
  tools.hidden = false;
  order.value = "0 ascending";
  filter();
}
