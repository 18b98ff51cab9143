// @ts-check
// One interview: its questions, its answers as they arise, and what has become of them.

import { answersFile } from "./answers-file.js";
import { Answers } from "./answers.js";
import { ApiError } from "./api.js";
import { BUILTIN_QUESTIONS } from "./builtin-questions.js";
import { coded } from "./bytes.js";
import { InterviewFacts } from "./interview-facts.js";
import { createdWithin, newRecord, questionsWithin } from "./start.js";
import { Take } from "./take.js";

/** @import {InterviewApi} from "./api.js" */
/** @import {Outbox} from "./outbox.js" */
/** @import {Store} from "./store.js" */
/** @import {AnswerView, InterviewRecord, ItemState, Progress, Question} from "./types.js" */
/** @import {Recorder} from "./recorder.js" */
/** @import {Asked} from "./start.js" */

/** @typedef {{api: InterviewApi, store: Store, outbox: Outbox}} Parts */

/**
 * Sends "state" (AnswerView), "position" {index}, "questions" {questions}, "session" {sessionId},
 * "progress" (Progress), "connection" (Connection), "storage" {kind}, "ended" {}, "problem"
 * {kind, questionIndex, problem} and "recording" {questionIndex, state, seconds, code?}.
 */
export class Interview extends InterviewFacts {
  #closed = new AbortController();
  /** @type {InterviewApi} */
  #anybody;
  /** @type {Answers} */
  #answers;
  /** @type {Take | null} */
  #take = null;

  /**
   * Use `start` or `resume`.
   * @param {Parts} parts
   * @param {InterviewRecord} record
   */
  constructor({ api, store, outbox }, record) {
    super(store, outbox, record);
    this.#anybody = api;
    const { clientSession } = record;
    const say = (/** @type {number} */ index) => this.#say(index);
    this.#answers = new Answers({ store, outbox, clientSession, say });
    this.#answers.shown = record.index;
  }

  /**
   * Begin an interview. Where the server is away it begins with questions of our own, and the
   * outbox makes it on the server later. Rejects with ApiError where the server refuses; nothing is
   * kept then.
   * @param {Parts & Asked & {startTimeout?: number, questionsTimeout?: number}} options timeouts in
   *   milliseconds
   * @returns {Promise<Interview>}
   */
  static async start(options) {
    const { store, outbox, session, startTimeout = 8_000, questionsTimeout = 30_000 } = options;
    const record = await store.addInterview(newRecord(options));
    const { clientSession } = record;
    store.persist();
    const problem = session ? null : await createdWithin(outbox, clientSession, startTimeout);
    if (problem) {
      await store.removeInterview(clientSession);
      outbox.kick();
      throw new ApiError(problem.code, problem);
    }
    const interview = new Interview(options, record);
    await interview.#open(questionsTimeout);
    return interview;
  }

  /**
   * The interview that is under way on this computer; with its `clientSession` any one that is kept.
   * @param {Parts & {questionsTimeout?: number}} options
   * @param {string} [clientSession]
   * @returns {Promise<Interview | null>}
   */
  static async resume(options, clientSession) {
    const { store, outbox, questionsTimeout = 30_000 } = options;
    for (const record of await store.interviews()) {
      const wanted = clientSession
        ? record.clientSession === clientSession
        : record.endRequestedAt === null || (await outbox.unsent(record.clientSession)) > 0;
      if (!wanted) continue;
      const interview = new Interview(options, record);
      await interview.#open(questionsTimeout);
      return interview;
    }
    return null;
  }

  /** All that are kept here, newest first. @param {Store} store */
  static list(store) {
    return store.interviews();
  }

