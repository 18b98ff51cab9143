// @ts-check
// What is known of an interview, read from its record.

/** @import {Outbox} from "./outbox.js" */
/** @import {Store} from "./store.js" */
/** @import {InterviewRecord, Progress, Question} from "./types.js" */

export class InterviewFacts extends EventTarget {
  /** @type {InterviewRecord} */
  details;

  /**
   * @param {Store} store
   * @param {Outbox} outbox
   * @param {InterviewRecord} details
   */
  constructor(store, outbox, details) {
    super();
    this.store = store;
    this.outbox = outbox;
    this.details = details;
  }

  /** The record has changed. @param {InterviewRecord} details */
  learn(details) {
    this.details = details;
  }

  get clientSession() {
    return this.details.clientSession;
  }

  /** The server's id; null until it knows this interview. */
  get sessionId() {
    return this.details.sessionId;
  }

  /** @returns {Question[]} */
  get questions() {
    return this.details.questions;
  }

  get index() {
    return this.details.index;
  }

  /** @returns {Question | undefined} */
  get question() {
    return this.questions[this.index];
  }

  /** It began without the server: the questions are our own. */
  get offlineStart() {
    return this.details.source === "builtin";
  }

  get ended() {
    return this.details.endRequestedAt !== null;
  }

  /** The server has the end too. */
  get endAcknowledged() {
    return this.details.endAcknowledged;
  }

  /** @returns {Progress | null} */
  get progress() {
    return this.details.progress;
  }

  get connection() {
    return this.outbox.connection;
  }

  get storage() {
    return this.store.kind;
  }
}
