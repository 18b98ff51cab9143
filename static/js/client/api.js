// @ts-check
// The calls of the API, one method each; failures as ApiError.

import { asDataUrl } from "./bytes.js";

const CALL_SECONDS = 60;
const BYTES_A_SECOND = 5_000; // slower than this counts as hanging
const RETRY_AFTER_MOST = 3_600;

/** Codes of our own, where no reply of the API came: network, timeout, unreadable. */
export class ApiError extends Error {
  /**
   * @param {string} code a stable word
   * @param {{status?: number, message?: string, fields?: Record<string, string[]>,
   *   retryAfter?: number | null}} [more] `status` 0: no reply; `retryAfter` in seconds
   */
  constructor(code, { status = 0, message = code, fields = {}, retryAfter = null } = {}) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.status = status;
    this.fields = fields;
    this.retryAfter = retryAfter;
  }
}

/**
 * The seconds of a Retry-After header. A date is read against the server's own Date, never
 * against the clock of this computer.
 * @param {Headers} headers
 * @returns {number | null}
 */
function retryAfterOf(headers) {
  const value = headers.get("Retry-After");
  if (value === null) return null;
  const seconds = /^\d+$/.test(value.trim())
    ? Number(value)
    : (Date.parse(value) - Date.parse(headers.get("Date") ?? "")) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(0, seconds), RETRY_AFTER_MOST) : null;
}

/**
 * What a reply means that is no success.
 * @param {Response} reply
 * @param {any} body its JSON, or null
 */
export function errorOf(reply, body) {
  const found = body && typeof body === "object" && typeof body.code === "string" ? body : null;
  return new ApiError(found?.code ?? (reply.ok ? "unreadable" : `http_${reply.status}`), {
    status: reply.ok ? 0 : reply.status,
    message: found?.error,
    fields: found?.fields,
    retryAfter: retryAfterOf(reply.headers),
  });
}

export class InterviewApi {
  /** The last Date header and when it came; shared with those made by `as`. */
  #heard = { server: NaN, local: 0 };

  /**
   * @param {{baseUrl?: string, token?: string, fetch?: typeof fetch}} [options] `baseUrl` of the
   *   server, empty for the page's own. With a token, or at another origin, no cookie is sent.
   */
  constructor({ baseUrl = "", token = "", fetch: fetcher } = {}) {
    this.baseUrl = baseUrl.replace(/\/+$/, "");
    this.token = token;
    this.fetch = fetcher ?? globalThis.fetch.bind(globalThis);
  }

  /** Whether calls carry a token and no cookie. */
  get usesTokens() {
    return (
      this.token !== "" || new URL(this.baseUrl || "/", location.href).origin !== location.origin
    );
  }

  /** The same API for the bearer of another token. @param {string | null} token */
  as(token) {
    if (!token || token === this.token) return this;
    const other = new InterviewApi({ baseUrl: this.baseUrl, token, fetch: this.fetch });
    other.#heard = this.#heard;
    return other;
  }

  /** The server's clock, milliseconds since 1970, as of its last reply; null before the first. */
  serverNow() {
    const { server, local } = this.#heard;
    return Number.isFinite(server) ? server + performance.now() - local : null;
  }

  /** @returns {Record<string, string>} */
  credentials() {
    return this.token ? { Authorization: `Bearer ${this.token}` } : {};
  }

  /** @param {string} path @returns {string} */
  url(path) {
    return this.baseUrl + path;
  }

  /**
   * One request; whatever status comes back.
   * @template T
   * @param {string} path
   * @param {RequestInit & {seconds?: number}} options
   * @param {(reply: Response) => T | Promise<T>} read runs within the time of the request
   * @returns {Promise<T>}
   */
  async request(path, { seconds = CALL_SECONDS, headers, signal, ...options }, read) {
    const given = new AbortController();
    const timer = setTimeout(() => given.abort("timeout"), seconds * 1000);
    const stop = () => given.abort("stopped");
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop);
    try {
      const reply = await this.fetch(this.url(path), {
        cache: "no-store",
        credentials: this.usesTokens ? "omit" : "same-origin",
        ...options,
        headers: { ...this.credentials(), ...Object.fromEntries(new Headers(headers)) },
        signal: given.signal,
      });
      const date = Date.parse(reply.headers.get("Date") ?? "");
      if (Number.isFinite(date)) {
        Object.assign(this.#heard, { server: date, local: performance.now() });
      }
      return await read(reply);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw new ApiError(given.signal.reason === "timeout" ? "timeout" : "network");
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    }
  }

