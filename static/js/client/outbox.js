// @ts-check
// Sends what the store has to send, in the background, until the server has acknowledged it.
//
// One tab of all sends. The orders of one interview go in their order; an interview that has to
// wait keeps no other waiting. Nothing is given up: what the server refuses stays here, marked.

import { ApiError } from "./api.js";
import { Waiting } from "./backoff.js";
import { Channel } from "./channel.js";
import { Delivery } from "./delivery.js";
import { Leader } from "./leader.js";
import { passes, problemOf } from "./problems.js";

/** @import {InterviewApi} from "./api.js" */
/** @import {Store} from "./store.js" */
/** @import {Connection, ItemState, OutboxItem, Problem} from "./types.js" */

const BROKEN_OFF_TRIES = 3;
const TIDY_EVERY_MS = 3_600_000;
const IDLE_MS = 60_000;
const WITHOUT_CHANNEL_MS = 3_000;

/** A clock that only goes forward; the computer's own may be wrong by a year. */
const CLOCK = { now: () => performance.now() };

/**
 * Sends "state" (ItemState), "sent" {item, reply}, "connection" (Connection) and "changed"
 * {clientSession, questionIndex}: another tab wrote.
 */
export class Outbox extends EventTarget {
  /** @type {Map<string, Waiting>} */
  #lanes = new Map();
  /** @type {Map<string, ItemState>} */
  #states = new Map();
  #wake = () => {};
  #awake = false;
  #sending = false;
  #tidied = -Infinity;
  #stopped = new AbortController();

  /**
   * @param {object} options
   * @param {InterviewApi} options.api
   * @param {Store} options.store
   * @param {{now: () => number}} [options.clock] milliseconds, only forward
   * @param {() => number} [options.random] 0–1
   * @param {() => boolean} [options.isOnline]
   * @param {{json: number, form: number}} [options.limits] bytes, see delivery.js
   * @param {LockManager | null} [options.locks] null: the lease in the store
   * @param {Channel} [options.channel]
   */
  constructor({
    api,
    store,
    clock = CLOCK,
    random = Math.random,
    isOnline = () => navigator.onLine !== false,
    limits,
    locks,
    channel = new Channel(`${store.name} outbox`),
  }) {
    super();
    this.api = api;
    this.store = store;
    this.clock = clock;
    this.random = random;
    this.isOnline = isOnline;
    this.channel = channel;
    this.delivery = new Delivery({ api, store, limits });
    this.leader = new Leader({ store, channel, locks }, (lost) => this.#work(lost));
    /** @type {Connection} */
    this.connection = {
      state: "idle",
      sender: false,
      unsent: 0,
      nextTryIn: null,
      nextTryAt: null,
      problem: null,
    };
    channel.addEventListener("message", (event) =>
      this.#hear(/** @type {CustomEvent} */ (event).detail),
    );
  }

  /** Begin; twice is once. */
  start() {
    if (this.started) return this;
    this.started = true;
    const { signal } = this.#stopped;
    const hurry = () => this.kick(); // also for the tab that sends, in the background
    addEventListener("online", hurry, { signal });
    addEventListener("offline", () => this.#report(), { signal });
    addEventListener("pageshow", hurry, { signal });
    document.addEventListener(
      "visibilitychange",
      () => document.visibilityState === "visible" && hurry(),
      { signal },
    );
    this.leader.start();
    this.#hurry();
    return this;
  }

  /** Let another tab send. */
  stop() {
    this.#stopped.abort();
    this.leader.stop();
    this.#wakeUp();
    this.channel.close();
  }

  /** There is something new to send: try at once. */
  kick() {
    this.channel.post({ type: "outbox" });
    this.#hurry();
  }

  /** Send again what was refused. @param {string} [clientSession] of one interview alone */
  async retry(clientSession) {
    for (const item of await this.store.items(clientSession)) {
      if (item.refused) await this.store.refuse(item, null);
      this.#states.delete(item.id);
    }
    this.kick();
  }

  /** What is not acknowledged yet, in the order of sending. @param {string} [clientSession] */
  pending(clientSession) {
    return this.store.items(clientSession);
  }

  /** How many answers are not acknowledged yet. @param {string} [clientSession] */
  async unsent(clientSession) {
    return (await this.pending(clientSession)).filter((item) => item.kind === "answer").length;
  }

  /**
   * How it stands with one order; null where nothing was tried yet.
   * @param {string} clientSession
   * @param {number | null} questionIndex
   * @param {number | null} revision
   * @returns {ItemState | null}
   */
  stateOf(clientSession, questionIndex, revision) {
    for (const state of this.#states.values()) {
      const same = state.questionIndex === questionIndex && state.revision === revision;
      if (same && state.clientSession === clientSession) return state;
    }
    return null;
  }

  /** Tell the other tabs that an answer was written here. @param {string} clientSession
   * @param {number | null} questionIndex */
  wrote(clientSession, questionIndex) {
    this.channel.post({ type: "changed", detail: { clientSession, questionIndex } });
  }

  // --- Between tabs -------------------------------------------------------------------------

  /** @param {{type: string, detail?: any}} message */
  #hear({ type, detail }) {
    if (type === "outbox") this.#hurry();
    if (type === "changed") this.#send("changed", detail);
    if (this.leader.leads) return;
    if (type === "state") this.#keep(detail);
    if (type === "sent") {
      this.#states.delete(detail.item.id);
      this.#send("sent", detail);
    }
    if (type === "connection") {
      this.connection = { ...detail, sender: false };
      this.#send("connection", this.connection);
    }
  }

  /** @param {string} type @param {any} detail */
  #send(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** @param {string} type @param {any} detail */
  #tell(type, detail) {
    this.#send(type, detail);
    this.channel.post({ type, detail });
  }

