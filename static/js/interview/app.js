// @ts-check
// The interview's page from its opening to “I am finished on this computer”.

import {
  ApiError,
  Interview,
  InterviewApi,
  Outbox,
  Presence,
  Recorder,
  openStore,
} from "../client/index.js";
import { fill, gettext, ngettext } from "../texts.js";
import { AnswersView } from "./answers.js";
import { FinishedView } from "./finished.js";
import { when } from "./format.js";
import { askEnd, askForget, empty, endGrants } from "./leave.js";
import { Microphone } from "./microphone.js";
import { byId, current, dialog, download, listen, notice, on, part, say, show, viewOf, write } from "./page.js";
import { QuestionView } from "./question.js";
import { Start } from "./start.js";
import { hasContent, isDraft, ofConnection, reason, tell } from "./states.js";
import { loadTerms, openHere, rememberOpen } from "./terms.js";

/** @typedef {import("./start.js").Facts} Facts */
/** @typedef {import("./terms.js").Terms} Terms */

const RUNNING = new Set(["question", "answers"]);

class App {
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
    this.buttons();
    const [terms, store] = await Promise.all([loadTerms(this.facts.termsUrl), openStore()]);
    this.store = store;
    this.useTerms(terms);
    this.outbox = new Outbox({ api: this.api, store });
    this.outbox.start();
    addEventListener("beforeunload", (event) => this.warn(event));
    addEventListener("online", () => this.refreshTerms());
    addEventListener("offline", () => this.strip());
    await this.first();
    this.keepPage();
  }

  /** @param {Terms} terms */
  useTerms(terms) {
    this.terms = terms;
    this.start.fix(terms.invitation);
    this.useToken(terms.csrfToken);
  }

  /** The switch of languages works with the server's token alone. @param {string} csrfToken */
  useToken(csrfToken) {
    const form = /** @type {HTMLFormElement} */ (document.querySelector(".languages"));
    /** @type {HTMLInputElement} */ (form.querySelector("[type=hidden]")).value = csrfToken;
    for (const button of form.querySelectorAll("button")) {
      button.disabled = !csrfToken;
    }
  }

  /** With a connection there is a token for the forms again. */
  async refreshTerms() {
    this.strip();
    if (!this.terms?.csrfToken) {
      const terms = await loadTerms(this.facts.termsUrl);
      this.terms = terms;
      this.useToken(terms.csrfToken);
      if (!this.interview) {
        this.start.fix(terms.invitation);
      }
    }
  }

  get tools() {
    return {
      api: this.api,
      store: /** @type {import("../client/index.js").Store} */ (this.store),
      outbox: /** @type {Outbox} */ (this.outbox),
    };
  }

  /** What this visit begins with: the interview of this tab, one to go on with, or a new one. */
  async first() {
    const here = openHere();
    const same = here ? await Interview.resume(this.tools, here) : null;
    if (same) {
      this.take(same);
      this.go();
      return;
    }
    const open = await Interview.resume(this.tools);
    if (open && !open.ended) {
      this.offer(open);
      return;
    }
    const ended = open ?? (await this.unsentEnd());
    if (ended) {
      this.take(ended);
      this.go();
      return;
    }
    this.begin();
  }

  /** An interview whose end the server does not know yet. */
  async unsentEnd() {
    for (const record of await Interview.list(this.tools.store)) {
      if (record.endRequestedAt && !record.endAcknowledged) {
        return Interview.resume(this.tools, record.clientSession);
      }
    }
    return null;
  }

  /** @param {Interview} interview */
  offer(interview) {
    this.interview = interview;
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

  begin() {
    const { admission, mayBegin } = /** @type {Terms} */ (this.terms);
    show(mayBegin ? "details" : admission === "staff" ? "by-staff" : "by-invitation");
  }

  toMicrophone() {
    this.microphone.open();
    notice(part(viewOf("microphone"), "start-problem"), "");
    show("microphone");
    if (this.microphone.works) {
      void this.microphone.use();
    }
  }

  /** Begin what was chosen. @param {boolean} withSound */
  async create(withSound) {
    if (this.isBeginning) {
      return;
    }
    this.isBeginning = true;
    const view = viewOf("microphone");
    const problem = part(view, "start-problem");
    const preparing = part(view, "preparing");
    notice(problem, "");
    view.setAttribute("aria-busy", "true");
    notice(preparing, gettext("The interview is being prepared …"));
    say(preparing.textContent ?? "");
    try {
      const interview = await Interview.start({
        ...this.tools,
        ...this.start.choice,
        features: withSound ? ["audio", "text"] : ["text"],
        consent: this.start.consent,
      });
      this.take(interview);
      this.go();
    } catch (error) {
      this.refused(error, problem);
    } finally {
      this.isBeginning = false;
      view.removeAttribute("aria-busy");
      notice(preparing, "");
      if (current() !== "microphone") {
        this.microphone.close();
      }
    }
  }

  /** @param {unknown} error @param {HTMLElement} problem */
  refused(error, problem) {
    if (!(error instanceof ApiError)) {
      throw error;
    }
    if (error.status === 403) {
      show(this.terms?.admission === "staff" ? "by-staff" : "by-invitation");
      return;
    }
    if (!this.start.refuse(error.fields)) {
      const said = { code: error.code, status: error.status, fields: error.fields };
      notice(
        problem,
        fill(gettext("The interview could not begin: %(reason)s"), {
          reason: reason({ ...said, message: error.message, access: false }),
        }),
      );
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

  async forgetAll() {
    const problem = part(dialog("forget-dialog"), "forget-problem");
    const { csrfToken } = await loadTerms(this.facts.termsUrl);
    const tokens = (await Interview.list(this.tools.store)).map((one) => one.accessToken);
    if (!csrfToken || !(await endGrants(this.facts.forgetUrl, csrfToken, tokens))) {
      notice(
        problem,
        gettext("The server cannot be reached, so nothing was done. Try again when there is a connection."),
      );
      return;
    }
    dialog("forget-dialog").close();
    this.leave();
    await this.outbox?.stop();
    await empty(this.tools.store);
    byId("strip").hidden = true;
    part(document, "menu").hidden = true;
    show("forgotten");
    say(gettext("This computer is empty."));
  }

  async saveFile() {
    const { interview } = this;
    if (interview) {
      const { blob, fileName } = await interview.exportLocal();
      download(blob, fileName);
    }
  }

  buttons() {
    const { question } = this;
    /** @param {Promise<boolean>} moved */
    const onwards = async (moved) => {
      if (await moved) {
        this.openAnswers();
      }
      this.refresh();
    };
    on({
      resume: () => {
        const { interview } = this;
        if (interview) {
          this.interview = null;
          this.take(interview);
          this.go();
        }
      },
      "begin-another": () => {
        this.leave();
        this.begin();
      },
      "back-to-details": () => show("details"),
      "back-to-agree": () => {
        this.microphone.close();
        show("agree");
      },
      "use-microphone": () => this.microphone.use(),
      "try-recording": () => this.microphone.tryIt(),
      begin: () => this.create(true),
      "begin-in-writing": () => this.create(false),
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
        this.openAnswers();
      },
      "go-to": async (button) => {
        await this.interview?.goTo(Number(button.dataset.index));
        this.go();
      },
      "to-question": () => this.go(),
      finish: () => this.interview && askEnd(this.interview),
      "ask-end": () => this.interview && askEnd(this.interview),
      end: () => this.end(),
      "close-dialog": (button) => button.closest("dialog")?.close(),
      download: () => this.saveFile(),
      "download-copy": () => this.interview && this.finished.copy(this.interview),
      retry: () => this.outbox?.retry(),
      "ask-forget": async () => askForget(await this.tools.outbox.unsent()),
      forget: () => this.forgetAll(),
    });
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
