// @ts-check
// One question: read it, think, answer in sound or text or both, go on.

import { fill, gettext } from "../texts.js";
import { QuestionClock } from "./clock.js";
import { part, say, show, viewOf, write } from "./page.js";
import { RecorderPanel } from "./recorder-panel.js";
import { hasContent, isDraft, ofAnswer, tell } from "./states.js";

/** @typedef {import("../client/index.js").Interview} Interview */
/** @typedef {import("../client/types.js").AnswerView} AnswerView */

const SPACE = "http://www.w3.org/2000/svg";
const GAP = 1;

export class QuestionView {
  /** @param {{thinkingSeconds: number}} facts */
  constructor(facts) {
    this.view = viewOf("question");
    this.text = /** @type {HTMLTextAreaElement} */ (this.view.querySelector("#answer-text"));
    this.clock = new QuestionClock(this.view, facts.thinkingSeconds);
    this.panel = new RecorderPanel(this.view);
    this.clock.recorded = () => (this.panel.isRecording ? this.panel.seconds : null);
    this.panel.changed = () => this.panelChanged();
    /** @type {Interview | null} */
    this.interview = null;
    this.canRecord = true;
    /** Why there is no sound; shown above the text. */
    this.whyWriting = "";
    /** @type {(state: "thinking" | "writing" | "reviewing") => void} */
    this.present = () => {};
    this.text.addEventListener("input", () => this.wrote());
    this.lastState = "";
  }

  get index() {
    return this.interview?.index ?? 0;
  }

  get answer() {
    return /** @type {Interview} */ (this.interview).answerOf(this.index);
  }

  /** Show the interview's current question. @param {Interview} interview */
  open(interview) {
    this.interview = interview;
    const question = /** @type {import("../client/types.js").Question} */ (interview.question);
    const answer = this.answer;
    write(part(this.view, "question-text"), question.question);
    write(part(this.view, "question-kind"), question.category || "");
    this.place();
    this.text.value = answer.text;
    this.error("");
    part(this.view, "recorder").hidden = !this.canRecord;
    part(this.view, "writing-only").hidden = this.canRecord || !this.whyWriting;
    write(part(this.view, "writing-only"), this.whyWriting);
    write(
      part(this.view, "writing-label"),
      this.canRecord
        ? gettext("Or write: instead of speaking, or beside it")
        : gettext("Your answer"),
    );
    this.panel.open(interview, this.index);
    this.clock.open(question.timeLimit, hasContent(answer) ? "still" : "thinking");
    this.lastState = "";
    this.update(answer);
    this.present(hasContent(answer) ? "reviewing" : "thinking");
    show("question");
  }

  close() {
    this.clock.close();
    this.panel.close();
  }

  /** Where one is: “Question 2 of 5”, and the same as a bar. */
  place() {
    const interview = /** @type {Interview} */ (this.interview);
    const total = interview.questions.length;
    write(
      part(this.view, "place"),
      fill(gettext("Question %(number)s of %(total)s"), { number: this.index + 1, total }),
    );
    const width = (100 - GAP * (total - 1)) / total;
    part(this.view, "place-bar").replaceChildren(
      ...interview.questions.map((one) => {
        const bar = document.createElementNS(SPACE, "rect");
        bar.setAttribute("x", (one.index * (width + GAP)).toFixed(2));
        bar.setAttribute("width", width.toFixed(2));
        bar.setAttribute("height", "4");
        const answer = interview.answerOf(one.index);
        bar.dataset.kind =
          one.index === this.index
            ? "here"
            : hasContent(answer)
              ? "done"
              : answer.skipped
                ? "skipped"
                : "open";
        return bar;
      }),
    );
    part(this.view, "back").hidden = this.index === 0;
    this.buttons();
  }

  get isLast() {
    return this.index + 1 >= (this.interview?.questions.length ?? 0);
  }

  /** What the buttons say follows from what is there. */
  buttons() {
    const answer = this.answer;
    const keeps = isDraft(answer) || this.panel.isRecording;
    const text = this.isLast
      ? keeps || !hasContent(answer)
        ? gettext("Save and look it over")
        : gettext("Look it over")
      : keeps || !hasContent(answer)
        ? gettext("Save and go on")
        : gettext("Next question");
    write(part(this.view, "next-text"), text);
  }

  /** An answer's state has changed. @param {AnswerView} answer */
  update(answer) {
    if (!this.interview || answer.questionIndex !== this.index) {
      return;
    }
    // A recording is whole a moment after its last second; the panel shows it then.
    this.panel.render();
    const said = this.panel.isRecording
      ? { kind: /** @type {const} */ ("busy"), text: gettext("Every second is saved here") }
      : ofAnswer(answer);
    tell(part(this.view, "saved"), part(this.view, "saved-text"), said);
    if (this.lastState && answer.state !== this.lastState) {
      if (answer.state === "refused" || answer.state === "waiting") {
        say(said.text);
      }
    }
    this.lastState = answer.state;
    if (hasContent(answer)) {
      this.error("");
    }
    this.buttons();
  }

  wrote() {
    this.error("");
    this.clock.answer();
    this.present("writing");
    const { interview, index } = this;
    void interview?.saveText(index, this.text.value);
  }

  panelChanged() {
    if (this.panel.isRecording) {
      this.clock.answer();
      this.error("");
    }
    if (this.interview) {
      this.buttons();
    }
  }

  /** @param {string} sentence */
  error(sentence) {
    write(part(this.view, "question-error"), sentence);
  }

  /** Hand the answer over and go on; true: it was the last question. */
  async next() {
    const interview = /** @type {Interview} */ (this.interview);
    await this.panel.stop();
    this.panel.stopListening();
    if (this.text.value !== this.answer.text) {
      await interview.saveText(this.index, this.text.value);
    }
    if (!hasContent(this.answer)) {
      this.error(gettext("There is no answer yet. Record or write one, or skip the question."));
      return false;
    }
    if (isDraft(this.answer)) {
      await interview.submit(this.index);
    }
    return this.go(() => interview.next());
  }

  /** Go on without an answer; what is begun stays as a draft. True: it was the last question. */
  async skip() {
    const interview = /** @type {Interview} */ (this.interview);
    await this.panel.stop();
    this.panel.stopListening();
    if (hasContent(this.answer)) {
      return this.go(() => interview.next());
    }
    const { isLast } = this;
    await interview.skip(this.index);
    if (!isLast) {
      this.open(interview);
    }
    return isLast;
  }

  async back() {
    const interview = /** @type {Interview} */ (this.interview);
    await this.panel.stop();
    await interview.back();
    this.open(interview);
  }

  /** @param {() => Promise<unknown>} move @returns {Promise<boolean>} */
  async go(move) {
    if (this.isLast) {
      return true;
    }
    await move();
    this.open(/** @type {Interview} */ (this.interview));
    return false;
  }
}
