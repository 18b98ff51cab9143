// @ts-check
// The form that corrects a transcript works without this: here it says what is changed, can put a
// passage back, sends only what changed, and warns who leaves with something unsaved.

import { fill, gettext, ngettext } from "../texts.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-correct]"));
const count = /** @type {HTMLElement} */ (form.querySelector("[data-count]"));
const passages = [...form.querySelectorAll("[data-passage]")].map((item) => ({
  item: /** @type {HTMLElement} */ (item),
  text: /** @type {HTMLTextAreaElement} */ (item.querySelector("textarea")),
  badge: /** @type {HTMLElement} */ (item.querySelector("[data-changed]")),
  undo: /** @type {HTMLButtonElement} */ (item.querySelector("[data-undo]")),
}));
let isLeaving = false;

/** White space alone is no change: the server looks at words.
 * @param {string} text */
const words = (text) => text.trim().split(/\s+/).join(" ");

/** What a passage reads in the version that is being corrected.
 * @param {HTMLTextAreaElement} text */
const original = (text) => text.dataset.original ?? text.defaultValue;

/** @param {{text: HTMLTextAreaElement}} passage */
const isChanged = ({ text }) => words(text.value) !== words(original(text));

function show() {
  for (const passage of passages) {
    const changed = isChanged(passage);
    passage.item.classList.toggle("changed", changed);
    passage.badge.hidden = passage.undo.hidden = !changed;
  }
  const number = passages.filter(isChanged).length;
  const sentence = ngettext("%(count)s passage changed", "%(count)s passages changed", number);
  const said = number === 0 ? "" : fill(sentence, { count: number });
  if (count.textContent !== said) count.textContent = said;
}

for (const { text, undo } of passages) {
  text.addEventListener("input", show);
  undo.addEventListener("click", () => {
    text.value = original(text);
    show();
    text.focus();
  });
}

form.addEventListener("submit", (event) => {
  if (!passages.some(isChanged)) {
    event.preventDefault();
    count.textContent = gettext("Nothing is changed yet.");
    return;
  }
  isLeaving = true;
  for (const passage of passages) passage.text.disabled = !isChanged(passage);
});

// Back from the next page: the browser may show this one as it was left.
window.addEventListener("pageshow", () => {
  isLeaving = false;
  for (const { text } of passages) text.disabled = false;
  show();
});

window.addEventListener("beforeunload", (event) => {
  if (!isLeaving && passages.some(isChanged)) event.preventDefault();
});

const choice = /** @type {HTMLElement} */ (form.querySelector("[data-unsure-only]"));
const box = /** @type {HTMLInputElement} */ (choice.querySelector("input"));
const none = /** @type {HTMLElement} */ (form.querySelector("[data-none-unsure]"));
choice.hidden = false;
box.addEventListener("change", () => {
  for (const passage of passages) {
    const { doubtful } = passage.item.dataset;
    passage.item.hidden = box.checked && doubtful === undefined && !isChanged(passage);
  }
  none.hidden = passages.some(({ item }) => !item.hidden);
});
