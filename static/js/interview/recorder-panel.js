// @ts-check
// The answer in sound: record, pause, go on, stop, listen, record again.

import { fill, gettext } from "../texts.js";
import { clock } from "./format.js";
import { dialog, notice, part, say, write } from "./page.js";
import { soundProblem } from "./sound-problems.js";
import { recall } from "./terms.js";
import { Wave, loudness } from "./wave.js";

/** @typedef {import("../client/index.js").Interview} Interview */
/** @typedef {"none" | "recording" | "paused" | "taken"} PanelState */

const TICK = 200;

export class RecorderPanel {
  /** @param {HTMLElement} view the view of a question */
  constructor(view) {
    this.element = part(view, "recorder");
    this.wave = new Wave(
      /** @type {SVGElement} */ (/** @type {unknown} */ (part(this.element, "wave"))),
    );
    /** @type {Interview | null} */
    this.interview = null;
    this.index = 0;
    this.isBusy = false;
    this.player = new Audio();
    this.url = "";
    this.player.addEventListener("ended", () => this.stopListening());
    this.player.addEventListener("error", () => this.url && this.stopListening());
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
    /** @type {PanelState} */
    this.state = "none";
    // A button that is hidden loses the focus to nobody: where it was last is what counts.
    this.isInside = false;
    document.addEventListener("focusin", (event) => {
      this.isInside = this.element.contains(/** @type {Node} */ (event.target));
    });
    /** Called when sound begins or the state changes. */
    this.changed = () => {};
  }

  /** @param {Interview} interview @param {number} index */
  open(interview, index) {
    this.stopListening();
    this.problem("");
    this.interview = interview;
    this.index = index;
    this.wave.clear();
    this.render();
  }

  close() {
    this.stopListening();
    clearInterval(this.timer);
  }

  /** @param {string} sentence */
  problem(sentence) {
    notice(part(this.element, "recorder-problem"), sentence);
  }

  get isRecording() {
    return this.state === "recording" || this.state === "paused";
  }

  /** @returns {PanelState} */
  get now() {
    const recorder = this.interview?.recorder;
    if (recorder && recorder.state !== "stopped" && recorder.state !== "inactive") {
      return recorder.state;
    }
    return this.interview?.answerOf(this.index).audio ? "taken" : "none";
  }

  /** Seconds of the sound, while it is made or when it is there; null: none. */
  get seconds() {
    const view = this.interview?.answerOf(this.index);
    return this.isRecording
      ? (this.interview?.recorder?.seconds ?? 0)
      : (view?.audio?.duration ?? null);
  }

  /** Show what is; the focus stays on a button that can be pressed. */
  render() {
    const before = this.state;
    this.state = this.now;
    this.element.dataset.state = this.state;
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (
      this.element.querySelectorAll("[data-when]")
    )) {
      button.hidden = !button.dataset.when?.split(" ").includes(this.state);
    }
    if (this.isInside && before !== this.state && !this.element.contains(visibleFocus())) {
      /** @type {HTMLElement | null} */ (
        this.element.querySelector("button:not([hidden])")
      )?.focus({ preventScroll: true });
    }
    const audio = this.interview?.answerOf(this.index).audio;
    const words = {
      none: gettext("Ready to record"),
      recording: gettext("Recording"),
      paused: gettext("Paused"),
      taken: audio?.interrupted
        ? gettext("Interrupted; this much is kept:")
        : gettext("Recorded:"),
    };
    write(part(this.element, "recorder-text"), words[this.state]);
    part(this.element, "recorder-text").parentElement?.classList.toggle(
      "live",
      this.state === "recording",
    );
    clearInterval(this.timer);
    if (this.isRecording || this.url) {
      this.timer = setInterval(() => this.tick(), TICK);
    }
    this.tick();
    if (before !== this.state) {
      this.changed();
    }
  }

  tick() {
    const total = this.seconds;
    const shown =
      total === null
        ? ""
        : this.url
          ? `${clock(this.player.currentTime)} / ${clock(total)}`
          : clock(total);
    write(part(this.element, "recorder-time"), shown);
  }

  /** Begin a recording; one that is there is replaced by it. */
  async record() {
    const { interview, index } = this;
    if (!interview || this.isBusy) {
      return;
    }
    this.isBusy = true;
    this.stopListening();
    this.problem("");
    this.wave.clear();
    try {
      const recorder = await this.openMicrophone(interview, index);
      recorder.addEventListener("level", (event) => {
        const { level } = /** @type {CustomEvent} */ (event).detail;
        if (recorder.state === "recording") {
          this.wave.add(loudness(level));
        }
      });
      recorder.addEventListener("state", () => this.render());
      recorder.addEventListener("error", (event) => {
        const { code } = /** @type {CustomEvent} */ (event).detail;
        this.problem(
          code === "microphone_lost"
            ? gettext("The microphone is gone. What you have said is kept.")
            : gettext("The recording has stopped. What you have said is kept."),
        );
      });
      say(gettext("Recording."));
    } catch (error) {
      this.problem(soundProblem(error));
    } finally {
      this.isBusy = false;
      this.render();
    }
  }

  /** The device of the microphone check, or any where that one is gone.
   * @param {Interview} interview @param {number} index */
  async openMicrophone(interview, index) {
    const deviceId = recall("device") || undefined;
    try {
      return await interview.record(index, { deviceId });
    } catch (error) {
      const name = error instanceof Error ? error.name : "";
      if (!deviceId || !["OverconstrainedError", "NotFoundError"].includes(name)) {
        throw error;
      }
      return interview.record(index, {});
    }
  }

  pause() {
    this.interview?.recorder?.pause();
    say(fill(gettext("Paused at %(time)s."), { time: clock(this.seconds ?? 0) }));
    this.render();
  }

  unpause() {
    this.interview?.recorder?.resume();
    say(gettext("Recording again."));
    this.render();
  }

  async stop() {
    if (!this.isRecording || !this.interview) {
      return;
    }
    const seconds = this.seconds ?? 0;
    await this.interview.stopRecording();
    this.render();
    say(fill(gettext("Stopped. %(time)s recorded."), { time: clock(seconds) }));
  }

  /** Play what is recorded, or stop playing it. */
  async listen() {
    if (this.url) {
      this.stopListening();
      return;
    }
    const blob = await this.interview?.audioBlob(this.index);
    if (!blob) {
      this.problem(gettext("The sound is on the server; it is no longer on this computer."));
      return;
    }
    this.url = URL.createObjectURL(blob);
    this.player.src = this.url;
    write(part(this.element, "listen-text"), gettext("Stop"));
    try {
      await this.player.play();
    } catch {
      this.stopListening();
      this.problem(gettext("The sound cannot be played here. It is kept all the same."));
      return;
    }
    this.render();
  }

  stopListening() {
    this.player.pause();
    if (this.url) {
      const { url } = this;
      this.url = "";
      this.player.removeAttribute("src");
      URL.revokeObjectURL(url);
      write(part(this.element, "listen-text"), gettext("Listen"));
      this.render();
    }
  }

  /** Ask before a recording is replaced. */
  askAgain() {
    const asked = dialog("again-dialog");
    write(
      part(asked, "again-text"),
      fill(gettext("Your recording of %(time)s is replaced by the new one."), {
        time: clock(this.seconds ?? 0),
      }),
    );
    asked.showModal();
  }
}

/** The element with the focus, where it can be seen. */
function visibleFocus() {
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  return focused && !focused.hidden ? focused : null;
}
