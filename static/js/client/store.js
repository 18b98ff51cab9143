// @ts-check
// What this computer keeps of interviews: records, answers with all revisions, recordings, and the
// orders of the outbox.

import { Database } from "./database.js";
import { LAST } from "./drafts.js";
import { AnswerStore } from "./store-answers.js";

/** @import {AnswerRecord, InterviewRecord, OutboxItem, Problem, Question} from "./types.js" */

const KEPT_MS = 7 * 86_400_000;

/**
 * Open the store of a name; it is empty the first time.
 * @param {string} [name]
 * @param {{indexedDB?: IDBFactory | null}} [options]
 * @returns {Promise<Store>}
 */
export async function openStore(name = "interviews", { indexedDB = ownIndexedDB() } = {}) {
  return new Store(await new Database(name, indexedDB).open());
}

/** A browser that forbids storage throws at the mere name. @returns {IDBFactory | null} */
function ownIndexedDB() {
  try {
    return globalThis.indexedDB ?? null;
  } catch {
    return null;
  }
}

/** Sends "storage" {kind: "full" | "ok"}. Every write is one transaction, on disk when it resolves. */
export class Store extends AnswerStore {
  /** In the order of sending. @param {string} [clientSession] @returns {Promise<OutboxItem[]>} */
  async items(clientSession) {
    const items = await this.database.read(["outbox"], (tx) => tx.all("outbox"));
    return items.filter((item) => !clientSession || item.clientSession === clientSession);
  }

  /** Everything that sending an item needs; null when it is gone. @param {OutboxItem} item
   * @returns {Promise<{interview: InterviewRecord, answer: AnswerRecord | null} | null>} */
  async load(item) {
    return this.database.read(["interviews", "answers", "outbox"], async (tx) => {
      if (!(await tx.get("outbox", [item.seq, item.id]))) return null;
      const interview = await tx.get("interviews", item.clientSession);
      if (!interview) return null;
      if (item.kind !== "answer") return { interview, answer: null };
      const key = [item.clientSession, item.questionIndex ?? 0, item.revision ?? 0];
      const answer = await tx.get("answers", key);
      return answer ? { interview, answer } : null;
    });
  }

  /** @param {OutboxItem} item @param {Partial<OutboxItem>} change */
  updateItem(item, change) {
    return this.database.write(["outbox"], async (tx) => {
      const kept = await tx.get("outbox", [item.seq, item.id]);
      if (kept) tx.put("outbox", { ...kept, ...change });
    });
  }

  /**
   * The server has it: the order is done, and what its reply says is kept, in one transaction.
   * @param {OutboxItem} item
   * @param {{interview?: Partial<InterviewRecord>, question?: {index: number, id: number},
   *   answer?: {responseId: number, questionId: number, at: number}}} learned
   */
  acknowledge(item, { interview, question, answer }) {
    return this.database.write(["interviews", "answers", "outbox"], async (tx) => {
      tx.delete("outbox", [item.seq, item.id]);
      const record = await tx.get("interviews", item.clientSession);
      if (!record) return;
      const questions = question
        ? record.questions.map((/** @type {Question} */ one) =>
            one.index === question.index ? { ...one, id: question.id } : one,
          )
        : record.questions;
      tx.put("interviews", { ...record, questions, ...interview });
      if (!answer) return;
      const key = [item.clientSession, item.questionIndex ?? 0, item.revision ?? 0];
      const kept = await tx.get("answers", key);
      if (kept) tx.put("answers", { ...kept, acknowledged: answer, refused: null });
    });
  }

  /** The server will not have it: it stays, marked. @param {OutboxItem} item
   * @param {Problem | null} problem null: to be tried again */
  refuse(item, problem) {
    return this.database.write(["answers", "outbox"], async (tx) => {
      const kept = await tx.get("outbox", [item.seq, item.id]);
      if (!kept) return;
      tx.put("outbox", { ...kept, refused: problem });
      if (kept.kind !== "answer") return;
      const key = [kept.clientSession, kept.questionIndex, kept.revision];
      const answer = await tx.get("answers", key);
      if (answer) tx.put("answers", { ...answer, refused: problem });
    });
  }

  /**
   * Remove the sound that was acknowledged a week ago, and interviews that were over by then.
   * @param {number} now milliseconds since 1970, of the clock that acknowledgements bear
   */
  async tidy(now) {
    const busy = new Set((await this.items()).map((item) => item.clientSession));
    for (const record of await this.interviews()) {
      const answers = await this.answers(record.clientSession);
      const old = answers.filter((one) => one.acknowledged && one.acknowledged.at + KEPT_MS < now);
      const isOver = record.endAcknowledged && !busy.has(record.clientSession);
      if (isOver && answers.length && old.length === answers.length) {
        await this.removeInterview(record.clientSession);
        continue;
      }
      const needed = new Set(
        answers.filter((one) => !old.includes(one)).map((one) => one.audio?.recording),
      );
      for (const { audio, ...answer } of old) {
        if (!audio || audio.removed || needed.has(audio.recording)) continue;
        await this.database.write(["answers", "chunks"], async (tx) => {
          await tx.deleteRange("chunks", [audio.recording], [audio.recording, LAST]);
          tx.put("answers", { ...answer, audio: { ...audio, removed: true } });
        });
      }
    }
  }
}
