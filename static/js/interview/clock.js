// @ts-check
// Thinking time and the time meant for a question: shown, said once, never enforced.

import { fill, gettext } from "../texts.js";
import { clock } from "./format.js";
import { part, say, write } from "./page.js";

const TICK = 500;

export class QuestionClock {
  /** @param {HTMLElement} root the view @param {number} thinkingSeconds */
  constructor(root, thinkingSeconds) {
    this.element = part(root, "clock");
    this.text = part(root, "clock-text");
    this.time = part(root, "clock-time");
    this.bar = part(root, "clock-bar");
    this.thinkingSeconds = thinkingSeconds;
    /** @type {number | null} */
    this.limit = null;
    /** @type {"thinking" | "answering" | "still"} */
    this.kind = "still";
    this.since = 0;
    this.isOver = false;
    /** Seconds of the recording, where there is one. @type {(() => number | null)} */
    this.recorded = () => null;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
  }

  /** @param {number | null} limit seconds @param {"thinking" | "still"} kind */
  open(limit, kind) {
    this.close();
    this.limit = limit;
    this.begin(kind);
  }

  /** The answer begins; what was thinking is over. Again: nothing happens. */
  answer() {
    if (this.kind !== "answering") {
      this.begin("answering");
    }
  }

  /** @param {"thinking" | "answering" | "still"} kind */
  begin(kind) {
    this.kind = kind;
    this.since = performance.now();
    this.isOver = false;
    clearInterval(this.timer);
    if (kind !== "still") {
      this.timer = setInterval(() => this.draw(), TICK);
    }
    this.draw();
  }

  close() {
    clearInterval(this.timer);
  }

  draw() {
    const passed = this.recorded() ?? (performance.now() - this.since) / 1000;
    const most = this.kind === "thinking" ? this.thinkingSeconds : this.limit;
    const isOver = most !== null && passed >= most && this.kind !== "still";
    if (isOver && !this.isOver && this.kind === "answering") {
      say(gettext("The time meant for this question is over. Nothing is cut off."));
    }
    this.isOver = isOver;
    this.element.dataset.kind = isOver ? "over" : this.kind;
    this.element.hidden = this.kind === "still" && !this.limit;
    write(this.text, this.words(isOver));
    write(this.time, this.numbers(passed, most));
    const share = this.kind === "still" || !most ? 0 : Math.min(100, (100 * passed) / most);
    this.bar.setAttribute("width", share.toFixed(1));
  }

  /** @param {boolean} isOver */
  words(isOver) {
    if (this.kind === "still") {
      return gettext("Time meant for this question:");
    }
    if (this.kind === "thinking") {
      return isOver ? gettext("Begin when you are ready.") : gettext("Time to think:");
    }
    return isOver
      ? gettext("Finish your thought; nothing is cut off.")
      : gettext("Your answer:");
  }

  /** @param {number} passed @param {number | null} most */
  numbers(passed, most) {
    if (this.kind === "still") {
      return fill(gettext("about %(time)s"), { time: clock(this.limit ?? 0) });
    }
    return most
      ? fill(gettext("%(time)s of about %(most)s"), { time: clock(passed), most: clock(most) })
      : clock(passed);
  }
}
