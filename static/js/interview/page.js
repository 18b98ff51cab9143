// @ts-check
// The one document: its views, of which one is shown, its buttons, and what is said aloud.

import { gettext } from "../texts.js";

/** A part of the page by its name. @param {ParentNode} root @param {string} name
 * @returns {HTMLElement} */
export function part(root, name) {
  const found = root.querySelector(`[data-part="${name}"]`);
  if (!found) {
    throw new Error(`The page has no part ${name}.`);
  }
  return /** @type {HTMLElement} */ (found);
}

/** @param {string} id @returns {HTMLElement} */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} name @returns {HTMLElement} */
export const viewOf = (name) =>
  /** @type {HTMLElement} */ (document.querySelector(`[data-view="${name}"]`));

/** Put a text where it is not yet: what stays as it is makes no screen reader speak again.
 * @param {Element} element @param {string} text */
export function write(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** A sentence in a place that is hidden while there is none.
 * @param {HTMLElement} element @param {string} text */
export function notice(element, text) {
  element.hidden = !text;
  write(element, text);
}

/** @type {string} */
let shown = "loading";

/** The name of the view that is shown. */
export const current = () => shown;

/** Show one view, from its top, with the focus on its heading.
 * @param {string} name */
export function show(name) {
  for (const view of /** @type {NodeListOf<HTMLElement>} */ (
    document.querySelectorAll("[data-view]")
  )) {
    view.hidden = view.dataset.view !== name;
  }
  shown = name;
  document.body.dataset.shown = name;
  const heading = viewOf(name).querySelector("h1");
  document.title = `${heading?.textContent?.slice(0, 80) || ""} · ${gettext("Interview")}`;
  window.scrollTo(0, 0);
  heading?.focus({ preventScroll: true });
}

const SAID_FOR = 1000;
/** @type {string[]} */
const toSay = [];
let isSaying = false;

/** Say a sentence to who cannot see the page; each stands long enough to be taken up.
 * @param {string} sentence */
export function say(sentence) {
  if (toSay.at(-1) !== sentence) {
    toSay.push(sentence);
  }
  if (!isSaying) {
    isSaying = true;
    void sayAll();
  }
}

async function sayAll() {
  const place = byId("say");
  for (let next = toSay.shift(); next !== undefined; next = toSay.shift()) {
    // The same sentence twice is a change only when the place was empty in between.
    place.textContent = "";
    await new Promise((done) => setTimeout(done, 60));
    place.textContent = next;
    await new Promise((done) => setTimeout(done, SAID_FOR));
  }
  isSaying = false;
}

/** @type {Map<string, (button: HTMLElement) => unknown>} */
const actions = new Map();

/** What the buttons `data-do="name"` do. @param {Record<string, (button: HTMLElement) => unknown>} more */
export function on(more) {
  for (const [name, act] of Object.entries(more)) {
    actions.set(name, act);
  }
}

/** Make the buttons of the page work. @param {(error: unknown) => void} failed */
export function listen(failed) {
  document.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement | null} */ (
      /** @type {Element} */ (event.target).closest("[data-do]")
    );
    const act = button && actions.get(button.dataset.do ?? "");
    if (!button || !act) {
      return;
    }
    Promise.resolve()
      .then(() => act(button))
      .catch(failed);
  });
}

/** @param {string} id @returns {HTMLDialogElement} */
export const dialog = (id) => /** @type {HTMLDialogElement} */ (byId(id));

/** Hand a file to the reader. @param {Blob} blob @param {string} name */
export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
