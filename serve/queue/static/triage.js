"use strict";
// Keys for the queue and the line page. Everything they do can be done without them.
const rows = [...document.querySelectorAll("tr[data-line]")];
const help = document.getElementById("keys");
const said = document.getElementById("said");
const OTHER = "input, select, textarea, [contenteditable]";

function current() {
  return rows.findIndex((row) => row.hasAttribute("aria-current"));
}

function go(place) {
  const row = rows[place];
  if (!row) return;
  for (const other of rows) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  row.querySelector("a.open").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function tell(words) {
  said.textContent = words;
}

async function decide(row, number) {
  const form = row.querySelector("form.triage");
  if (!form) return tell("This line has a finding; open it to correct it.");
  const choice = form.elements.decision;
  choice.selectedIndex = number;
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
  if (answer.type !== "opaqueredirect") return form.requestSubmit(); // the page says what is wanted or who was first
  const words = choice.selectedOptions[0].textContent.slice(2);
  row.querySelector(".now").innerHTML = "<b></b>";
  row.querySelector(".now b").textContent = words;
  form.remove();
  tell(`${row.dataset.line}: ${words}`);
  go(rows.indexOf(row) + 1);
}

function onQueue(key) {
  if (key === "j") go(Math.min(current() + 1, rows.length - 1));
  else if (key === "k") go(Math.max(current() - 1, 0));
  else if (key === "Enter" && current() >= 0) rows[current()].querySelector("a.open").click();
  else if ("12345".includes(key) && current() >= 0) decide(rows[current()], Number(key));
  else return false;
  return true;
}

function onLine(key) {
  const choices = document.querySelectorAll("#finding-form input[name=decision]");
  const beside = { j: "next", k: "prev" }[key];
  if (beside) document.querySelector(`a[rel=${beside}]`)?.click();
  else if ("12345".includes(key) && choices.length) {
    choices[Number(key) - 1].checked = true;
    choices[Number(key) - 1].focus();
  } else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const choice = event.target.matches("input[type=radio]") && "12345".includes(event.key);
  if (event.target.matches(OTHER) && !choice) return;
  if (event.key === "?") help.open ? help.close() : help.showModal();
  else if (event.key === "Enter" && event.target.matches("a, button, summary")) return;
  else if (help.open || !(rows.length ? onQueue(event.key) : onLine(event.key))) return;
  event.preventDefault();
});
document.addEventListener("focusin", (event) => {
  const row = event.target.closest("tr[data-line]");
  if (row && !row.hasAttribute("aria-current")) {
    for (const other of rows) other.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
  }
});