  /** @param {number} questionsTimeout */
  async #open(questionsTimeout) {
    await this.#reload();
    if (!this.details.questions.length) await this.#askQuestions(questionsTimeout);
    await this.#answers.load();
    this.#listen();
  }

  #listen() {
    const { outbox, store } = this;
    /** @param {EventTarget} target @param {string} name @param {(detail: any) => unknown} act */
    const on = (target, name, act) =>
      target.addEventListener(
        name,
        // What fails here is looked at again with the next event; nothing is lost by it.
        async (event) => {
          try {
            await act(/** @type {CustomEvent} */ (event).detail);
          } catch {
            return;
          }
        },
        { signal: this.#closed.signal },
      );
    on(outbox, "state", (state) => this.#onState(state));
    on(outbox, "sent", (sent) => this.#onSent(sent));
    on(outbox, "changed", (changed) => this.#onChanged(changed));
    on(outbox, "connection", (connection) => this.#send("connection", connection));
    on(store, "storage", (storage) => this.#send("storage", storage));
    on(document, "visibilitychange", () => this.#answers.countSeconds());
  }

  /** @param {number} timeout */
  async #askQuestions(timeout) {
    const { wanted, clientSession } = this.details;
    const found = await questionsWithin(this.api, this.details, timeout);
    const builtin = BUILTIN_QUESTIONS.slice(0, wanted.count);
    const questions = found ?? builtin.map((one) => ({ ...one }));
    this.learn(
      await this.store.setQuestions(clientSession, questions, found ? "server" : "builtin"),
    );
    if (!found) this.outbox.kick();
  }

  /** The API with the right to this interview, also where the browser has lost its cookie. */
  get api() {
    return this.#anybody.as(this.details.accessToken);
  }

  /** Answers of this interview that are not acknowledged. */
  get unsent() {
    return this.#answers.unsent;
  }

  /** While something is recorded. @returns {Recorder | null} */
  get recorder() {
    return this.#take?.recorder ?? null;
  }

  /** @param {number} index @returns {AnswerView} */
  answerOf(index) {
    const skipped = this.details.skipped.includes(index);
    return this.#answers.view(index, { skipped, recording: this.#take?.recording ?? null });
  }

  // --- Answering ----------------------------------------------------------------------------

  /**
   * Keep a text; resolves when it is on disk. Call it for every keystroke.
   * @param {number} index
   * @param {string} text
   */
  saveText(index, text) {
    return this.#answers.saveText(index, text);
  }

  /**
   * Record an answer; every second of it is on disk before anything else happens to it. The first
   * one takes the place of an earlier recording that was not submitted.
   * Rejects as getUserMedia does, or with code "no_recorder".
   * @param {number} index
   * @param {{stream?: MediaStream, deviceId?: string, audioBitsPerSecond?: number}} [options]
   * @returns {Promise<Recorder>}
   */
  async record(index, { stream, deviceId, audioBitsPerSecond } = {}) {
    await this.stopRecording();
    const take = new Take(this.#answers, index, {
      audioBitsPerSecond,
      tell: (state, code) => {
        // One that stopped by itself (its microphone was unplugged) is finished here as well.
        if (state === "stopped") this.#finish(take).catch(() => {});
        const { seconds } = take.recorder;
        this.#send("recording", { questionIndex: index, state, seconds, ...(code && { code }) });
      },
    });
    this.#take = take;
    try {
      return await take.recorder.start({ stream, deviceId });
    } catch (error) {
      if (this.#take === take) this.#take = null;
      throw error;
    }
  }

  /** @param {Take} take */
  async #finish(take) {
    if (this.#take === take) this.#take = null;
    await take.finish();
  }

  /** Resolves when the last piece is on disk. @returns {Promise<AnswerView | null>} */
  async stopRecording() {
    const take = this.#take;
    if (!take) return null;
    await take.recorder.stop();
    await this.#finish(take);
    return this.answerOf(take.questionIndex);
  }

  /** @param {number} index */
  async discardRecording(index) {
    if (this.#take?.questionIndex === index) await this.stopRecording();
    await this.store.discardRecording(this.clientSession, index);
    await this.#answers.refresh(index);
  }

  /** What is recorded, as far as it is here. @param {number} index @returns {Promise<Blob | null>} */
  async audioBlob(index) {
    const take = this.#answers.of(index).at(-1)?.audio;
    return take && !take.removed ? this.store.blob(take) : null;
  }

  /**
   * The text and the sound of this moment become a revision and go on their way. Unchanged since
   * the last time, nothing happens, but what was refused is tried again. Rejects with code "empty".
   * @param {number} index
   * @returns {Promise<AnswerView>}
   */
  async submit(index) {
    if (this.#take?.questionIndex === index) await this.stopRecording();
    await this.#answers.written(index);
    await this.#answers.countSeconds();
    const at = this.api.serverNow() ?? Date.now();
    const answer = await this.store.submit(this.clientSession, index, at);
    if (this.details.skipped.includes(index)) {
      const skipped = this.details.skipped.filter((one) => one !== index);
      this.learn(await this.store.updateInterview(this.clientSession, { skipped }));
    }
    await this.#answers.refresh(index);
    this.outbox.wrote(this.clientSession, index);
    if (answer.refused) await this.outbox.retry(this.clientSession);
    else this.outbox.kick();
    return this.answerOf(index);
  }

  /** Leave a question out for now and go on. @param {number} index */
  async skip(index) {
    const skipped = [...new Set([...this.details.skipped, index])];
    this.learn(await this.store.updateInterview(this.clientSession, { skipped }));
    this.#say(index);
    await this.goTo(Math.min(index + 1, this.questions.length - 1));
  }

  /** @param {number} index */
  async goTo(index) {
    if (!(index in this.questions)) throw coded("no_question");
    await this.#answers.countSeconds();
    this.learn(await this.store.updateInterview(this.clientSession, { index }));
    this.#answers.shown = index;
    this.#send("position", { index });
  }

  next() {
    return this.goTo(Math.min(this.index + 1, this.questions.length - 1));
  }

  back() {
    return this.goTo(Math.max(this.index - 1, 0));
  }

  /** Over, here at once; the server is told after the last answer ("ended"). */
  async end() {
    await this.stopRecording();
    await this.#answers.written();
    this.learn(await this.store.requestEnd(this.clientSession, Date.now()));
    this.outbox.kick();
  }

  // --- Handing over, and leaving ------------------------------------------------------------

  /** "Download my answers". @returns {Promise<{blob: Blob, fileName: string}>} */
  async exportLocal() {
    await this.#answers.written();
    return answersFile(this.store, this.details);
  }

  /** The server's export. @returns {Promise<Blob>} */
  exportData() {
    return this.api.exportData(this.#known());
  }

  /** Ask the server how far it is. @returns {Promise<Progress>} */
  async sync() {
    const reply = await this.api.progress(this.#known());
    const { progress } = reply;
    this.learn(await this.store.updateInterview(this.clientSession, { progress }));
    this.#send("progress", progress);
    return progress;
  }

  #known() {
    if (!this.sessionId) throw new ApiError("no_session");
    return this.sessionId;
  }

  /**
   * Remove this interview from this computer. Rejects with code "unsent" while something of it is
   * not on the server, unless forced.
   * @param {{force?: boolean}} [options]
   */
  async forget({ force = false } = {}) {
    const waiting = await this.outbox.pending(this.clientSession);
    if (waiting.length && !force) throw coded("unsent");
    this.close();
    await this.#take?.recorder.stop();
    await this.store.removeInterview(this.clientSession);
    this.outbox.kick();
  }

  /** No more events. What is stored is sent all the same. */
  close() {
    this.#closed.abort();
  }

  // --- What comes in ------------------------------------------------------------------------

  /** @param {string} type @param {any} detail */
  #send(type, detail) {
    if (!this.#closed.signal.aborted) this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** @param {number} index */
  #say(index) {
    this.#send("state", this.answerOf(index));
  }

  async #reload() {
    const record = await this.store.interview(this.clientSession);
    if (record) this.learn(record);
  }

  /** @param {ItemState} state */
  #onState({ clientSession, kind, questionIndex, state, problem }) {
    if (clientSession !== this.clientSession) return;
    if (kind === "answer" && questionIndex !== null) {
      if (state === "refused") this.#answers.refresh(questionIndex).catch(() => {});
      else this.#say(questionIndex);
    }
    if (problem && (state === "refused" || problem.access)) {
      this.#send("problem", { kind, questionIndex, problem });
    }
  }

  /** @param {{item: {clientSession: string, kind: string, questionIndex: number | null}, reply: any}} sent */
  async #onSent({ item }) {
    if (item.clientSession !== this.clientSession) return;
    await this.#reload();
    if (item.kind === "create") this.#send("session", { sessionId: this.sessionId });
    if (item.kind === "ask") this.#send("questions", { questions: this.questions });
    if (item.kind === "end") this.#send("ended", {});
    if (item.kind !== "answer" || item.questionIndex === null) return;
    await this.#answers.refresh(item.questionIndex);
    if (this.progress) this.#send("progress", this.progress);
  }

  /** @param {{clientSession: string, questionIndex: number | null}} changed by another tab */
  #onChanged({ clientSession, questionIndex }) {
    if (clientSession !== this.clientSession || questionIndex === null) return;
    this.#answers.changedElsewhere(questionIndex).catch(() => {});
  }
}
