// @ts-check
// What holds for this browser: from the server, or as it was the last time it answered.

/**
 * @typedef {object} Invitation What is set, in the words of create-session; empty or null: free.
 * @property {string} userEmail
 * @property {string} type
 * @property {string} role
 * @property {string} difficulty
 * @property {number | null} duration minutes
 * @property {number | null} questionCount
 * @property {string} note
 */

/**
 * @typedef {object} Terms
 * @property {"open" | "invite" | "staff"} admission
 * @property {boolean} mayBegin
 * @property {Invitation | null} invitation
 * @property {string} csrfToken empty: the server has not answered
 */

const KEY = "interview-page";
const WAIT = 5000;
/** @type {Terms} */
const UNKNOWN = { admission: "open", mayBegin: true, invitation: null, csrfToken: "" };

/** @returns {Record<string, any>} */
function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    return {};
  }
}

/** Keep something for the next visit; a browser that keeps nothing does without.
 * @param {Record<string, unknown>} more */
export function remember(more) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...remembered(), ...more }));
  } catch {
    // Storage is off or full.
  }
}

/** @param {string} name */
export const recall = (name) => remembered()[name];

export function forgetAll() {
  try {
    localStorage.removeItem(KEY);
    sessionStorage.removeItem(KEY);
  } catch {
    // Storage is off.
  }
}

/** The interview that is open in this tab: a reload goes on with it without asking.
 * @param {string | null} clientSession */
export function rememberOpen(clientSession) {
  try {
    if (clientSession) {
      sessionStorage.setItem(KEY, clientSession);
    } else {
      sessionStorage.removeItem(KEY);
    }
  } catch {
    // Storage is off.
  }
}

/** @returns {string | null} */
export function openHere() {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** @param {string} url @returns {Promise<Terms>} */
export async function loadTerms(url) {
  try {
    const reply = await fetch(url, {
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(WAIT),
    });
    if (reply.ok) {
      const terms = await reply.json();
      remember({ terms: { ...terms, csrfToken: "" } });
      return terms;
    }
  } catch {
    // No connection.
  }
  return recall("terms") ?? UNKNOWN;
}
