// @ts-check
// The questions that fit, while the reader types; without this module the button does the same.

const WAIT = 250;

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("search"));
const field = /** @type {HTMLInputElement | null} */ (form?.elements.namedItem("q") ?? null);

/** @type {AbortController | undefined} */
let running;
/** @type {number | undefined} */
let timer;

/**
 * Puts the questions for what stands in the form in the place of those shown.
 * @param {HTMLFormElement} asked
 */
async function show(asked) {
  running?.abort();
  running = new AbortController();
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(asked)) {
    if (value) query.append(name, String(value));
  }
  const url = `${asked.action}?${query}`;
  try {
    const reply = await fetch(url, { signal: running.signal, credentials: "same-origin" });
    // Signed out meanwhile: the button leads to the login, typing leaves all as it is.
    if (!reply.ok || reply.redirected) return;
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const found = page.getElementById("asked");
    if (found) document.getElementById("asked")?.replaceChildren(...found.childNodes);
    history.replaceState(null, "", url);
  } catch (error) {
    if (!(error instanceof DOMException) && !(error instanceof TypeError)) throw error;
  }
}

if (form && field) {
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => show(form), WAIT);
  });
}
