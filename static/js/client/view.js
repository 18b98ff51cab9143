// @ts-check
// An answer as a page shows it, from what is stored and what is going on.

/** @import {AnswerRecord, AnswerState, AnswerView, ItemState} from "./types.js" */

/**
 * @param {AnswerRecord | undefined} answer the newest revision
 * @param {ItemState | null} item
 * @param {boolean} saving
 * @returns {AnswerState}
 */
function stateOf(answer, item, saving) {
  if (saving) return "saving";
  if (!answer) return "empty";
  if (!answer.submitted) return answer.text !== "" || answer.audio ? "local" : "empty";
  if (answer.acknowledged) return "sent";
  if (answer.refused) return "refused";
  return item?.state ?? "local";
}

/**
 * @param {number} questionIndex
 * @param {AnswerRecord[]} revisions oldest first
 * @param {{skipped: boolean, saving: string | null, recording: string | null,
 *   item: ItemState | null}} now `saving`: a text on its way to the store; `recording`: what is
 *   being recorded in this tab
 * @returns {AnswerView}
 */
export function viewOf(questionIndex, revisions, { skipped, saving, recording, item }) {
  const last = revisions.at(-1);
  const audio = last?.audio ?? null;
  const state = stateOf(last, item, saving !== null);
  return {
    questionIndex,
    revision: last?.revision ?? 0,
    text: saving ?? last?.text ?? "",
    audio: audio && {
      recording: audio.recording,
      contentType: audio.contentType,
      size: audio.size,
      duration: audio.seconds,
      sha256: audio.sha256,
      interrupted: !audio.complete && audio.recording !== recording,
      removed: audio.removed,
    },
    state,
    submitted: !!last?.submitted && saving === null,
    sent: revisions.some((one) => one.acknowledged),
    current: !!last?.acknowledged && saving === null,
    skipped,
    problem: last?.refused ?? item?.problem ?? null,
    nextTryIn: state === "waiting" ? (item?.nextTryIn ?? null) : null,
    nextTryAt: state === "waiting" ? (item?.nextTryAt ?? null) : null,
    part: state === "sending" ? (item?.part ?? null) : null,
    seconds: last?.seconds ?? 0,
  };
}
