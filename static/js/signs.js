// @ts-check
// The signs of life of a candidate's page, in words; for the pages that show them.

import { fill, gettext, ngettext } from "./texts.js";

const HERE_MS = 40_000; // a page says every 15 seconds that it is there
const GONE_MS = 120_000;

/** @typedef {{state: string, questionIndex: number | null, unsent: number, seenAt: string}} Presence */

const DOING = {
  thinking: gettext("thinking"),
  recording: gettext("recording"),
  paused: gettext("paused"),
  writing: gettext("writing"),
  reviewing: gettext("looking through the answers"),
  away: gettext("elsewhere"),
};

/** @param {number} ms */
export function ago(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return fill(ngettext("%(n)s s ago", "%(n)s s ago", seconds), { n: seconds });
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return fill(ngettext("%(n)s min ago", "%(n)s min ago", minutes), { n: minutes });
  const hours = Math.round(minutes / 60);
  return fill(ngettext("%(n)s h ago", "%(n)s h ago", hours), { n: hours });
}

/**
 * Whether the candidate's page is there: the kind of a badge and its words.
 * @param {Presence | null} presence
 * @param {number} now the server's time, milliseconds
 * @returns {[string, string]}
 */
export function connectionOf(presence, now) {
  if (!presence) return ["", gettext("No page")];
  const silent = now - Date.parse(presence.seenAt);
  if (silent < HERE_MS) return ["good", gettext("Connected")];
  return silent < GONE_MS ? ["warn", gettext("Quiet")] : ["bad", gettext("Out of reach")];
}

/** What the candidate does, while the page is there. @param {Presence | null} presence
 * @param {number} now @returns {string} */
export function activityOf(presence, now) {
  const isHere = connectionOf(presence, now)[0] === "good";
  return (isHere && DOING[/** @type {keyof typeof DOING} */ (presence?.state)]) || "";
}

/** The same, with what waits in the candidate's browser. @param {Presence | null} presence
 * @param {number} now @returns {string} */
export function doingOf(presence, now) {
  const doing = activityOf(presence, now);
  if (!presence?.unsent) return doing;
  const waiting = ngettext("%(n)s answer unsent", "%(n)s answers unsent", presence.unsent);
  return [doing, fill(waiting, { n: presence.unsent })].filter(Boolean).join(", ");
}

/** Nothing is written that stands there already. @param {Element} element @param {string} text */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
