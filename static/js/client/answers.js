// @ts-check
// The answers of one interview as this tab knows them, and texts on their way to the store.

import { viewOf } from "./view.js";

/** @import {Outbox} from "./outbox.js" */
/** @import {Store} from "./store.js" */
/** @import {AnswerRecord, AnswerView} from "./types.js" */

export class Answers {
  /** @type {Map<number, AnswerRecord[]>} revisions by question */
  #revisions = new Map();
  /** @type {Map<number, {text: string, done: Promise<void>}>} */
  #writing = new Map();
  #since = performance.now();

  /**
   * @param {object} options
   * @param {Store} options.store
   * @param {Outbox} options.outbox
   * @param {string} options.clientSession
   * @param {(index: number) => void} options.say something about this answer has changed
   */
  constructor({ store, outbox, clientSession, say }) {
    this.store = store;
    this.outbox = outbox;
    this.clientSession = clientSession;
    this.say = say;
    /** The question in sight. */
    this.shown = 0;
  }

  async load() {
    this.#revisions.clear();
    for (const answer of await this.store.answers(this.clientSession)) this.#set(answer);
  }

  /** @param {AnswerRecord} answer */
  #set(answer) {
    const { questionIndex, revision } = answer;
    const others = this.of(questionIndex).filter((one) => one.revision !== revision);
    const all = [...others, answer].sort((a, b) => a.revision - b.revision);
    this.#revisions.set(questionIndex, all);
  }

  /** Oldest first. @param {number} index @returns {AnswerRecord[]} */
  of(index) {
    return this.#revisions.get(index) ?? [];
  }

  /** How many wait for their acknowledgement. */
  get unsent() {
    const all = [...this.#revisions.values()].flat();
    return all.filter((one) => one.submitted && !one.acknowledged).length;
  }

  /**
   * @param {number} index
   * @param {{skipped: boolean, recording: string | null}} now
   * @returns {AnswerView}
   */
  view(index, { skipped, recording }) {
    const revisions = this.of(index);
    const last = revisions.at(-1);
    const saving = this.#writing.get(index)?.text ?? null;
    const item = last ? this.outbox.stateOf(this.clientSession, index, last.revision) : null;
    return viewOf(index, revisions, { skipped, saving, recording, item });
  }

  /** The store has this now. @param {AnswerRecord} answer */
  wrote(answer) {
    this.#set(answer);
    this.say(answer.questionIndex);
  }

  /** Look at the store again. @param {number} index */
  async refresh(index) {
    this.#revisions.set(index, await this.store.revisions(this.clientSession, index));
    this.say(index);
  }

  /** The same, unless something newer is being written here. @param {number} index */
  async changedElsewhere(index) {
    if (!this.#writing.has(index)) await this.refresh(index);
  }

  /**
   * While one text is being written the newest of the following waits, and only that one.
   * @param {number} index
   * @param {string} text
   * @returns {Promise<void>} it is on disk
   */
  saveText(index, text) {
    const writing = this.#writing.get(index);
    if (writing) {
      writing.text = text;
      return writing.done;
    }
    const next = { text, done: Promise.resolve() };
    this.#writing.set(index, next);
    next.done = this.#write(index, next);
    this.say(index);
    return next.done;
  }

  /** @param {number} index @param {{text: string}} writing */
  async #write(index, writing) {
    try {
      for (let written = null; written !== writing.text;) {
        written = writing.text;
        const change = { text: written, seconds: this.#secondsOn(index) };
        this.#set(await this.store.saveDraft(this.clientSession, index, change));
      }
    } finally {
      this.#writing.delete(index);
      this.say(index);
      this.outbox.wrote(this.clientSession, index);
    }
  }

  /** Every text is on disk, or one of them could not be written. @param {number} [index] of one */
  async written(index) {
    const all = [...this.#writing].filter(([key]) => index === undefined || key === index);
    await Promise.all(all.map(([, { done }]) => done));
  }

  /** Seconds spent on a question, with those since the last look. @param {number} index */
  #secondsOn(index) {
    const known = this.of(index).at(-1)?.seconds ?? 0;
    if (index !== this.shown || document.visibilityState === "hidden") return known;
    const more = (performance.now() - this.#since) / 1000;
    this.#since = performance.now();
    return known + more;
  }

  /** Add the time since the last look to the draft in sight; nothing where there is none. */
  async countSeconds() {
    const seconds = this.#secondsOn(this.shown);
    this.#since = performance.now();
    const draft = this.of(this.shown).at(-1);
    if (!draft || draft.submitted) return;
    this.#set(await this.store.saveDraft(this.clientSession, this.shown, { seconds }));
  }
}
