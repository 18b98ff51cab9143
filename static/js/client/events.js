// @ts-check
// What happens in an interview, as it happens: server-sent events over fetch, so that a ticket can
// be sent along; asking again and again where no stream is to be had.

import { ApiError, asJson, errorOf } from "./api.js";
import { delay } from "./backoff.js";

/** @import {InterviewApi} from "./api.js" */

const SILENT_MS = 60_000; // a stream sends at least a comment that often
const WITHOUT_MS = 60_000; // after streams that failed, how long asking does
const FAILED_STREAMS = 3;
const MOST_MS = 60_000;

/** @typedef {{url: string, ticket: string}} Stream */

/**
 * The messages of an event stream, one by one.
 * @param {ReadableStream<Uint8Array>} body
 * @param {() => void} alive
 * @returns {AsyncGenerator<{id: string, event: string, data: string, retry: number | null}>}
 */
export async function* messages(body, alive) {
  const reader = body.pipeThrough(/** @type {any} */ (new TextDecoderStream())).getReader();
  let rest = "";
  let message = { id: "", event: "message", data: "", retry: /** @type {number | null} */ (null) };
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      alive();
      rest += value;
      // A line end that was cut in two is looked at when its other half is there.
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line === "") {
          if (message.data || message.retry !== null) yield message;
          message = { id: "", event: "message", data: "", retry: null };
          continue;
        }
        const [, name, text] = /^([^:]*):? ?(.*)$/s.exec(line) ?? ["", "", ""];
        if (name === "data") message.data += (message.data ? "\n" : "") + text;
        else if (name === "event") message.event = text;
        else if (name === "id") message.id = text;
        else if (name === "retry" && /^\d+$/.test(text)) message.retry = Number(text);
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * Sends "event" {id, kind, at, data}, every one once and in order, "snapshot" (the progress as it
 * is), "state" {state: "stream" | "poll" | "waiting"}, "problem" (ApiError; it goes on trying), and what
 * a stream says without an id, such as "presence", under its own name.
 */
export class ProgressFeed extends EventTarget {
  #stopped = new AbortController();
  #failures = 0;
  #failedStreams = 0;
  #etag = "";

  /**
   * @param {object} options
   * @param {InterviewApi} options.api
   * @param {string} options.sessionId
   * @param {string} [options.eventsUrl] a stream to be opened with the credentials of the API;
   *   default: the one that the server names, with the ticket it gives for it
   * @param {number | null} [options.after] the last event that is known already
   * @param {number} [options.pollEvery] milliseconds
   */
  constructor({ api, sessionId, eventsUrl = "", after = null, pollEvery = 5_000 }) {
    super();
    this.api = api;
    this.path = `/api/interview/progress/${encodeURIComponent(sessionId)}`;
    this.eventsUrl = eventsUrl;
    this.lastEventId = after;
    this.pollEvery = pollEvery;
  }

  start() {
    this.#run();
    return this;
  }

  stop() {
    this.#stopped.abort();
  }

  /** @param {string} type @param {any} detail */
  #send(type, detail) {
    if (!this.#stopped.signal.aborted) this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  async #run() {
    while (!this.#stopped.signal.aborted) {
      let rest = this.pollEvery;
      try {
        const stream = await this.#ask();
        this.#failures = 0;
        if (stream) rest = await this.#follow(stream);
        else this.#send("state", { state: "poll" });
      } catch (error) {
        this.#failures += 1;
        this.#send("problem", error);
        this.#send("state", { state: "waiting" });
        const after = error instanceof ApiError ? (error.retryAfter ?? 0) * 1000 : 0;
        rest = Math.max(after, Math.min(MOST_MS, delay(this.#failures, Math.random)));
      }
      await this.#rest(rest);
    }
  }

  /** @param {number} ms */
  async #rest(ms) {
    const { signal } = this.#stopped;
    if (signal.aborted) return;
    const quiet = new AbortController();
    await new Promise((/** @type {(value: void) => void} */ resolve) => {
      const timer = setTimeout(resolve, ms);
      const now = () => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener("abort", now, { signal: quiet.signal });
      addEventListener("online", now, { signal: quiet.signal });
    });
    quiet.abort();
  }

  /** @param {string} url */
  #after(url) {
    if (this.lastEventId === null) return url;
    return `${url}${url.includes("?") ? "&" : "?"}after=${this.lastEventId}`;
  }

  get #wantsStream() {
    return this.#failedStreams < FAILED_STREAMS;
  }