  /** @param {ItemState} state */
  #keep(state) {
    this.#states.set(state.id, state);
    this.#send("state", state);
  }

  // --- The loop -----------------------------------------------------------------------------

  #hurry() {
    for (const lane of this.#lanes.values()) lane.hurry();
    this.#wakeUp();
    this.#report();
  }

  #wakeUp() {
    this.#awake = true;
    this.#wake();
  }

  /** @param {number} ms @param {AbortSignal} lost */
  async #sleep(ms, lost) {
    if (this.#awake || lost.aborted) return;
    await new Promise((/** @type {(value: void) => void} */ resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      lost.addEventListener("abort", this.#wake, { once: true });
    });
  }

  /** @param {AbortSignal} lost */
  async #work(lost) {
    while (!lost.aborted) {
      this.#awake = false;
      const head = await this.#next().catch(() => null);
      if (lost.aborted) return;
      if (head) {
        await this.#deliver(head, lost);
        continue;
      }
      await this.#report();
      await this.#tidy();
      await this.#sleep(this.#rest(), lost);
    }
  }

  /** The first order of each interview that may go. @returns {Promise<OutboxItem[]>} */
  async #heads() {
    /** @type {Map<string, OutboxItem>} */
    const heads = new Map();
    const blocked = new Set();
    for (const item of await this.store.items()) {
      const { clientSession } = item;
      // Without a session nothing of it can go.
      if (item.refused && item.kind === "create") blocked.add(clientSession);
      if (item.refused || blocked.has(clientSession) || heads.has(clientSession)) continue;
      heads.set(clientSession, item);
    }
    return [...heads.values()];
  }

  /** @param {string} clientSession */
  #lane(clientSession) {
    const lane = this.#lanes.get(clientSession) ?? new Waiting();
    this.#lanes.set(clientSession, lane);
    return lane;
  }

  /** @returns {Promise<OutboxItem | null>} */
  async #next() {
    const heads = await this.#heads();
    const waiting = new Set(heads.map((item) => item.clientSession));
    for (const name of this.#lanes.keys()) if (!waiting.has(name)) this.#lanes.delete(name);
    const now = this.clock.now();
    return heads.find((item) => this.#lane(item.clientSession).until <= now) ?? null;
  }

  /** Milliseconds until something may go again. */
  #rest() {
    const now = this.clock.now();
    const times = [...this.#lanes.values()].map((lane) => lane.until - now);
    const most = this.channel.works ? IDLE_MS : WITHOUT_CHANNEL_MS;
    return Math.max(10, Math.min(most, ...times));
  }

  /** @param {OutboxItem} item @param {AbortSignal} lost */
  async #deliver(item, lost) {
    const lane = this.#lane(item.clientSession);
    this.#sending = true;
    this.#say(item, { state: "sending" });
    this.#report();
    try {
      // A browser's word that it is offline is taken, but not for ever: some are wrong.
      if (!this.isOnline() && lane.failures % 4 !== 3) throw new ApiError("offline");
      const onPart = (/** @type {number} */ part) => this.#say(item, { state: "sending", part });
      const reply = await this.delivery.send(item, { signal: lost, onPart });
      lane.succeeded();
      this.#states.delete(item.id);
      this.#tell("sent", { item, reply });
    } catch (error) {
      if (!lost.aborted)
        await this.#failed(item, error).catch(() => lane.failed(this.clock.now(), this.random));
    } finally {
      this.#sending = false;
    }
    this.#report();
  }

  /** @param {OutboxItem} item @param {any} error */
  async #failed(item, error) {
    const lane = this.#lane(item.clientSession);
    const problem = problemOf(error);
    const { status } = problem;
    if (status === 413) {
      const transport = await this.delivery.wider(item);
      if (transport) return this.store.updateItem(item, { transport });
    }
    if (error?.moved) lane.failures = 0;
    // What a proxy cut off on its way is a 400 that names no field.
    const brokeOff = status === 400 && !Object.keys(problem.fields).length;
    const goesOn =
      problem.access || passes(status) || (brokeOff && lane.failures + 1 < BROKEN_OFF_TRIES);
    if (!goesOn) return this.#refused(item, problem);
    const { retryAfter = null } = error ?? {};
    lane.failed(this.clock.now(), this.random, { retryAfter, longest: problem.access });
    return this.#say(item, { state: "waiting", problem });
  }

  /** @param {OutboxItem} item @param {Problem} problem */
  async #refused(item, problem) {
    this.#lane(item.clientSession).succeeded();
    if (item.kind === "ask") {
      // Its text goes with its answer anyway.
      await this.store.acknowledge(item, {});
      this.#states.delete(item.id);
      return;
    }
    await this.store.refuse(item, problem);
    this.#say(item, { state: "refused", problem });
  }

  /** @param {OutboxItem} item @param {Partial<ItemState>} state */
  #say({ id, clientSession, kind, questionIndex, revision }, state) {
    const rest = state.state === "waiting" ? this.#restOf(clientSession) : null;
    const said = {
      ...{ id, clientSession, kind, questionIndex, revision },
      ...{ state: /** @type {const} */ ("local"), problem: null, part: null, ...state },
      nextTryIn: rest,
      nextTryAt: rest === null ? null : new Date(Date.now() + rest),
    };
    this.#keep(said);
    this.channel.post({ type: "state", detail: said });
  }

  /** @param {string} clientSession */
  #restOf(clientSession) {
    return Math.max(0, Math.round(this.#lane(clientSession).until - this.clock.now()));
  }

  async #tidy() {
    const now = this.api.serverNow() ?? (this.api.usesTokens ? Date.now() : null);
    if (now === null || this.clock.now() - this.#tidied < TIDY_EVERY_MS) return;
    this.#tidied = this.clock.now();
    await this.store.tidy(now).catch(() => {});
  }

  /** Say how sending stands; a tab that does not send asks whether another one does. */
  async #report() {
    const items = await this.store.items().catch(() => []);
    const unsent = items.filter((item) => item.kind === "answer").length;
    const open = items.filter((item) => !item.refused);
    if (!this.leader.leads) {
      if (open.length && this.started) this.leader.expect();
      if (unsent === this.connection.unsent) return;
      this.connection = { ...this.connection, sender: false, unsent };
      this.#send("connection", this.connection);
      return;
    }
    const states = open.map((item) => this.#states.get(item.id));
    const waiting = states.find((state) => state?.state === "waiting");
    const rest = waiting ? this.#restOf(waiting.clientSession) : null;
    this.connection = {
      state: this.#sending
        ? "sending"
        : !open.length
          ? "idle"
          : this.isOnline()
            ? "waiting"
            : "offline",
      sender: true,
      unsent,
      nextTryIn: rest,
      nextTryAt: rest === null ? null : new Date(Date.now() + rest),
      problem: waiting?.problem ?? items.find((item) => item.refused)?.refused ?? null,
    };
    this.#tell("connection", this.connection);
  }
}
