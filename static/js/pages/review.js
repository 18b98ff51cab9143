// @ts-check
// The review form: draft saved while typing, overall score shown, passages marked as evidence.
// Everything here is a help: the form posts the same fields without it.

import { fill, gettext, number } from "../texts.js";

const SAVE_AFTER = 800; // ms without a key
const FIRST_RETRY = 2000;
const LAST_RETRY = 30000;

const form = /** @type {HTMLFormElement} */ (document.getElementById("review"));

for (const element of document.querySelectorAll(".needs-script")) {
  /** @type {HTMLElement} */ (element).hidden = false;
}

// -- scores: number, slider, anchors, overall ----------------------------------------------------

/** A score as typed; null where there is none, or none that counts.
 * @param {string} text
 * @returns {number | null} */
export function scoreOf(text) {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() === "" || !(value >= 0 && value <= 10) ? null : value;
}

/** Σ weight × score / Σ weight over what is scored; null for nothing.
 * @param {{weight: number, score: number | null}[]} pairs */
export function weightedMean(pairs) {
  const scored = pairs.filter((pair) => pair.score !== null);
  const weights = scored.reduce((sum, pair) => sum + pair.weight, 0);
  const points = scored.reduce((sum, pair) => sum + pair.weight * Number(pair.score), 0);
  return weights > 0 ? points / weights : null;
}

const cards = [...form.querySelectorAll(".category")].map((element) => {
  const card = /** @type {HTMLElement} */ (element);
  return {
    element: card,
    id: String(card.dataset.category),
    name: String(card.dataset.name),
    weight: Number(card.dataset.weight),
    number: /** @type {HTMLInputElement} */ (card.querySelector("input[type=number]")),
    slider: /** @type {HTMLInputElement} */ (card.querySelector(".slider")),
    evidence: /** @type {HTMLInputElement | null} */ (card.querySelector("input[name^=evidence-]")),
    pieces: card.querySelector(".pieces"),
  };
});

function showScores() {
  for (const card of cards) {
    const score = scoreOf(card.number.value);
    card.slider.classList.toggle("unset", score === null);
    card.slider.value = String(score ?? 5);
    for (const element of card.element.querySelectorAll(".anchors > div")) {
      const anchor = /** @type {HTMLElement} */ (element);
      const reached =
        score !== null && score >= Number(anchor.dataset.from) && score < Number(anchor.dataset.below);
      anchor.classList.toggle("reached", reached);
    }
  }
  const scored = cards
    .map((card) => ({ ...card, score: scoreOf(card.number.value) }))
    .filter((card) => card.score !== null);
  const overall = weightedMean(scored);
  const output = document.getElementById("overall-mean");
  const how = document.getElementById("overall-how");
  if (!output || !how) return;
  output.textContent = overall === null ? "–" : number(overall);
  if (overall === null) {
    how.textContent = gettext("the weighted mean of what you score; nothing is scored yet");
    return;
  }
  const above = scored.map((card) => `${number(card.weight)} × ${number(Number(card.score))}`);
  const below = scored.map((card) => number(card.weight));
  const calculation = `(${above.join(" + ")}) / (${below.join(" + ")})`;
  how.textContent = fill(gettext("the weighted mean: %(calculation)s"), { calculation });
}

