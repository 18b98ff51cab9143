// @ts-check
// One recording of an answer, from the microphone into the store.

import { Recorder } from "./recorder.js";

/** @import {Answers} from "./answers.js" */

/** What happens to it: as of Recorder, and "error" with a code. @typedef {(state: string, code?: string) => void} Tell */

export class Take {
  /** @type {Promise<void> | null} */
  #finished = null;

  /**
   * @param {Answers} answers
   * @param {number} questionIndex
   * @param {{audioBitsPerSecond?: number, tell: Tell}} options
   */
  constructor(answers, questionIndex, { audioBitsPerSecond, tell }) {
    const { store, clientSession } = answers;
    this.answers = answers;
    this.questionIndex = questionIndex;
    this.recording = store.newRecording(clientSession, questionIndex);
    this.recorder = new Recorder({
      audioBitsPerSecond,
      write: async (bytes, n, { contentType, seconds }) => {
        const piece = { recording: this.recording, n, bytes, contentType, seconds };
        answers.wrote(await store.addChunk(clientSession, questionIndex, piece));
      },
    });
    this.recorder.addEventListener("state", () => tell(this.recorder.state));
    this.recorder.addEventListener("error", (event) =>
      tell("error", /** @type {CustomEvent} */ (event).detail.code),
    );
  }

  /** The recorder has stopped: say so in the store. Twice is once. @returns {Promise<void>} */
  finish() {
    this.#finished ??= this.#finish();
    return this.#finished;
  }

  async #finish() {
    const { answers, questionIndex, recording, recorder } = this;
    const { store, clientSession } = answers;
    await store.finishRecording(clientSession, questionIndex, recording, recorder.seconds);
    await answers.refresh(questionIndex);
  }
}
