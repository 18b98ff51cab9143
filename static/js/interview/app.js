// @ts-check
// The interview's page from its opening to “I am finished on this computer”.

import { InterviewApi, Outbox, Presence, Recorder, openStore } from "../client/index.js";
import { gettext } from "../texts.js";
import { AnswersView } from "./answers.js";
import { buttons } from "./buttons.js";
import { FinishedView } from "./finished.js";
import { Microphone } from "./microphone.js";
import { first, refreshTerms, useTerms } from "./opening.js";
import { byId, current, dialog, listen, notice, part, say, show, viewOf, write } from "./page.js";
import { QuestionView } from "./question.js";
import { Start } from "./start.js";
import { isDraft, ofConnection, tell } from "./states.js";
import { loadTerms, rememberOpen } from "./terms.js";

/** @import {Interview} from "../client/index.js" */
/** @typedef {import("./start.js").Facts} Facts */
/** @typedef {import("./terms.js").Terms} Terms */

const RUNNING = new Set(["question", "answers"]);

export class App {
  constructor() {
    /** @type {Facts} */
    this.facts = JSON.parse(byId("facts").textContent ?? "");
    this.api = new InterviewApi();
    /** @type {Interview | null} */
    this.interview = null;
    /** @type {Presence | null} */
    this.presence = null;
    /** @type {Terms | null} */
    this.terms = null;
    this.start = new Start(this.facts, () => this.toMicrophone());
    this.microphone = new Microphone(Recorder);
    this.question = new QuestionView(this.facts);
    this.answers = new AnswersView();
    this.finished = new FinishedView(this.facts);
    this.isBeginning = false;
    this.stripKind = "";
    this.quiet = new AbortController();
  }

  async open() {
    buttons(this);
    const [terms, store] = await Promise.all([loadTerms(this.facts.termsUrl), openStore()]);
    this.store = store;
    useTerms(this, terms);
    this.outbox = new Outbox({ api: this.api, store });
    this.outbox.start();
    addEventListener("beforeunload", (event) => this.warn(event));
    addEventListener("online", () => refreshTerms(this));
    addEventListener("offline", () => this.strip());
    await first(this);
    this.keepPage();
  }

  get tools() {
    return {
      api: this.api,
      store: /** @type {import("../client/index.js").Store} */ (this.store),
      outbox: /** @type {Outbox} */ (this.outbox),
    };
  }

  toMicrophone() {
    this.microphone.open();
    notice(part(viewOf("microphone"), "start-problem"), "");
    show("microphone");
    if (this.microphone.works) {
      void this.microphone.use();
    }
  }

  /** Make an interview the one of this page. @param {Interview} interview */
  take(interview) {
    this.leave();
    this.interview = interview;
    rememberOpen(interview.clientSession);
    this.quiet = new AbortController();
    const { signal } = this.quiet;
    const asksSound = interview.details.features.includes("audio");
    this.question.canRecord = asksSound && Recorder.supported && window.isSecureContext;
    this.question.whyWriting =
      asksSound && !this.question.canRecord
        ? gettext("This browser cannot record sound here. You can answer in writing.")
        : gettext("You answer in writing; no sound is recorded.");
    /** @param {string} name @param {(detail: any) => void} act */
    const when = (name, act) =>
      interview.addEventListener(
        name,
        (event) => act(/** @type {CustomEvent} */ (event).detail),
        { signal },
      );
    when("state", (answer) => {
      this.question.update(answer);
      this.refresh();
    });
    when("recording", () => this.question.panel.render());
    for (const name of ["connection", "storage", "ended", "session"]) {
      when(name, () => this.refresh());
    }
    when("questions", () => this.refreshQuestions());
    if (!interview.ended) {
      this.presence = new Presence({ interview });
      this.question.present = (state) => this.presence?.set(state);
      this.presence.start();
    }
  }

  /** Let go of an interview; what is to be sent goes on being sent. */
  leave() {
    this.quiet.abort();
    this.presence?.stop();
    this.presence = null;
    this.question.close();
    this.interview?.close();
    this.interview = null;
  }

  /** To where the interview is. */
  go() {
    const { interview } = this;
    if (!interview) {
      return;
    }
    if (interview.ended) {
      this.presence?.stop();
      this.question.close();
      this.finished.open(interview);
    } else {
      this.question.open(interview);
    }
    this.refresh();
  }

  refresh() {
    const { interview } = this;
    if (!interview) {
      return;
    }
    if (current() === "answers") {
      this.answers.update(interview);
    }
    if (current() === "finished") {
      this.finished.update(interview);
    }
    part(document, "menu").hidden = !RUNNING.has(current());
    /** @type {HTMLElement} */ (document.querySelector("[data-do=open-answers]")).hidden =
      current() !== "question";
    this.strip();
  }

  /** The server's questions have taken the place of those that were there from the start. */
  refreshQuestions() {
    if (current() === "question" && this.interview) {
      this.question.place();
    }
    this.refresh();
  }

  /** The line under the header; its changes are said aloud. */
  strip() {
    const { interview } = this;
    const strip = byId("strip");
    strip.hidden = !interview || !RUNNING.has(current());
    if (!interview || strip.hidden) {
      return;
    }
    const said = ofConnection(interview.connection, interview.storage);
    tell(strip, part(strip, "strip-text"), said);
    const isNews = said.kind === "warn" || said.kind === "bad";
    if (said.kind !== this.stripKind && (isNews || this.stripKind === "warn")) {
      say(isNews ? said.text : gettext("Connected again."));
    }
    if (said.kind !== "busy") {
      this.stripKind = said.kind;
    }
  }

  /** @param {BeforeUnloadEvent} event */
  warn(event) {
    const { interview } = this;
    if (!interview) {
      return;
    }
    const begun = interview.questions.some((one) => isDraft(interview.answerOf(one.index)));
    const isRunning = RUNNING.has(current()) && (begun || this.question.panel.isRecording);
    if (interview.unsent > 0 || isRunning) {
      event.preventDefault();
    }
  }

  openAnswers() {
    const { interview } = this;
    if (interview) {
      this.question.close();
      this.presence?.set("reviewing");
      this.answers.open(interview);
      this.refresh();
    }
  }

  /** What is begun is handed over, then the interview ends. */
  async end() {
    const { interview } = this;
    if (!interview) {
      return;
    }
    dialog("end-dialog").close();
    await this.question.panel.stop();
    for (const { index } of interview.questions) {
      if (isDraft(interview.answerOf(index))) {
        await interview.submit(index);
      }
    }
    await interview.end();
    this.go();
  }

  /** Have the service worker keep this page for the way without a connection. */
  keepPage() {
    navigator.serviceWorker
      ?.register(this.facts.workerUrl, { scope: this.facts.pageUrl })
      .catch(() => {});
  }
}

/** @param {unknown} error */
function failed(error) {
  console.error(error);
  if (["loading", "microphone"].includes(current())) {
    write(part(viewOf("broken"), "broken-text"), error instanceof Error ? error.message : "");
    show("broken");
    return;
  }
  say(gettext("That did not work. What you have answered is kept; try again."));
}

listen(failed);
new App().open().catch(failed);