for (const card of cards) {
  card.slider.hidden = false;
  card.slider.addEventListener("input", () => {
    card.number.value = card.slider.value;
    card.number.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
form.addEventListener("input", showScores);
showScores();

// -- the draft -----------------------------------------------------------------------------------

const state = /** @type {HTMLElement} */ (document.getElementById("draft-state"));
let timer = 0;
let wait = FIRST_RETRY;
let changed = false;
let saving = false;
let over = false; // the form is on its way, or the server wants no draft any more

/** Hours and minutes as pages write them. @param {string} moment ISO 8601 */
function clockTime(moment) {
  const { lang } = document.documentElement;
  const form = /** @type {const} */ ({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return new Date(moment).toLocaleTimeString(lang || undefined, form);
}

/** @param {string} text @param {boolean} [isBad] */
function say(text, isBad = false) {
  state.textContent = text;
  state.classList.toggle("not-saved", isBad);
}

async function save(keepalive = false) {
  window.clearTimeout(timer);
  if (!changed || over || (saving && !keepalive)) return;
  changed = false;
  saving = true;
  say(gettext("Saving…"));
  try {
    const reply = await fetch(String(form.dataset.draftUrl), {
      method: "POST",
      body: new URLSearchParams(/** @type {any} */ (new FormData(form))),
      headers: { Accept: "application/json" },
      keepalive,
    });
    if (reply.redirected) throw new Error("signed out");
    if ([403, 404, 409, 413].includes(reply.status)) {
      // Trying again will not help; the server says why.
      const refusal = await reply.json().catch(() => ({}));
      over = true;
      const why = refusal.error ?? gettext("You may be signed out: load the page again.");
      say(fill(gettext("Not saved. %(why)s"), { why }), true);
      return;
    }
    if (!reply.ok) throw new Error(`status ${reply.status}`);
    const { savedAt } = await reply.json();
    wait = FIRST_RETRY;
    if (!over) say(fill(gettext("Draft saved at %(time)s."), { time: clockTime(savedAt) }));
  } catch {
    changed = true;
    if (over) return;
    say(gettext("Not saved, trying again…"), true);
    timer = window.setTimeout(save, wait);
    wait = Math.min(2 * wait, LAST_RETRY);
  } finally {
    saving = false;
    if (changed && !over && wait === FIRST_RETRY) later();
  }
}

function later() {
  window.clearTimeout(timer);
  timer = window.setTimeout(save, SAVE_AFTER);
}

function touched() {
  if (over) return;
  changed = true;
  wait = FIRST_RETRY;
  later();
}

form.addEventListener("input", touched);
window.addEventListener("online", () => save());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") save(true);
});
window.addEventListener("pagehide", () => save(true));
window.addEventListener("beforeunload", (event) => {
  if (changed && !over && wait > FIRST_RETRY) event.preventDefault(); // it could not be saved
});
form.addEventListener("submit", () => {
  over = true;
  window.clearTimeout(timer);
});
// Back from the page that followed: the form stands there as it was, and may be typed in again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

// -- evidence ------------------------------------------------------------------------------------

/** @typedef {{first: number, last: number, text: string, start: number | null}} Marked */

const transcript = document.getElementById("transcript");
const transcriptId = form.dataset.transcript;
const bar = document.getElementById("use-evidence");
const markedText = document.getElementById("marked");
const choice = /** @type {HTMLSelectElement | null} */ (document.getElementById("evidence-for"));
const use = document.getElementById("use-as-evidence");
/** @type {Marked | null} */
let marked = null;

/** How many blanks stand before a place in a text: words are apart by one each.
 * @param {string} text @param {number} end */
function blanksBefore(text, end) {
  return text.slice(0, end).split(" ").length - 1;
}

/** The whole words that a selection touches, by their indexes; null for none.
 * @param {Range} range
 * @returns {Marked | null} */
function wordsIn(range) {
  /** @type {Marked | null} */
  let found = null;
  for (const element of /** @type {Element} */ (transcript).querySelectorAll(".words")) {
    const node = element.firstChild;
    if (!(node instanceof Text) || !range.intersectsNode(node)) continue;
    let from = node === range.startContainer ? range.startOffset : 0;
    let to = node === range.endContainer ? range.endOffset : node.data.length;
    while (from < to && node.data[from] === " ") from += 1;
    while (to > from && node.data[to - 1] === " ") to -= 1;
    if (from >= to) continue;
    const dataset = /** @type {HTMLElement} */ (element).dataset;
    const base = Number(dataset.first);
    const first = blanksBefore(node.data, from);
    const last = blanksBefore(node.data, to);
    const text = node.data.split(" ").slice(first, last + 1).join(" ");
    const start = String(dataset.starts).split(" ")[first];
    if (found === null) {
      found = { first: base + first, last: base + last, text, start: start === "-" ? null : Number(start) };
    } else {
      found.last = base + last;
      found.text += ` ${text}`;
    }
  }
  return found;
}

/** @param {number} seconds */
function clock(seconds) {
  const whole = Math.floor(seconds);
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** The range of the words of a piece, for marking it in the transcript; null where not shown.
 * @param {number} first @param {number} last */
function rangeOf(first, last) {
  const range = document.createRange();
  let begun = false;
  for (const element of /** @type {Element} */ (transcript).querySelectorAll(".words")) {
    const node = element.firstChild;
    if (!(node instanceof Text)) continue;
    const words = node.data.split(" ");
    const base = Number(/** @type {HTMLElement} */ (element).dataset.first);
    const offset = (/** @type {number} */ count) =>
      words.slice(0, count).reduce((sum, word) => sum + word.length + 1, 0);
    if (first >= base && first < base + words.length) {
      range.setStart(node, offset(first - base));
      begun = true;
    }
    if (begun && last < base + words.length) {
      range.setEnd(node, offset(last - base + 1) - 1);
      return range;
    }
  }
  return null;
}

/** Marks in the transcript what is evidence already, where the browser can. */
function showEvidence() {
  const registry = /** @type {any} */ (CSS).highlights;
  const Highlight = /** @type {any} */ (window).Highlight;
  if (!transcript || !registry || !Highlight) return;
  const ranges = cards
    .flatMap((card) => (card.evidence?.value ?? "").split(" "))
    .map((key) => /^(\d+):(\d+)-(\d+)$/.exec(key))
    .filter((match) => match !== null && match[1] === transcriptId)
    .map((match) => rangeOf(Number(match?.[2]), Number(match?.[3])))
    .filter((range) => range !== null);
  registry.set("evidence", new Highlight(...ranges));
}

/** @param {typeof cards[number]} card @param {string} key */
function removable(card, key) {
  const item = card.pieces?.querySelector(`li[data-key="${key}"]`);
  if (!item || item.querySelector("button")) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small";
  button.textContent = gettext("Remove");
  const label = fill(gettext("Remove this evidence for %(category)s"), { category: card.name });
  button.setAttribute("aria-label", label);
  button.addEventListener("click", () => {
    if (!card.evidence) return;
    card.evidence.value = card.evidence.value.split(" ").filter((one) => one !== key).join(" ");
    item.remove();
    card.number.focus();
    showEvidence();
    touched();
  });
  item.append(button);
}

function useMarked() {
  const card = cards.find((one) => one.id === choice?.value);
  if (!card || !card.evidence || !card.pieces || !marked || !bar || !markedText) return;
  const key = `${transcriptId}:${marked.first}-${marked.last}`;
  const keys = card.evidence.value.split(" ").filter(Boolean);
  if (!keys.includes(key)) {
    card.evidence.value = [...keys, key].join(" ");
    const item = document.createElement("li");
    item.dataset.key = key;
    const quote = document.createElement("q");
    quote.textContent = marked.text;
    item.append(quote);
    if (marked.start !== null) {
      const time = document.createElement("span");
      time.className = "soft small";
      time.textContent = clock(marked.start);
      item.append(time);
    }
    card.pieces.append(item);
    removable(card, key);
    touched();
  }
  document.getSelection()?.removeAllRanges();
  markedText.textContent = fill(gettext("Added to %(category)s."), { category: card.name });
  marked = null;
  showEvidence();
}

for (const card of cards) {
  for (const key of (card.evidence?.value ?? "").split(" ").filter(Boolean)) removable(card, key);
  // Evidence goes to the category one is at work on.
  card.element.addEventListener("focusin", () => {
    if (choice) choice.value = card.id;
  });
}

if (transcript && bar && markedText && use) {
  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed || selection.rangeCount === 0) return;
    const range = selection.getRangeAt(0);
    if (!range.intersectsNode(transcript)) return;
    marked = wordsIn(range);
    if (marked === null) return;
    const text = marked.text.length > 90 ? `${marked.text.slice(0, 89)}…` : marked.text;
    markedText.textContent = fill(gettext("Marked: “%(text)s”"), { text });
    bar.hidden = false;
  });
  use.addEventListener("click", useMarked);
}
showEvidence();
