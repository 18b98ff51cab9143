// @ts-check
// One tab of all does the sending: by a web lock, else by a lease in the store.

import { uuid } from "./bytes.js";

/** @import {Store} from "./store.js" */
/** @import {Channel} from "./channel.js" */

const ANSWER_MS = 10_000; // a tab that is frozen answers nothing
const BEAT_MS = 2_000;
const SILENT_MS = 8_000;

export class Leader {
  #stopped = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #asking;

  /**
   * @param {{store: Store, channel: Channel, locks?: LockManager | null}} options
   * @param {(lost: AbortSignal) => Promise<void>} work what the one tab does until it is told to stop
   */
  constructor({ store, channel, locks = globalThis.navigator?.locks ?? null }, work) {
    this.store = store;
    this.channel = channel;
    this.locks = locks;
    this.work = work;
    this.leads = false;
    channel.addEventListener("message", (event) => {
      const { type } = /** @type {CustomEvent} */ (event).detail;
      if (type === "who sends?" && this.leads) channel.post({ type: "I send" });
      if (type === "I send") this.#heard();
    });
  }

  start() {
    if (this.locks) this.#hold({});
    else this.#lease();
  }

  stop() {
    this.#heard();
    this.#stopped.abort();
  }

  /** @param {LockOptions} options */
  async #hold(options) {
    const { signal } = this.#stopped;
    const lost = new AbortController();
    const end = () => lost.abort();
    signal.addEventListener("abort", end);
    try {
      const asked = options.steal ? options : { ...options, signal };
      await this.locks?.request(`${this.store.name} sender`, asked, () => this.#lead(lost.signal));
    } catch {
      // Stopped while waiting, or another tab took the lock: this one queues again.
      lost.abort();
      this.leads = false;
      if (!signal.aborted) this.#hold({});
    } finally {
      signal.removeEventListener("abort", end);
    }
  }

  /** @param {AbortSignal} lost */
  async #lead(lost) {
    this.#heard();
    this.leads = true;
    try {
      await this.work(lost);
    } finally {
      this.leads = false;
    }
  }

  /**
   * There is something to send. Where the tab that should do it is frozen in the background, as
   * phones do it, this one takes its place.
   */
  expect() {
    if (this.leads || this.#asking || !this.locks || !this.channel.works) return;
    if (document.visibilityState === "hidden") return;
    this.channel.post({ type: "who sends?" });
    this.#asking = setTimeout(() => {
      this.#asking = undefined;
      if (!this.leads && !this.#stopped.signal.aborted) this.#hold({ steal: true });
    }, ANSWER_MS);
  }

  #heard() {
    clearTimeout(this.#asking);
    this.#asking = undefined;
  }

  /** Without locks: a row that its owner changes every two seconds, by nobody's clock. */
  async #lease() {
    const owner = uuid();
    /** @type {AbortController | null} */
    let lost = null;
    let seen = "";
    let since = performance.now();
    while (!this.#stopped.signal.aborted) {
      const may = performance.now() - since > SILENT_MS;
      const row = await this.#beat(owner, may).catch(() => null);
      const now = row ? `${row.owner} ${row.beat}` : "";
      if (now !== seen) {
        seen = now;
        since = performance.now();
      }
      if (row?.owner === owner && !lost) {
        lost = new AbortController();
        this.#lead(lost.signal);
      } else if (row?.owner !== owner && lost) {
        lost.abort();
        lost = null;
      }
      await new Promise((resolve) => setTimeout(resolve, BEAT_MS));
    }
    lost?.abort();
    await this.#release(owner).catch(() => {});
  }

  /** @param {string} owner @param {boolean} may take it from another
   * @returns {Promise<{owner: string, beat: number}>} the row as it is now */
  #beat(owner, may) {
    return this.store.database.write(["meta"], async (tx) => {
      const row = await tx.get("meta", "sender");
      if (row && row.owner !== owner && !may) return row;
      const kept = { name: "sender", owner, beat: (row?.beat ?? 0) + 1 };
      tx.put("meta", kept);
      return kept;
    });
  }

  /** @param {string} owner */
  #release(owner) {
    return this.store.database.write(["meta"], async (tx) => {
      const row = await tx.get("meta", "sender");
      if (row?.owner === owner) tx.delete("meta", "sender");
    });
  }
}
