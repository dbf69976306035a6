"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const block = document.getElementById("store");
  let kept = null;
  const store = () => kept || (kept = block ? JSON.parse(block.textContent) : { texts: [], parts: [] });
  const markup = (number) => (store().parts[number] || []).map((place) => store().texts[place]).join("");
  const words = (number) => (store().parts[number] || []).map((place) => store().texts[place])
    .map((text) => (text[0] === "<" ? " " : text)).join("");

  // What a fold holds is put in when it is opened.
  const fill = (fold) => all("[data-part]", fold).forEach((empty) => {
    if (empty.closest("details") !== fold) return;
    empty.innerHTML = markup(empty.dataset.part);
    empty.removeAttribute("data-part");
  });
  document.addEventListener("toggle", (event) => { if (event.target.open) fill(event.target); }, true);

  // A clause's path as it is printed elsewhere: what it is a property of, and the property.
  const path = (row) => {
    const leaf = row.querySelector("th code").textContent;
    const group = row.closest("tbody").querySelector(".group code");
    const whose = group ? group.textContent : row.closest("[data-area]").dataset.area;
    return leaf.startsWith(whose) ? leaf : whose + (leaf[0] === "[" ? "" : ".") + leaf;
  };

  const sections = new Map();
  all(".tools").forEach((tools) => {
    const section = document.getElementById(tools.dataset.for);
    const rows = all(".row", section);
    const folds = all("details.gate, details.area, tbody", section).filter((fold) => fold.querySelector(".row"));
    const buttons = all("button", tools);
    const selects = all("select", tools);
    const search = tools.querySelector("input");
    const output = tools.querySelector("output");
    const state = { show: "", find: "" };
    let texts = null;
    const said = (row) => {
      const parts = all("[data-part]", row).map((empty) => words(empty.dataset.part));
      const titles = all("[title]", row).map((each) => each.title);
      return [row.closest("table.clauses") ? path(row) : "", row.textContent, ...titles, ...parts].join(" ").toLowerCase();
    };
    const wanted = (row) => !state.show || (state.show[0] === "!" ? row.dataset.s !== state.show.slice(1) : row.dataset.s === state.show);
    const chosen = (row) => selects.every((select) => {
      if (!select.value) return true;
      const own = row.dataset[select.name] || (row.closest("[data-" + select.name + "]") || row).dataset[select.name] || "";
      return own.split(" ").includes(select.value);
    });
    const apply = () => {
      const looked = state.find.toLowerCase().split(/\s+/).filter(Boolean);
      if (looked.length) texts = texts || rows.map(said);
      let left = 0;
      rows.forEach((row, place) => {
        row.hidden = !(wanted(row) && chosen(row) && looked.every((word) => texts[place].includes(word)));
        left += !row.hidden;
      });
      const narrowed = Boolean(state.show || looked.length || selects.some((select) => select.value));
      folds.forEach((fold) => {
        fold.hidden = !fold.querySelector(".row:not([hidden])");
        if (fold.tagName === "DETAILS" && narrowed) fold.open = true;
      });
      output.textContent = narrowed ? left + " of " + rows.length : "";
      buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.show === state.show)));
      return narrowed;
    };
    // The address says what is shown, so that it can be sent to somebody.
    const write = () => {
      const asked = new URLSearchParams();
      Object.entries(state).forEach(([name, value]) => { if (value) asked.set(name, value); });
      selects.forEach((select) => { if (select.value) asked.set(select.name, select.selectedOptions[0].text); });
      const said = String(asked);
      try { history.replaceState(null, "", "#" + section.id + (said ? "?" + said : "")); } catch { /* a page inside of another */ }
    };
    const read = (asked) => {
      state.show = asked.get("show") || "";
      search.value = state.find = asked.get("find") || "";
      selects.forEach((select) => {
        const option = [...select.options].find((each) => each.text === asked.get(select.name));
        select.value = option ? option.value : "";
      });
      apply();
    };
    buttons.forEach((button) => button.addEventListener("click", () => { state.show = button.dataset.show; apply(); write(); }));
    selects.forEach((select) => select.addEventListener("change", () => { apply(); write(); }));
    search.addEventListener("input", () => { state.find = search.value; apply(); write(); });
    search.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { search.value = state.find = ""; apply(); write(); search.blur(); }
    });
    sections.set(section.id, { read, search });
    tools.hidden = false;
  });
  all("details[data-open]").forEach((details) => { details.open = true; });

  // An address leads to an element, to a scenario or clause by its name, or to a filtered section.
  const plain = (text) => { try { return decodeURIComponent(text); } catch { return text; } };
  const named = (name) => document.getElementById(name)
    || all("details.row").find((row) => row.querySelector("summary code").textContent === name)
    || all(".clauses .row").find((row) => path(row) === name);
  const reveal = () => {
    const [name, asked] = location.hash.slice(1).split(/\?(.*)/s);
    const target = name && named(plain(name));
    if (!target) return;
    const own = target.closest("main > section");
    const tools = own && sections.get(own.id);
    if (asked !== undefined && tools) tools.read(new URLSearchParams(asked));
    else if (target.hidden && tools) tools.read(new URLSearchParams());
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") { at.open = true; fill(at); }
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    const reachable = all("main > section").filter((section) => sections.has(section.id));
    const above = reachable.filter((section) => section.getBoundingClientRect().top < innerHeight / 2);
    const section = above[above.length - 1] || reachable[0];
    if (!section) return;
    event.preventDefault();
    sections.get(section.id).search.focus();
  });

  // The time line: what lies under the pointer, and a way to it.
  all("svg.line").forEach((line) => {
    const told = line.closest("figure").querySelector(".under");
    const under = (event) => {
      const box = line.getBoundingClientRect();
      const scale = line.viewBox.baseVal.width / box.width;
      const x = (event.clientX - box.left) * scale;
      const y = (event.clientY - box.top) * scale;
      const hit = (store().bars || []).find(([top, from, wide]) => y >= top && y < top + 20 && x >= from - 1 && x <= from + Math.max(wide, 2));
      return hit && document.getElementById(hit[3]);
    };
    line.addEventListener("mousemove", (event) => {
      const row = under(event);
      told.textContent = row ? row.querySelector("summary").innerText.replace(/\s+/g, " ") : "";
      line.classList.toggle("over", Boolean(row));
    });
    line.addEventListener("click", (event) => { const row = under(event); if (row) location.hash = row.id; });
  });
  reveal();
})();
