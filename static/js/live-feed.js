// @ts-check
// All running interviews as they change: a stream where one is to be had, else asking again.

import { messages } from "./client/events.js";

const ASK_EVERY_MS = 5_000;
const MOST_MS = 30_000;
const SILENT_MS = 60_000; // a stream sends at least a comment that often

/**
 * Sends "all" (the reply of /api/interview/live), "event" ({place, sessionId, kind, at, data,
 * interview}; each once, in order), "presence" ({sessionId, presence}) and "state" ({state:
 * "stream" | "poll" | "waiting" | "refused"}).
 */
export class LiveFeed extends EventTarget {
  /** @param {string} address */
  constructor(address) {
    super();
    this.address = address;
    this.place = "";
    this.failures = 0;
  }

  /** @param {string} type @param {any} detail */
  #send(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** Goes on until the page is left or the reader may see it no more. */
  async run() {
    for (;;) {
      let rest = ASK_EVERY_MS;
      try {
        const stream = await this.#ask();
        this.failures = 0;
        if (stream) rest = await this.#follow(stream);
        else this.#send("state", { state: "poll" });
      } catch (error) {
        if (error instanceof Refused) {
          this.#send("state", { state: "refused" });
          return;
        }
        this.failures += 1;
        this.#send("state", { state: "waiting" });
        rest = Math.min(MOST_MS, 1_000 * 2 ** this.failures);
      }
      await new Promise((resolve) => setTimeout(resolve, rest));
    }
  }

  async #ask() {
    const after = this.place ? `?after=${encodeURIComponent(this.place)}` : "";
    const reply = await fetch(this.address + after, { cache: "no-store" });
    if ([401, 403, 404].includes(reply.status)) throw new Refused();
    if (!reply.ok) throw new Error(String(reply.status));
    const body = await reply.json();
    this.#send("all", body);
    for (const event of body.events ?? []) this.#take({ ...event, interview: null });
    if (!body.more) this.place = later(this.place, body.place);
    return body.stream;
  }

  /** @param {{url: string, ticket: string}} stream @returns {Promise<number>} when to ask again */
  async #follow({ url, ticket }) {
    const ended = new AbortController();
    let dog = setTimeout(() => ended.abort(), SILENT_MS);
    const alive = () => {
      clearTimeout(dog);
      dog = setTimeout(() => ended.abort(), SILENT_MS);
    };
    try {
      const reply = await fetch(`${url}?after=${encodeURIComponent(this.place)}`, {
        cache: "no-store",
        credentials: "omit",
        headers: { Accept: "text/event-stream", Authorization: `Bearer ${ticket}` },
        signal: ended.signal,
      });
      if (!reply.ok || !reply.body) throw new Error(String(reply.status));
      this.#send("state", { state: "stream" });
      for await (const { id, event, data } of messages(reply.body, alive)) {
        if (!data) continue;
        const value = JSON.parse(data);
        if (id) this.#take({ ...value, place: id });
        else this.#send(event, value);
      }
      return 250;
    } catch {
      // Asking tells whether it is the stream alone that is away.
      return 1_000;
    } finally {
      clearTimeout(dog);
    }
  }

  /** @param {{place: string}} event */
  #take(event) {
    if (this.place && later(this.place, event.place) === this.place) return;
    this.place = event.place;
    this.#send("event", event);
  }
}

class Refused extends Error {}

/** The later of two places, "position-id". @param {string} one @param {string} other */
function later(one, other) {
  if (!one || !other) return one || other;
  const [a, b] = one.split("-").map(BigInt);
  const [c, d] = other.split("-").map(BigInt);
  return c > a || (c === a && d > b) ? other : one;
}
