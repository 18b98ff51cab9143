// @ts-check
// The answers of this computer: drafts, recordings, revisions.

import { coded, sha256Hex, uuid } from "./bytes.js";
import {
  draftIn,
  dropTake,
  enqueue,
  hasContent,
  keyOfAnswer,
  LAST,
  newTake,
  revisionsIn,
  sameContent,
  wireText,
} from "./drafts.js";
import { RecordStore } from "./store-records.js";

/** @import {AnswerRecord, Take} from "./types.js" */

export class AnswerStore extends RecordStore {
  /** All revisions, by question and revision. @param {string} clientSession
   * @returns {Promise<AnswerRecord[]>} */
  answers(clientSession) {
    return this.database.read(["answers"], (tx) =>
      tx.range("answers", [clientSession], [clientSession, LAST]),
    );
  }

  /** All revisions of one answer. @param {string} clientSession @param {number} questionIndex
   * @returns {Promise<AnswerRecord[]>} */
  revisions(clientSession, questionIndex) {
    return this.database.read(["answers"], (tx) => revisionsIn(tx, clientSession, questionIndex));
  }

  /**
   * Write into the draft of an answer; what was submitted stays, a copy of it becomes the draft.
   * @param {string} clientSession
   * @param {number} questionIndex
   * @param {{text?: string, seconds?: number}} change
   * @returns {Promise<AnswerRecord>}
   */
  saveDraft(clientSession, questionIndex, change) {
    return this.database.write(["interviews", "answers"], async (tx) => {
      if (!(await tx.get("interviews", clientSession))) throw coded("gone");
      const draft = { ...(await draftIn(tx, clientSession, questionIndex)), ...change };
      tx.put("answers", draft);
      return draft;
    });
  }

  /** The key of a new recording. @param {string} clientSession @param {number} questionIndex */
  newRecording(clientSession, questionIndex) {
    return `${clientSession}:${questionIndex}:${uuid()}`;
  }

  /**
   * Keep a piece of a recording. The first one makes it the draft's, in the place of another.
   * @param {string} clientSession
   * @param {number} questionIndex
   * @param {{recording: string, n: number, bytes: ArrayBuffer, contentType: string, seconds: number}} piece
   * @returns {Promise<AnswerRecord>} rejects with code "superseded" when the draft has another
   *   recording by now, or was submitted
   */
  addChunk(clientSession, questionIndex, { recording, n, bytes, contentType, seconds }) {
    return this.database.write(["interviews", "answers", "chunks"], async (tx) => {
      if (!(await tx.get("interviews", clientSession))) throw coded("gone");
      const draft = await draftIn(tx, clientSession, questionIndex);
      let audio = draft.audio;
      if (n === 0) {
        await dropTake(tx, draft);
        audio = newTake(recording, contentType);
      } else if (audio?.recording !== recording || audio.complete || audio.chunks !== n) {
        throw coded("superseded");
      }
      const size = audio.size + bytes.byteLength;
      const kept = { ...draft, audio: { ...audio, size, chunks: n + 1, seconds } };
      tx.put("chunks", { recording, n, bytes });
      tx.put("answers", kept);
      return kept;
    });
  }

  /**
   * The recorder has stopped properly.
   * @param {string} clientSession @param {number} questionIndex
   * @param {string} recording @param {number} seconds
   */
  finishRecording(clientSession, questionIndex, recording, seconds) {
    return this.database.write(["answers"], async (tx) => {
      const draft = await draftIn(tx, clientSession, questionIndex);
      if (draft.audio?.recording !== recording) return;
      tx.put("answers", { ...draft, audio: { ...draft.audio, seconds, complete: true } });
    });
  }

  /** Take the sound out of the draft. @param {string} clientSession @param {number} questionIndex */
  discardRecording(clientSession, questionIndex) {
    return this.database.write(["answers", "chunks"], async (tx) => {
      const draft = await draftIn(tx, clientSession, questionIndex);
      await dropTake(tx, draft);
      tx.put("answers", { ...draft, audio: null });
    });
  }

  /** The sound as far as it is here. @param {Take} take @returns {Promise<Blob>} */
  async blob(take) {
    const chunks = await this.database.read(["chunks"], (tx) =>
      tx.range("chunks", [take.recording, 0], [take.recording, take.chunks - 1]),
    );
    return new Blob(
      chunks.map((chunk) => chunk.bytes),
      { type: take.contentType },
    );
  }

  /**
   * Make a revision of the draft and order it to be sent. What was submitted already, and not
   * changed since, stays as it is. Rejects with code "empty".
   * @param {string} clientSession
   * @param {number} questionIndex
   * @param {number} timestamp
   * @returns {Promise<AnswerRecord>}
   */
  async submit(clientSession, questionIndex, timestamp) {
    for (;;) {
      const answer = await this.#submit(clientSession, questionIndex, timestamp);
      if (answer) return answer;
    }
  }

  /**
   * null: a piece of sound arrived since its digest was made, which has to be made anew.
   * @param {string} clientSession @param {number} questionIndex @param {number} timestamp
   * @returns {Promise<AnswerRecord | null>}
   */
  async #submit(clientSession, questionIndex, timestamp) {
    const before = (await this.revisions(clientSession, questionIndex)).at(-1);
    const take = before && !before.submitted ? before.audio : null;
    const sha256 =
      take && !take.sha256 && !take.removed ? await sha256Hex(await this.blob(take)) : null;
    return this.database.write(["answers", "outbox"], async (tx) => {
      const revisions = await revisionsIn(tx, clientSession, questionIndex);
      const draft = revisions.at(-1);
      if (!draft || !hasContent(draft)) throw coded("empty");
      if (draft.submitted) return draft;
      const last = revisions.at(-2);
      if (last && sameContent(last, draft)) {
        tx.delete("answers", keyOfAnswer(draft));
        return last;
      }
      let audio = draft.audio;
      if (audio && !audio.sha256) {
        if (audio.recording !== take?.recording || audio.chunks !== take.chunks) return null;
        audio = { ...audio, sha256, complete: true };
      }
      const all = await tx.range("answers", [clientSession], [clientSession, LAST]);
      const order = all.reduce((most, one) => Math.max(most, one.submitted?.order ?? 0), 0) + 1;
      const seconds = audio?.seconds ?? draft.seconds;
      const submitted = {
        order,
        answer: wireText(draft, revisions.slice(0, -1)),
        responseDuration: seconds > 0 ? Math.round(seconds * 1000) / 1000 : null,
        timestamp: Math.round(timestamp),
      };
      const kept = { ...draft, audio, submitted };
      tx.put("answers", kept);
      await enqueue(tx, clientSession, "answer", { questionIndex, revision: draft.revision });
      return kept;
    });
  }
}
