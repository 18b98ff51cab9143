// @ts-check
// How each order of the outbox is carried out: one call of the API, or a few for long recordings.

import { ApiError } from "./api.js";
import { upload } from "./uploads.js";

/** @import {InterviewApi} from "./api.js" */
/** @import {Store} from "./store.js" */
/** @import {AnswerRecord, InterviewRecord, OutboxItem} from "./types.js" */

const MIB = 1024 * 1024;
export const LIMITS = { json: 8 * MIB, form: 32 * MIB };

/** @typedef {{interview: InterviewRecord, answer: AnswerRecord | null}} Loaded */

export class Delivery {
  /**
   * @param {object} options
   * @param {InterviewApi} options.api
   * @param {Store} options.store
   * @param {{json: number, form: number}} [options.limits] bytes of sound; above the first a form
   *   takes the place of JSON, above the second an upload in parts that of a form
   */
  constructor({ api, store, limits = LIMITS }) {
    this.api = api;
    this.store = store;
    this.limits = limits;
  }

  /**
   * Carry out one order until the server has acknowledged it and that is kept here.
   * @param {OutboxItem} item
   * @param {{signal: AbortSignal, onPart: (part: number) => void}} options
   * @returns {Promise<any>} the reply, or null for an order that is gone; rejects with ApiError
   */
  async send(item, { signal, onPart }) {
    const loaded = await this.store.load(item);
    if (!loaded) {
      await this.store.acknowledge(item, {});
      return null;
    }
    if (item.kind === "create") return this.#create(item, loaded);
    const { sessionId, accessToken } = loaded.interview;
    if (!sessionId) throw new ApiError("no_session");
    const api = this.api.as(accessToken);
    if (item.kind === "ask") return this.#ask(api, item, loaded.interview, sessionId);
    if (item.kind === "end") {
      const reply = await api.end(sessionId);
      await this.store.acknowledge(item, { interview: { endAcknowledged: true } });
      return reply;
    }
    return this.#answer(api, item, loaded, { sessionId, signal, onPart });
  }

  /** @param {OutboxItem} item @param {Loaded} loaded */
  async #create(item, { interview }) {
    const key = interview.createKey ?? interview.clientSession;
    const reply = await this.api.createSession(interview.createBody, { key });
    const { type, role, difficulty, duration } = { ...interview, ...reply.config };
    const { sessionId, accessToken } = reply;
    const learned = { sessionId, accessToken, type, role, difficulty, duration };
    await this.store.acknowledge(item, { interview: learned });
    return reply;
  }

  /** @param {InterviewApi} api @param {OutboxItem} item @param {InterviewRecord} interview
   * @param {string} sessionId */
  async #ask(api, item, interview, sessionId) {
    const asked = interview.questions.find((one) => one.index === item.questionIndex);
    if (!asked) {
      await this.store.acknowledge(item, {});
      return null;
    }
    const reply = await api.ask(
      /** @type {any} */ ({
        sessionId,
        questionText: asked.question,
        questionType: asked.type,
        category: asked.category,
        difficulty: asked.difficulty,
      }),
    );
    const question = { index: asked.index, id: reply.questionId };
    await this.store.acknowledge(item, { question });
    return reply;
  }

  /**
   * @param {InterviewApi} api
   * @param {OutboxItem} item
   * @param {Loaded} loaded
   * @param {{sessionId: string, signal: AbortSignal, onPart: (part: number) => void}} options
   */
  async #answer(api, item, { interview, answer }, { sessionId, signal, onPart }) {
    if (!answer?.submitted) throw new ApiError("gone");
    const asked = interview.questions.find((one) => one.index === answer.questionIndex);
    /** @type {Record<string, any>} */
    const body = { sessionId, questionIndex: answer.questionIndex };
    if (asked && asked.id !== null) body.questionId = asked.id;
    else if (asked) body.question = asked.question;
    body.answer = answer.submitted.answer;
    body.responseDuration = answer.submitted.responseDuration;
    body.timestamp = answer.submitted.timestamp;
    const audio = answer.audio && (await this.#sound(answer));
    const way = audio ? (item.transport ?? this.#wayFor(audio.size)) : "json";
    let reply;
    if (audio && way === "upload") {
      reply = await this.#inParts(api, item, body, audio, { sessionId, signal, onPart });
    } else {
      reply = await api.answer(body, { audio, form: way === "multipart" });
    }
    if (audio && reply.audioSaved === false) throw new ApiError("audio_not_saved", { status: 422 });
    await this.store.acknowledge(item, {
      interview: { progress: reply.progress ?? interview.progress },
      answer: {
        responseId: reply.responseId,
        questionId: reply.questionId,
        at: api.serverNow() ?? Date.now(),
      },
    });
    return reply;
  }

  /** @param {AnswerRecord} answer @returns {Promise<Blob>} */
  async #sound(answer) {
    const take = /** @type {NonNullable<AnswerRecord["audio"]>} */ (answer.audio);
    const blob = await this.store.blob(take);
    if (blob.size !== take.size) throw new ApiError("audio_lost", { status: 422 });
    return blob;
  }

  /** @param {number} size @returns {"json" | "multipart" | "upload"} */
  #wayFor(size) {
    if ((size * 4) / 3 <= this.limits.json) return "json";
    return size <= this.limits.form ? "multipart" : "upload";
  }

  /** The next way that takes more; null where there is none. @param {OutboxItem} item
   * @returns {Promise<"multipart" | "upload" | null>} */
  async wider(item) {
    const loaded = await this.store.load(item);
    const size = loaded?.answer?.audio?.size;
    if (!size) return null;
    const way = item.transport ?? this.#wayFor(size);
    return way === "json" ? "multipart" : way === "multipart" ? "upload" : null;
  }

  /**
   * @param {InterviewApi} api
   * @param {OutboxItem} item
   * @param {Record<string, any>} body
   * @param {Blob} audio
   * @param {{sessionId: string, signal: AbortSignal, onPart: (part: number) => void}} options
   */
  async #inParts(api, item, body, audio, { sessionId, signal, onPart }) {
    const onUrl = (/** @type {string} */ uploadUrl) => this.store.updateItem(item, { uploadUrl });
    const url = item.uploadUrl;
    /** @param {any} error @param {boolean} isGone */
    const again = async (error, isGone) => {
      if (!isGone) throw error;
      // Expired, or swept: the bytes are here, so it begins anew.
      await this.store.updateItem(item, { uploadUrl: null });
      throw new ApiError("upload_gone");
    };
    const audioUpload = await upload(audio, { api, sessionId, url, onUrl, onPart, signal }).catch(
      (error) => again(error, url !== null && [404, 410].includes(error.status)),
    );
    return api
      .answer({ ...body, audioUpload })
      .catch((error) => again(error, error.code === "unprocessable" && !!error.fields.audioUpload));
  }
}
