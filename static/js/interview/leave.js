// @ts-check
// Ending early, and “I am finished on this computer”.

import { fill, gettext, ngettext } from "../texts.js";
import { dialog, notice, part, write } from "./page.js";
import { answered } from "./rows.js";
import { forgetAll } from "./terms.js";

/** @typedef {import("../client/index.js").Interview} Interview */
/** @typedef {import("../client/index.js").Store} Store */

/** Ask whether to end. @param {Interview} interview */
export function askEnd(interview) {
  const asked = dialog("end-dialog");
  const total = interview.questions.length;
  const open = total - answered(interview);
  write(
    part(asked, "end-text"),
    open
      ? fill(
          ngettext(
            "%(count)s question has no answer yet. What you have answered is kept and sent.",
            "%(count)s questions have no answer yet. What you have answered is kept and sent.",
            open,
          ),
          { count: open },
        )
      : gettext("All questions are answered. Everything is kept and sent."),
  );
  asked.showModal();
}

/** Ask whether to empty this computer; first of all warn of what is nowhere else.
 * @param {number} unsent answers that the server does not have */
export function askForget(unsent) {
  const asked = dialog("forget-dialog");
  notice(
    part(asked, "forget-unsent"),
    unsent
      ? fill(
          ngettext(
            "%(count)s answer is on this computer alone. If you empty it now, that answer is lost. Wait until it is sent, or download it first.",
            "%(count)s answers are on this computer alone. If you empty it now, they are lost. Wait until they are sent, or download them first.",
            unsent,
          ),
          { count: unsent },
        )
      : "",
  );
  part(asked, "forget-download").hidden = !unsent;
  write(
    part(asked, "forget-button"),
    unsent ? gettext("Empty it all the same") : gettext("Empty it"),
  );
  notice(part(asked, "forget-problem"), "");
  asked.showModal();
}

/** End at the server what this browser holds, by its cookie and by the tokens kept here (a crash may
 * have cost it the cookie); whether that was done.
 * @param {string} url @param {string} csrfToken @param {(string | null)[]} tokens
 * @returns {Promise<boolean>} */
export async function endGrants(url, csrfToken, tokens) {
  const held = tokens.filter((token) => token !== null).map((token) => ["token", token]);
  try {
    const reply = await fetch(url, {
      method: "POST",
      headers: { "X-CSRFToken": csrfToken },
      body: new URLSearchParams(held),
      signal: AbortSignal.timeout(10_000),
    });
    return reply.ok;
  } catch {
    return false;
  }
}

/** Take everything of ours off this browser. @param {Store} store */
export async function empty(store) {
  await store.clear();
  forgetAll();
  for (const name of (await globalThis.caches?.keys()) ?? []) {
    if (name.startsWith("interview-")) {
      await caches.delete(name);
    }
  }
  for (const worker of (await navigator.serviceWorker?.getRegistrations()) ?? []) {
    if (new URL(worker.scope).pathname.startsWith("/interview/")) {
      await worker.unregister();
    }
  }
}
