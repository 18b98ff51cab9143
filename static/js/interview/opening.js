// @ts-check
// What a visit begins with: the terms of this browser, an interview to go on with, or a new one.

import { ApiError, Interview } from "../client/index.js";
import { fill, gettext, ngettext } from "../texts.js";
import { when } from "./format.js";
import { current, notice, part, say, show, viewOf, write } from "./page.js";
import { hasContent, reason } from "./states.js";
import { loadTerms, openHere } from "./terms.js";

/** @import {App} from "./app.js" */
/** @import {Terms} from "./terms.js" */

/** @param {App} app @param {Terms} terms */
export function useTerms(app, terms) {
  app.terms = terms;
  app.start.fix(terms.invitation);
  useToken(app, terms.csrfToken);
}

/** The switch of languages works with the server's token alone.
 * @param {App} app @param {string} csrfToken */
function useToken(app, csrfToken) {
  const form = /** @type {HTMLFormElement} */ (document.querySelector(".languages"));
  /** @type {HTMLInputElement} */ (form.querySelector("[type=hidden]")).value = csrfToken;
  for (const button of form.querySelectorAll("button")) {
    button.disabled = !csrfToken;
  }
}

/** With a connection there is a token for the forms again. @param {App} app */
export async function refreshTerms(app) {
  app.strip();
  if (!app.terms?.csrfToken) {
    const terms = await loadTerms(app.facts.termsUrl);
    app.terms = terms;
    useToken(app, terms.csrfToken);
    if (!app.interview) {
      app.start.fix(terms.invitation);
    }
  }
}

/** What this visit begins with: the interview of this tab, one to go on with, or a new one.
 * @param {App} app */
export async function first(app) {
  const here = openHere();
  const same = here ? await Interview.resume(app.tools, here) : null;
  if (same) {
    app.take(same);
    app.go();
    return;
  }
  const open = await Interview.resume(app.tools);
  if (open && !open.ended) {
    offer(app, open);
    return;
  }
  const ended = open ?? (await unsentEnd(app));
  if (ended) {
    app.take(ended);
    app.go();
    return;
  }
  begin(app);
}

/** An interview whose end the server does not know yet. @param {App} app */
async function unsentEnd(app) {
  for (const record of await Interview.list(app.tools.store)) {
    if (record.endRequestedAt && !record.endAcknowledged) {
      return Interview.resume(app.tools, record.clientSession);
    }
  }
  return null;
}

/** @param {App} app @param {Interview} interview */
function offer(app, interview) {
  app.interview = interview;
  const { role, startedAt } = interview.details;
  const done = interview.questions.filter((q) => hasContent(interview.answerOf(q.index))).length;
  const total = interview.questions.length;
  write(
    part(viewOf("resume"), "resume-text"),
    `${fill(gettext("Your interview as “%(role)s”, begun on %(time)s, is not finished."), {
      role,
      time: when(new Date(startedAt)),
    })} ${fill(
      ngettext(
        "%(done)s of %(total)s question is answered.",
        "%(done)s of %(total)s questions are answered.",
        total,
      ),
      { done, total },
    )}`,
  );
  show("resume");
}

/** @param {App} app */
export function begin(app) {
  const { admission, mayBegin } = /** @type {Terms} */ (app.terms);
  show(mayBegin ? "details" : admission === "staff" ? "by-staff" : "by-invitation");
}

/** Begin what was chosen. @param {App} app @param {boolean} withSound */
export async function create(app, withSound) {
  if (app.isBeginning) {
    return;
  }
  app.isBeginning = true;
  const view = viewOf("microphone");
  const problem = part(view, "start-problem");
  const preparing = part(view, "preparing");
  notice(problem, "");
  view.setAttribute("aria-busy", "true");
  notice(preparing, gettext("The interview is being prepared …"));
  say(preparing.textContent ?? "");
  try {
    const interview = await Interview.start({
      ...app.tools,
      ...app.start.choice,
      features: withSound ? ["audio", "text"] : ["text"],
      consent: app.start.consent,
    });
    app.take(interview);
    app.go();
  } catch (error) {
    refused(app, error, problem);
  } finally {
    app.isBeginning = false;
    view.removeAttribute("aria-busy");
    notice(preparing, "");
    if (current() !== "microphone") {
      app.microphone.close();
    }
  }
}

/** @param {App} app @param {unknown} error @param {HTMLElement} problem */
function refused(app, error, problem) {
  if (!(error instanceof ApiError)) {
    throw error;
  }
  if (error.status === 403) {
    show(app.terms?.admission === "staff" ? "by-staff" : "by-invitation");
    return;
  }
  if (!app.start.refuse(error.fields)) {
    const said = { code: error.code, status: error.status, fields: error.fields };
    notice(
      problem,
      fill(gettext("The interview could not begin: %(reason)s"), {
        reason: reason({ ...said, message: error.message, access: false }),
      }),
    );
  }
}