  /**
   * Ask for what came since the last time. 304 costs the server one indexed read, but brings no
   * ticket for a stream.
   * @returns {Promise<Stream | null>}
   */
  async #ask() {
    const headers = this.#etag ? { "If-None-Match": this.#etag } : undefined;
    const options = { headers, signal: this.#stopped.signal };
    const value = await this.api.request(this.#after(this.path), options, async (reply) => {
      if (reply.status === 304) return null;
      const body = asJson(await reply.text());
      if (!reply.ok || !body) throw errorOf(reply, body);
      this.#etag = reply.headers.get("ETag") ?? "";
      return body;
    });
    if (!value) return null;
    for (const event of value.events ?? []) this.#take(event);
    this.lastEventId ??= value.lastEventId ?? null;
    this.#send("snapshot", value);
    if (value.more) {
      this.#etag = "";
      return this.#ask();
    }
    const stream = this.eventsUrl ? { url: this.eventsUrl, ticket: this.api.token } : value.stream;
    if (!stream || !this.#wantsStream) return null;
    this.#etag = "";
    return stream;
  }

  /** @param {Stream} stream @returns {Promise<number>} when to ask again, milliseconds */
  async #follow({ url, ticket }) {
    try {
      const rest = await this.#read(url, ticket);
      this.#failedStreams = 0;
      return rest;
    } catch {
      this.#failedStreams += 1;
      if (!this.#wantsStream) setTimeout(() => (this.#failedStreams = 0), WITHOUT_MS);
      return Math.min(this.pollEvery, delay(this.#failedStreams, Math.random));
    }
  }

  /** Read one stream until it ends. @param {string} url @param {string} ticket */
  async #read(url, ticket) {
    const ended = new AbortController();
    const stop = () => ended.abort();
    this.#stopped.signal.addEventListener("abort", stop);
    let dog = setTimeout(stop, SILENT_MS);
    let rest = 0;
    try {
      const reply = await this.api.fetch(this.#after(url), {
        cache: "no-store",
        credentials: ticket ? "omit" : "same-origin",
        headers: {
          Accept: "text/event-stream",
          ...(ticket && { Authorization: `Bearer ${ticket}` }),
        },
        signal: ended.signal,
      });
      const type = reply.headers.get("Content-Type") ?? "";
      if (!reply.ok || !reply.body || !type.startsWith("text/event-stream"))
        throw errorOf(reply, null);
      this.#send("state", { state: "stream" });
      const alive = () => {
        clearTimeout(dog);
        dog = setTimeout(stop, SILENT_MS);
      };
      for await (const message of messages(reply.body, alive)) {
        rest = message.retry ?? rest;
        this.#hear(message);
      }
      return Math.min(MOST_MS, Math.max(250, rest));
    } finally {
      clearTimeout(dog);
      this.#stopped.signal.removeEventListener("abort", stop);
    }
  }

  /** @param {{id: string, event: string, data: string}} message */
  #hear({ id, event, data }) {
    if (!data) return;
    const value = JSON.parse(data);
    if (event === "snapshot") {
      this.lastEventId ??= value.lastEventId ?? null;
      this.#send("snapshot", value);
    } else if (id) {
      this.#take({ ...value, id: Number(id), kind: value.kind ?? event });
    } else {
      this.#send(event, value);
    }
  }

  /** @param {{id: number, kind: string, at: string, data: any}} event */
  #take(event) {
    if (this.lastEventId !== null && event.id <= this.lastEventId) return;
    this.lastEventId = event.id;
    this.#send("event", event);
  }
}
