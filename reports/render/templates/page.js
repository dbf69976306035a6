"use strict";
document.querySelectorAll(".tools").forEach((tools) => {
  const section = document.getElementById(tools.dataset.for);
  const rows = [...section.querySelectorAll(".row")];
  const texts = rows.map((row) => (row.tagName === "TR" ? (row.closest("table.clauses") ? row.closest("tbody").innerText : "") + row.innerText
    : row.querySelector("summary").textContent + row.querySelector(".inside").textContent).toLowerCase());
  const folds = [...section.querySelectorAll("section.gate, details.area, tbody")].filter((f) => f.querySelector(".row"));
  const buttons = [...tools.querySelectorAll("button")];
  const search = tools.querySelector("input");
  const output = tools.querySelector("output");
  let show = "";
  const wanted = (state) => !show || (show[0] === "!" ? state !== show.slice(1) : state === show);
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    rows.forEach((row, i) => {
      row.hidden = !(wanted(row.dataset.s) && words.every((word) => texts[i].includes(word)));
      left += !row.hidden;
    });
    const narrowed = Boolean(show || words.length);
    folds.forEach((fold) => {
      fold.hidden = !fold.querySelector(".row:not([hidden])");
      if (fold.tagName === "DETAILS" && narrowed) fold.open = true;
    });
    output.textContent = narrowed ? left + " of " + rows.length : "";
  };
  buttons.forEach((button) => button.addEventListener("click", () => {
    show = button.dataset.show;
    buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    apply();
  }));
  search.addEventListener("input", apply);
  section.clear = () => { search.value = ""; buttons[0].click(); };
  tools.hidden = false;
});
document.querySelectorAll("details[data-open]").forEach((details) => { details.open = true; });
const reveal = () => {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  const section = target.closest("main > section");
  if (target.hidden && section && section.clear) section.clear();
  for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  target.scrollIntoView();
};
addEventListener("hashchange", reveal);
addEventListener("beforeprint", () => document.querySelectorAll("details.area").forEach((d) => { d.open = true; }));
reveal();
