// @ts-check
// The interviews of this computer.

import { coded } from "./bytes.js";
import { changed, enqueue, LAST } from "./drafts.js";

/** @import {Database} from "./database.js" */
/** @import {InterviewRecord, Question} from "./types.js" */

/** Sends "storage" {kind: "full" | "ok"}. Every write is one transaction, on disk when it resolves. */
export class RecordStore extends EventTarget {
  /** @param {Database} database */
  constructor(database) {
    super();
    this.database = database;
    this.name = database.name;
    this.persisted = false;
    database.addEventListener("storage", (event) => {
      const { detail } = /** @type {CustomEvent} */ (event);
      this.dispatchEvent(new CustomEvent("storage", { detail }));
    });
  }

  /** "full": what is new is in memory only, as it is with "memory". */
  get kind() {
    return this.database.kind;
  }

  /** Ask the browser not to clear this store when room gets short. */
  async persist() {
    try {
      this.persisted = await navigator.storage.persist();
    } catch {
      this.persisted = false;
    }
    return this.persisted;
  }

  close() {
    this.database.close();
  }

  /** Remove everything. */
  clear() {
    return this.database.write(["interviews", "answers", "chunks", "outbox"], async (tx) => {
      for (const table of /** @type {const} */ (["interviews", "answers", "chunks", "outbox"])) {
        await tx.deleteRange(table, -Infinity, LAST);
      }
    });
  }

  /** Newest first. @returns {Promise<InterviewRecord[]>} */
  async interviews() {
    const found = await this.database.read(["interviews"], (tx) => tx.all("interviews"));
    return found.sort((a, b) => b.order - a.order);
  }

  /** @param {string} clientSession @returns {Promise<InterviewRecord | undefined>} */
  interview(clientSession) {
    return this.database.read(["interviews"], (tx) => tx.get("interviews", clientSession));
  }

  /**
   * A new interview and, unless the server has it, the order to make it there.
   * @param {Omit<InterviewRecord, "order">} record
   * @returns {Promise<InterviewRecord>}
   */
  addInterview(record) {
    return this.database.write(["interviews", "outbox"], async (tx) => {
      const others = await tx.all("interviews");
      const kept = { ...record, order: Math.max(0, ...others.map((one) => one.order)) + 1 };
      tx.put("interviews", kept);
      if (!record.sessionId) await enqueue(tx, record.clientSession, "create");
      return kept;
    });
  }

  /**
   * @param {string} clientSession
   * @param {Partial<InterviewRecord>} change
   * @returns {Promise<InterviewRecord>} rejects with code "gone" when it was removed
   */
  updateInterview(clientSession, change) {
    return this.database.write(["interviews"], (tx) => changed(tx, clientSession, change));
  }

  /**
   * Keep the questions. Those of our own are told to the server, in their order.
   * @param {string} clientSession
   * @param {Question[]} questions
   * @param {"server" | "builtin"} source
   * @returns {Promise<InterviewRecord>}
   */
  setQuestions(clientSession, questions, source) {
    return this.database.write(["interviews", "outbox"], async (tx) => {
      const record = await tx.get("interviews", clientSession);
      if (!record) throw coded("gone");
      if (record.questions.length) return record; // another tab was faster
      if (source === "builtin") {
        for (const { index } of questions) {
          await enqueue(tx, clientSession, "ask", { questionIndex: index });
        }
      }
      return changed(tx, clientSession, { questions, source });
    });
  }

  /** The end is told to the server after all answers. Twice is once. @param {string} clientSession
   * @param {number} now @returns {Promise<InterviewRecord>} */
  requestEnd(clientSession, now) {
    return this.database.write(["interviews", "outbox"], async (tx) => {
      const record = await tx.get("interviews", clientSession);
      if (!record) throw coded("gone");
      if (record.endRequestedAt !== null) return record;
      await enqueue(tx, clientSession, "end");
      return changed(tx, clientSession, { endRequestedAt: now });
    });
  }

  /** Remove one interview with all its answers, sound and orders. @param {string} clientSession */
  removeInterview(clientSession) {
    return this.database.write(["interviews", "answers", "chunks", "outbox"], async (tx) => {
      tx.delete("interviews", clientSession);
      await tx.deleteRange("answers", [clientSession], [clientSession, LAST]);
      await tx.deleteRange("chunks", [`${clientSession}:`], [`${clientSession}:\uffff`]);
      for (const item of await tx.all("outbox")) {
        if (item.clientSession === clientSession) tx.delete("outbox", [item.seq, item.id]);
      }
    });
  }
}
