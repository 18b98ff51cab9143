// @ts-check
// What every button of the page does.

import { Interview } from "../client/index.js";
import { gettext } from "../texts.js";
import { askEnd, askForget, empty, endGrants } from "./leave.js";
import { begin, create } from "./opening.js";
import { byId, dialog, download, notice, on, part, say, show } from "./page.js";
import { loadTerms } from "./terms.js";

/** @import {App} from "./app.js" */

/** @param {App} app */
async function forgetAll(app) {
  const problem = part(dialog("forget-dialog"), "forget-problem");
  const { csrfToken } = await loadTerms(app.facts.termsUrl);
  const tokens = (await Interview.list(app.tools.store)).map((one) => one.accessToken);
  if (!csrfToken || !(await endGrants(app.facts.forgetUrl, csrfToken, tokens))) {
    notice(
      problem,
      gettext("The server cannot be reached, so nothing was done. Try again when there is a connection."),
    );
    return;
  }
  dialog("forget-dialog").close();
  app.leave();
  await app.outbox?.stop();
  await empty(app.tools.store);
  byId("strip").hidden = true;
  part(document, "menu").hidden = true;
  show("forgotten");
  say(gettext("This computer is empty."));
}

/** @param {App} app */
async function saveFile(app) {
  const { interview } = app;
  if (interview) {
    const { blob, fileName } = await interview.exportLocal();
    download(blob, fileName);
  }
}

/** @param {App} app */
export function buttons(app) {
  const { question } = app;
  /** @param {Promise<boolean>} moved */
  const onwards = async (moved) => {
    if (await moved) {
      app.openAnswers();
    }
    app.refresh();
  };
  on({
    resume: () => {
      const { interview } = app;
      if (interview) {
        app.interview = null;
        app.take(interview);
        app.go();
      }
    },
    "begin-another": () => {
      app.leave();
      begin(app);
    },
    "back-to-details": () => show("details"),
    "back-to-agree": () => {
      app.microphone.close();
      show("agree");
    },
    "use-microphone": () => app.microphone.use(),
    "try-recording": () => app.microphone.tryIt(),
    begin: () => create(app, true),
    "begin-in-writing": () => create(app, false),
    record: () => question.panel.record(),
    pause: () => question.panel.pause(),
    unpause: () => question.panel.unpause(),
    stop: () => question.panel.stop(),
    listen: () => question.panel.listen(),
    "record-again": () => question.panel.askAgain(),
    "record-over": () => {
      dialog("again-dialog").close();
      return question.panel.record();
    },
    next: () => onwards(question.next()),
    skip: () => onwards(question.skip()),
    back: () => question.back(),
    "open-answers": async () => {
      await question.panel.stop();
      app.openAnswers();
    },
    "go-to": async (button) => {
      await app.interview?.goTo(Number(button.dataset.index));
      app.go();
    },
    "to-question": () => app.go(),
    finish: () => app.interview && askEnd(app.interview),
    "ask-end": () => app.interview && askEnd(app.interview),
    end: () => app.end(),
    "close-dialog": (button) => button.closest("dialog")?.close(),
    download: () => saveFile(app),
    "download-copy": () => app.interview && app.finished.copy(app.interview),
    retry: () => app.outbox?.retry(),
    "ask-forget": async () => askForget(await app.tools.outbox.unsent()),
    forget: () => forgetAll(app),
  });
}