  /**
   * One call that replies with the API's JSON.
   * @param {string} path
   * @param {RequestInit & {seconds?: number}} [options]
   * @returns {Promise<any>}
   */
  call(path, options = {}) {
    return this.request(path, options, async (reply) => {
      const body = asJson(await reply.text());
      if (!reply.ok || body?.success !== true) throw errorOf(reply, body);
      return body;
    });
  }

  /**
   * @param {string} path
   * @param {object | string} body as JSON text it is sent as it is
   * @param {RequestInit & {seconds?: number}} [options]
   */
  post(path, body, options = {}) {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return this.call(path, {
      seconds: secondsFor(text.length),
      ...options,
      method: "POST",
      body: text,
    });
  }

  modes() {
    return this.call("/api/interview-modes");
  }

  /**
   * @param {object | string} body userEmail, type, role, difficulty, duration, features …
   * @param {{key?: string}} [options] the Idempotency-Key: the same one makes one interview
   */
  createSession(body, { key } = {}) {
    const headers = key ? { "Idempotency-Key": key } : undefined;
    return this.post("/api/interview/create-session", body, { headers });
  }

  /**
   * @param {{sessionId: string, count?: number, seed?: string}} body
   * @param {{seconds?: number}} [options]
   */
  questions(body, options) {
    return this.post("/api/interview-modes/questions", body, options);
  }

  /** @param {{sessionId: string, questionText: string}} body */
  ask(body) {
    return this.post("/api/interview/question", body);
  }

  /**
   * @param {Record<string, any>} body sessionId, questionIndex or questionId, answer …
   * @param {{audio?: Blob | null, form?: boolean}} [options] sound goes as base64 inside the JSON,
   *   or as the file of a form
   */
  async answer(body, { audio = null, form = false } = {}) {
    if (!audio) return this.post("/api/interview/response", body);
    if (!form) {
      return this.post("/api/interview/response", { ...body, audioBlob: await asDataUrl(audio) });
    }
    const data = new FormData();
    for (const [name, value] of Object.entries(body)) {
      if (value !== null && value !== undefined) data.set(name, String(value));
    }
    data.set("audio", audio, "answer");
    return this.call("/api/interview/response", {
      method: "POST",
      body: data,
      seconds: secondsFor(audio.size),
    });
  }

  /** @param {string} sessionId */
  end(sessionId) {
    return this.post("/api/interview/end", { sessionId });
  }

  /**
   * @param {string} sessionId
   * @param {{after?: number}} [options] with `after`: the events since then come along
   */
  progress(sessionId, { after } = {}) {
    const query = after === undefined ? "" : `?after=${after}`;
    return this.call(`/api/interview/progress/${encodeURIComponent(sessionId)}${query}`);
  }

  /** @param {{sessionId: string, state: string, questionIndex: number, unsent: number}} body */
  presence(body) {
    return this.post("/api/interview/presence", body);
  }

  /** The server's export. @param {string} sessionId @returns {Promise<Blob>} */
  exportData(sessionId) {
    const path = `/api/interview/export/${encodeURIComponent(sessionId)}`;
    return this.request(path, {}, async (reply) => {
      if (!reply.ok) throw errorOf(reply, asJson(await reply.text()));
      return reply.blob();
    });
  }
}

/** What a text says as JSON; null for a proxy's page. @param {string} text @returns {any} */
export function asJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param {number} bytes @returns {number} */
function secondsFor(bytes) {
  return CALL_SECONDS + bytes / BYTES_A_SECOND;
}
