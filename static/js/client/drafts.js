// @ts-check
// What several transactions of the store have in common.

import { coded, uuid } from "./bytes.js";

/** @import {AnswerRecord, InterviewRecord, OutboxItem, Take} from "./types.js" */
/** @import {Transaction as Tx} from "./database.js" */

/** Above every number, text and list of them. @type {any} */
export const LAST = [[[]]];

/** @param {AnswerRecord | undefined} answer @returns {boolean} */
export const hasContent = (answer) =>
  !!answer && (answer.text.trim() !== "" || answer.audio !== null);

/** @param {AnswerRecord} answer @returns {[string, number, number]} */
export const keyOfAnswer = (answer) => [
  answer.clientSession,
  answer.questionIndex,
  answer.revision,
];

/** @param {AnswerRecord} a @param {AnswerRecord} b */
export const sameContent = (a, b) => a.text === b.text && a.audio?.recording === b.audio?.recording;

/** @param {Tx} tx @param {string} clientSession @param {Partial<InterviewRecord>} change */
export async function changed(tx, clientSession, change) {
  const record = await tx.get("interviews", clientSession);
  if (!record) throw coded("gone");
  const kept = { ...record, ...change };
  tx.put("interviews", kept);
  return kept;
}

/**
 * @param {Tx} tx
 * @param {string} clientSession
 * @param {OutboxItem["kind"]} kind
 * @param {Partial<OutboxItem>} [more]
 */
export async function enqueue(tx, clientSession, kind, more = {}) {
  const items = await tx.all("outbox");
  tx.put("outbox", {
    seq: (items.at(-1)?.seq ?? 0) + 1,
    id: uuid(),
    clientSession,
    kind,
    questionIndex: null,
    revision: null,
    transport: null,
    uploadUrl: null,
    refused: null,
    ...more,
  });
}

/** @param {Tx} tx @param {string} clientSession @param {number} questionIndex
 * @returns {Promise<AnswerRecord[]>} */
export function revisionsIn(tx, clientSession, questionIndex) {
  const key = /** @type {any} */ ([clientSession, questionIndex]);
  return tx.range("answers", key, [...key, LAST]);
}

/** The draft as it is, or as it would begin. @param {Tx} tx @param {string} clientSession
 * @param {number} questionIndex @returns {Promise<AnswerRecord>} */
export async function draftIn(tx, clientSession, questionIndex) {
  const last = (await revisionsIn(tx, clientSession, questionIndex)).at(-1);
  if (last && !last.submitted) return last;
  return {
    clientSession,
    questionIndex,
    revision: (last?.revision ?? 0) + 1,
    text: last?.text ?? "",
    seconds: last?.seconds ?? 0,
    audio: last?.audio ?? null,
    submitted: null,
    acknowledged: null,
    refused: null,
  };
}

/** @param {string} recording @param {string} contentType @returns {Take} */
export function newTake(recording, contentType) {
  return {
    recording,
    contentType,
    size: 0,
    chunks: 0,
    seconds: 0,
    complete: false,
    sha256: null,
    removed: false,
  };
}

/** Remove the draft's sound, unless a submitted revision has it too. @param {Tx} tx
 * @param {AnswerRecord} draft */
export async function dropTake(tx, draft) {
  const { audio } = draft;
  if (!audio) return;
  const others = await revisionsIn(tx, draft.clientSession, draft.questionIndex);
  const needed = others.some((one) => one.submitted && one.audio?.recording === audio.recording);
  if (!needed) await tx.deleteRange("chunks", [audio.recording], [audio.recording, LAST]);
}

/**
 * The text as it is sent. The server takes an answer that it has had before for a late retry of
 * the older one; who returns to an older wording means it to count, so a line end tells the two
 * apart.
 * @param {AnswerRecord} draft
 * @param {AnswerRecord[]} earlier
 * @returns {string}
 */
export function wireText(draft, earlier) {
  const sent = earlier
    .filter((one) => one.audio?.recording === draft.audio?.recording)
    .map((one) => one.submitted?.answer);
  let text = draft.text;
  while (sent.includes(text)) text += "\n";
  return text;
}
