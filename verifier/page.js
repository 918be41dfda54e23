// The page around the checks: files chosen or dropped, keys typed, the verdict in the reader's language.
"use strict";

(() => {
  const find = (selector) => document.querySelector(selector);
  const shown = find("#verdict");
  let language = navigator.language.startsWith("lv") ? "lv" : "en";
  let files = [], last = null, turn = 0;

  const say = (name, values = {}) => words[language][name].replace(/\{(\w+)\}/g, (_, value) => String(values[value]));

  function render() {
    document.documentElement.lang = language;
    document.title = `Regesta: ${say("title")}`;
    for (const each of document.querySelectorAll("[data-say]")) each.textContent = say(each.dataset.say);
    for (const each of document.querySelectorAll("[data-language]"))
      each.setAttribute("aria-pressed", String(each.dataset.language === language));
    find("#chosen").replaceChildren(...files.map((file) => item(`${file.name} (${file.size} B)`)));
    shown.hidden = last === null;
    if (last === null) return;
    shown.className = last.outcome;
    shown.querySelector("h2").textContent = say(last.outcome);
    shown.querySelector("ul").replaceChildren(...last.lines.map((line) => item(say(line.say, line.values))));
    shown.querySelector(".note").textContent = last.outcome === "undecided" ? "" : say(`${last.outcome}Note`);
  }

  function item(text) {
    const element = document.createElement("li");
    element.textContent = text;
    return element;
  }

  async function check() {
    const mine = ++turn;
    let found = null;
    if (files.length) {
      const contents = await Promise.all(files.map(async (file) => new Uint8Array(await file.arrayBuffer())));
      const keys = find("#keys").value.split("\n").map((line) => line.trim()).filter(Boolean);
      try {
        found = await regesta.verdict(contents, keys);
      } catch {
        found = { outcome: "undecided", lines: [{ say: "tooOld" }] };
      }
    }
    if (mine === turn) { last = found; render(); }
  }

  // Until the files are judged, no verdict stands there: it would be that of the files before.
  function take(chosen) { files = [...chosen]; last = null; render(); check(); }

  find("#files").addEventListener("change", (event) => take(event.target.files));
  find("#keys").addEventListener("input", check);
  for (const each of document.querySelectorAll("[data-language]"))
    each.addEventListener("click", () => { language = each.dataset.language; render(); });
  const drop = find("#drop");
  for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]])
    document.addEventListener(name, (event) => { event.preventDefault(); drop.classList.toggle("over", over); });
  document.addEventListener("drop", (event) => take(event.dataTransfer.files));
  render();
})();
