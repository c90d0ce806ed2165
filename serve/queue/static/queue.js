"use strict";
// Keys, preview, choosing and undo, for the queue and the line page. All they do can be done without them.
const rows = [...document.querySelectorAll("li[data-line]")];
const help = document.getElementById("keys");
const said = document.getElementById("said");
const preview = document.getElementById("preview");
const OTHER = "input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]";
const SECONDS = 10;
let asking = null;

// Forms are sent once, however often the button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog" || form.method === "get") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

function current() {
  return rows.findIndex((row) => row.hasAttribute("aria-current"));
}

function mark(row) {
  for (const other of rows) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  clearTimeout(asking);
  asking = setTimeout(show, 150, row); // who runs along the list does not ask for every line
}

async function show(row) {
  if (!preview || getComputedStyle(preview).display === "none") return;
  const answer = await fetch(`/lines/${row.dataset.line}/preview?day=${row.dataset.day}`, { redirect: "manual" });
  if (!answer.ok || !row.hasAttribute("aria-current")) return;
  preview.innerHTML = await answer.text(); // our own page: everything declared in it is escaped there
  preview.scrollTop = 0;
}

function go(place) {
  const row = rows[place];
  if (!row) return;
  mark(row);
  row.querySelector("a.open").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function tell(words) {
  said.textContent = words;
}

function dismiss(toast) {
  setTimeout(() => toast.remove(), SECONDS * 1000);
}

function offer(words, line) {
  for (const old of document.querySelectorAll(".toast")) old.remove();
  const toast = document.getElementById("undo").content.cloneNode(true).firstElementChild;
  toast.querySelector("p").textContent = words;
  toast.querySelector("[name=line]").value = line;
  toast.querySelector("[name=next]").value = location.pathname + location.search;
  document.body.append(toast);
  dismiss(toast);
}

async function decide(row, number) {
  if (row.classList.contains("done")) return tell("This line has a finding; open it to correct it.");
  const choices = [...help.querySelectorAll("[data-decision]")];
  const { decision } = choices[number - 1].dataset;
  const version = Number(row.dataset.version);
  const form = { csrf: document.querySelector("meta[name=csrf]").content, version, decision, next: "/queue" };
  const address = `/lines/${row.dataset.line}/findings`;
  const answer = await fetch(address, { method: "POST", body: new URLSearchParams(form), redirect: "manual" });
  if (answer.type !== "opaqueredirect") return send(address, form); // that page says what is wanted, or who was first
  const words = choices[number - 1].textContent;
  row.querySelector(".now").textContent = words;
  row.classList.add("done");
  tell(`${row.dataset.line}: ${words}`);
  offer(`${words}: line ${row.dataset.line}.`, `${row.dataset.line}/${version + 1}`);
  go(rows.indexOf(row) + 1);
}

function send(address, fields) {
  const form = Object.assign(document.createElement("form"), { method: "post", action: address });
  for (const [name, value] of Object.entries(fields)) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  form.submit();
}

function onQueue(key) {
  const row = rows[current()];
  if (key === "j") go(Math.min(current() + 1, rows.length - 1));
  else if (key === "k") go(Math.max(current() - 1, 0));
  else if (key === "Enter" && row) row.querySelector("a.open").click();
  else if (key === "x" && row) row.querySelector("input[type=checkbox]")?.click();
  else if ("12345".includes(key) && row && document.getElementById("bulk")) decide(row, Number(key));
  else return false;
  return true;
}

function onLine(key) {
  const choices = document.querySelectorAll("#finding-form input[name=decision]");
  const beside = { j: "next", k: "prev" }[key];
  if (beside) document.querySelector(`main a[rel=${beside}]`)?.click();
  else if (key === "c") document.getElementById("comment")?.focus();
  else if ("12345".includes(key) && choices.length) {
    choices[Number(key) - 1].checked = true;
    choices[Number(key) - 1].focus();
  } else return false;
  return true;
}

function onPage(key) {
  const find = document.querySelector("#find input[type=search]");
  const undo = document.querySelector(".toast form");
  if (key === "?") help.open ? help.close() : help.showModal();
  else if (key === "/" && find) find.focus();
  else if (key === "u" && undo) undo.requestSubmit();
  else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !help) return;
  if (event.key === "Escape" && event.target.matches("#find input")) event.target.blur();
  if (event.target.matches(OTHER)) return;
  if (event.key === "Enter" && event.target.matches("a, button, summary")) return;
  const own = () => !help.open && (rows.length ? onQueue(event.key) : onLine(event.key));
  if (event.target.matches(".timeline") && zoom(event.target, event.key)) event.preventDefault();
  else if (onPage(event.key) || own()) event.preventDefault();
});

const every = document.getElementById("every");
function counted() {
  const chosen = rows.filter((row) => row.querySelector("input[type=checkbox]")?.checked).length;
  document.getElementById("chosen").textContent = chosen ? `${chosen} chosen` : "All here";
  every.checked = chosen === rows.length;
  every.indeterminate = chosen > 0 && !every.checked;
}
if (every) {
  every.addEventListener("change", () => {
    for (const row of rows) row.querySelector("input[type=checkbox]").checked = every.checked;
    counted();
  });
  document.getElementById("lines").addEventListener("change", counted);
  window.addEventListener("pageshow", counted);
}

for (const row of rows) {
  row.addEventListener("focusin", () => row.hasAttribute("aria-current") || mark(row));
  row.addEventListener("click", (event) => event.target.closest("a, input") || mark(row));
}
if (rows.length) mark(rows[0]);
for (const toast of document.querySelectorAll(".toast")) dismiss(toast);

// An open menu closes by Escape, and when something else is pressed.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// The timeline: a window on its years, moved and narrowed by wheel and keys.
function zoom(frame, key) {
  let [from, to] = (frame.dataset.window ?? "0 1").split(" ").map(Number);
  const wide = to - from;
  const about = (times) => [(from + to) / 2 - (wide * times) / 2, (from + to) / 2 + (wide * times) / 2];
  if (key === "+" || key === "=") [from, to] = wide > 0.01 ? about(2 / 3) : [from, to];
  else if (key === "-") [from, to] = about(1.5);
  else if (key === "0") [from, to] = [0, 1];
  else if (key === "ArrowLeft") [from, to] = [from - wide / 6, to - wide / 6];
  else if (key === "ArrowRight") [from, to] = [from + wide / 6, to + wide / 6];
  else return false;
  const shown = Math.min(to - from, 1);
  from = Math.min(Math.max(from, 0), 1 - shown);
  frame.dataset.window = `${from} ${from + shown}`;
  for (const mark of frame.querySelectorAll("[data-share]")) {
    const place = (Number(mark.dataset.share) - from) / shown;
    const [, y] = mark.getAttribute("transform").match(/ ([-\d.]+)\)/);
    mark.setAttribute("transform", `translate(${(90 + 890 * place).toFixed(1)} ${y})`);
    mark.setAttribute("visibility", place < 0 || place > 1 ? "hidden" : "visible");
  }
  return true;
}
for (const frame of document.querySelectorAll(".timeline")) {
  const wheel = (event) => {
    if (frame !== document.activeElement) return; // else the page scrolls
    event.preventDefault();
    zoom(frame, event.deltaY < 0 ? "+" : "-");
  };
  frame.addEventListener("wheel", wheel, { passive: false });
}

// What an address or a flag points at is opened.
function reveal() {
  const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  for (let one = target; one; one = one.parentElement) if (one.matches("details")) one.open = true;
  if (target) target.scrollIntoView();
}
window.addEventListener("hashchange", reveal);
reveal();
