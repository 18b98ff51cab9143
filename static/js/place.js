// @ts-check
// A page that is loaded anew shows the same place: what stood at the top of the window stands there
// again, whatever has come in above it.

const KEY = "place";
const SETTLED_AFTER = 3;
const MOST_FRAMES = 40;

/** @typedef {{path: string, id: string, top: number, y: number, scrolled: Record<string, number>,
 *   open: [string, number][], more: any}} Place */

/**
 * Load the page anew and come back to the same place.
 * @param {any} more handed to whoever calls `takePlace` then; JSON
 */
export function reloadInPlace(more) {
  const landmarks = [...document.querySelectorAll(".question[id], .answer[id], .record-part[id]")];
  const seen = landmarks
    .map((element) => ({ id: element.id, box: element.getBoundingClientRect() }))
    .filter(({ box }) => box.height > 0 && box.bottom > 0 && box.top < innerHeight);
  seen.sort((one, other) => Math.abs(one.box.top) - Math.abs(other.box.top));
  const scrolled = [...document.querySelectorAll("[id]")].filter((one) => one.scrollTop > 0);
  /** @type {Place} */
  const place = {
    path: location.pathname,
    id: seen[0]?.id ?? "",
    top: seen[0]?.box.top ?? 0,
    y: scrollY,
    scrolled: Object.fromEntries(scrolled.map((one) => [one.id, one.scrollTop])),
    open: [...document.querySelectorAll("details[open]")].map((one) => addressOf(one)),
    more,
  };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(place));
    history.scrollRestoration = "manual";
  } catch {
    // Without storage the browser's own way has to do.
  }
  location.reload();
}

/** What was kept for this page, once; null where it was opened in another way. */
export function takePlace() {
  try {
    /** @type {Place | null} */
    const place = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    sessionStorage.removeItem(KEY);
    return place?.path === location.pathname ? place : null;
  } catch {
    return null;
  }
}

/** Move to a place, until it stays or somebody else moves the page. @param {Place} place */
export function goToPlace(place) {
  for (const address of place.open) {
    const found = detailsAt(address);
    if (found) found.open = true;
  }
  let frames = 0;
  let settled = 0;
  const over = new AbortController();
  for (const name of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    addEventListener(name, () => over.abort(), { passive: true, signal: over.signal });
  }
  const move = () => {
    if (over.signal.aborted || settled === SETTLED_AFTER || frames === MOST_FRAMES) {
      over.abort();
      leaveScrollingToBrowser();
      return;
    }
    frames += 1;
    const target = place.id ? document.getElementById(place.id) : null;
    const off = target ? target.getBoundingClientRect().top - place.top : place.y - scrollY;
    settled = Math.abs(off) < 1 ? settled + 1 : 0;
    if (settled === 0) scrollBy({ top: off, behavior: "instant" });
    for (const [id, top] of Object.entries(place.scrolled)) {
      const element = document.getElementById(id);
      if (element) element.scrollTop = top;
    }
    requestAnimationFrame(move);
  };
  move();
}

/** From now on, but not for this time: the browser would move the page back when all is loaded. */
function leaveScrollingToBrowser() {
  const leave = () => setTimeout(() => (history.scrollRestoration = "auto"), 100);
  if (document.readyState === "complete") leave();
  else addEventListener("load", leave);
}

/** Where a fold is: what has an id around it, and its number in there. @param {Element} fold
 * @returns {[string, number]} */
function addressOf(fold) {
  const around = fold.closest("[id]");
  const all = [...(around ?? document).querySelectorAll("details")];
  return [around?.id ?? "", all.indexOf(/** @type {HTMLDetailsElement} */ (fold))];
}

/** @param {[string, number]} address */
function detailsAt([id, number]) {
  const around = id ? document.getElementById(id) : document;
  return around?.querySelectorAll("details")[number];
}
