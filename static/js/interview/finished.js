// @ts-check
// After the end: what is on the server, confirmed by it, and until when it can be read here.

import { fill, gettext, ngettext } from "../texts.js";
import { length, when } from "./format.js";
import { download, notice, part, say, show, viewOf, write } from "./page.js";
import { answered, fillRows } from "./rows.js";
import { ofConnection, tell } from "./states.js";

/** @typedef {import("../client/index.js").Interview} Interview */

/**
 * @typedef {object} Stored What the server's export says.
 * @property {number} questions
 * @property {number} answers
 * @property {number} seconds of sound
 * @property {number} sameSounds recordings whose SHA-256 is the one made here
 * @property {Date | null} endedAt
 */

export class FinishedView {
  /** @param {{readingHours: number}} facts */
  constructor(facts) {
    this.readingHours = facts.readingHours;
    this.view = viewOf("finished");
    /** @type {Stored | null} */
    this.stored = null;
    this.isAsking = false;
    this.isDone = false;
  }

  /** @param {Interview} interview */
  open(interview) {
    this.stored = null;
    this.isDone = false;
    this.update(interview);
    show("finished");
  }

  /** @param {Interview} interview */
  update(interview) {
    const total = answered(interview);
    const confirmed = interview.questions.filter(
      (one) => interview.answerOf(one.index).current,
    ).length;
    const refused = interview.questions.filter(
      (one) => interview.answerOf(one.index).state === "refused",
    ).length;
    const isStuck =
      refused > 0 || ofConnection(interview.connection, interview.storage).kind === "bad";
    const isWhole = interview.endAcknowledged && confirmed === total;
    write(
      part(this.view, "finished-title"),
      isWhole
        ? gettext("Thank you: you are finished")
        : isStuck
          ? gettext("Not everything has arrived")
          : gettext("Almost finished"),
    );
    write(
      part(this.view, "finished-lead"),
      isWhole
        ? gettext("Everything is on the server. There is nothing more to do.")
        : isStuck
          ? gettext("What the server did not take is kept on this computer.")
          : gettext("Your answers are on their way. Leave this page open until all are there."),
    );
    part(this.view, "check").dataset.kind = isWhole ? "good" : "open";
    this.problem(interview, refused, isWhole);
    if (isWhole && !this.stored) {
      void this.ask(interview);
    }
    this.numbers(interview, total, confirmed);
    fillRows(part(this.view, "finished-list"), interview, false);
    part(this.view, "copy-button").hidden = !isWhole;
    part(this.view, "download-button").hidden = isWhole;
    part(this.view, "retry-button").hidden = isWhole;
    if (isWhole && !this.isDone) {
      this.isDone = true;
      say(gettext("Everything is on the server. You are finished."));
    }
  }

  /** @param {Interview} interview @param {number} refused @param {boolean} isWhole */
  problem(interview, refused, isWhole) {
    const element = part(this.view, "finished-problem");
    const said = ofConnection(interview.connection, interview.storage);
    element.classList.toggle("bad", refused > 0 || said.kind === "bad");
    element.classList.toggle("warn", !refused && said.kind === "warn");
    notice(
      element,
      refused
        ? fill(
            ngettext(
              "%(count)s answer was not taken by the server. Download your answers and send the file to those who invited you.",
              "%(count)s answers were not taken by the server. Download your answers and send the file to those who invited you.",
              refused,
            ),
            { count: refused },
          )
        : !isWhole && (said.kind === "warn" || said.kind === "bad")
          ? said.text
          : "",
    );
  }

  /** @param {Interview} interview @param {number} total @param {number} confirmed */
  numbers(interview, total, confirmed) {
    const { stored } = this;
    const here = interview.questions
      .map((one) => interview.answerOf(one.index).audio)
      .filter((audio) => audio !== null);
    const seconds = stored?.seconds ?? here.reduce((sum, audio) => sum + audio.duration, 0);
    write(
      part(this.view, "stored-questions"),
      String(stored?.questions ?? interview.questions.length),
    );
    write(part(this.view, "stored-answers"), String(stored?.answers ?? confirmed));
    write(part(this.view, "stored-sound"), length(seconds));
    const isSame = stored !== null && stored.sameSounds === here.length;
    tell(part(this.view, "confirmed"), part(this.view, "confirmed-text"), {
      kind: stored ? "good" : confirmed === total ? "busy" : "warn",
      text: stored
        ? here.length && isSame
          ? gettext("The server has confirmed all of it, every recording to the last byte.")
          : gettext("The server has confirmed all of it.")
        : fill(
            ngettext(
              "%(done)s of %(count)s answer is on the server.",
              "%(done)s of %(count)s answers are on the server.",
              total,
            ),
            { done: confirmed, count: total },
          ),
    });
    const end = stored?.endedAt;
    write(
      part(this.view, "readable-until"),
      end
        ? fill(gettext("You can read and copy it in this browser until %(time)s."), {
            time: when(new Date(end.getTime() + this.readingHours * 3_600_000)),
          })
        : "",
    );
  }

  /** Have the server say what it has. @param {Interview} interview */
  async ask(interview) {
    if (this.isAsking) {
      return;
    }
    this.isAsking = true;
    try {
      const found = JSON.parse(await (await interview.exportData()).text());
      this.stored = readStored(found, interview);
      this.numbers(interview, answered(interview), answered(interview));
    } catch {
      // Asked again at the next change; what is shown until then is what was acknowledged.
    } finally {
      this.isAsking = false;
    }
  }

  /** @param {Interview} interview */
  async copy(interview) {
    try {
      download(await interview.exportData(), `interview-${interview.sessionId}.json`);
    } catch {
      notice(
        part(this.view, "finished-problem"),
        gettext("The server did not give the copy. Try again in a moment."),
      );
    }
  }
}

/** @param {any} found the export @param {Interview} interview @returns {Stored} */
function readStored(found, interview) {
  /** @type {any[]} */
  const current = found.responses.filter((/** @type {any} */ one) => one.is_current);
  const sounds = new Set(current.map((one) => one.audio_sha256).filter(Boolean));
  const here = interview.questions
    .map((one) => interview.answerOf(one.index).audio?.sha256)
    .filter((sha256) => sha256);
  return {
    questions: found.questions.length,
    answers: current.length,
    seconds: current.reduce((sum, one) => sum + (one.audio_duration ?? 0), 0),
    sameSounds: here.filter((sha256) => sounds.has(sha256)).length,
    endedAt: found.interview_session.end_time
      ? new Date(found.interview_session.end_time)
      : null,
  };
}
