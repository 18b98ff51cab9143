// @ts-check
// Tells the server that somebody sits at the interview, and what they are at.

/** @import {Interview} from "./interview.js" */

/** @typedef {"thinking" | "recording" | "paused" | "writing" | "reviewing" | "away"} PresenceState */

const SOON_MS = 1_000;

/** Sends "presence" (the server's reply). Failures are silent: the answers have their own way. */
export class Presence extends EventTarget {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #stopped = new AbortController();
  #told = "";
  /** @type {PresenceState} */
  #state = "thinking";

  /** @param {{interview: Interview, every?: number}} options milliseconds */
  constructor({ interview, every = 15_000 }) {
    super();
    this.interview = interview;
    this.every = every;
  }

  start() {
    const { signal } = this.#stopped;
    const { interview } = this;
    const soon = () => this.#soon();
    document.addEventListener("visibilitychange", soon, { signal });
    for (const name of ["position", "session", "ended"]) {
      interview.addEventListener(name, soon, { signal });
    }
    interview.addEventListener(
      "recording",
      (event) => {
        const { state } = /** @type {CustomEvent} */ (event).detail;
        this.set(state === "recording" || state === "paused" ? state : "reviewing");
      },
      { signal },
    );
    this.#beat();
    return this;
  }

  stop() {
    this.#stopped.abort();
    clearTimeout(this.#timer);
  }

  /** @param {PresenceState} state */
  set(state) {
    if (this.#state === state) return;
    this.#state = state;
    this.#soon();
  }

  /** What is told: "away" while nobody sees the page and nothing is recorded. */
  get state() {
    const hidden = document.visibilityState === "hidden";
    return hidden && !this.interview.recorder ? "away" : this.#state;
  }

  #soon() {
    if (this.#stopped.signal.aborted) return;
    clearTimeout(this.#timer);
    const { state, interview } = this;
    const same = this.#told === `${state} ${interview.index}`;
    this.#timer = setTimeout(() => this.#beat(), same ? this.every : SOON_MS);
  }

  async #beat() {
    const { state, interview } = this;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#beat(), this.every);
    if (!interview.sessionId || interview.endAcknowledged) return;
    try {
      this.#told = `${state} ${interview.index}`;
      const reply = await interview.api.presence({
        sessionId: interview.sessionId,
        state,
        questionIndex: interview.index,
        unsent: interview.unsent,
      });
      this.dispatchEvent(new CustomEvent("presence", { detail: reply }));
    } catch {
      this.#told = "";
    }
  }
}
