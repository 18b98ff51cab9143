// @ts-check
// "Download my answers": one JSON file with everything, sound included, that the server imports.

import { asDataUrl, sha256Hex } from "./bytes.js";

/** @import {Store} from "./store.js" */
/** @import {AnswerRecord, InterviewRecord} from "./types.js" */

/**
 * Submitted answers in the order in which they were submitted, then drafts.
 * @param {AnswerRecord} a @param {AnswerRecord} b @returns {number}
 */
function inOrder(a, b) {
  const last = Number.MAX_SAFE_INTEGER;
  const [first, second] = [a.submitted?.order ?? last, b.submitted?.order ?? last];
  return first - second || a.questionIndex - b.questionIndex;
}

/**
 * @param {Store} store
 * @param {InterviewRecord} record
 * @returns {Promise<{blob: Blob, fileName: string}>}
 */
export async function answersFile(store, record) {
  const { clientSession, createKey, sessionId, consent, questions } = record;
  const { userEmail, type, role, difficulty, duration } = record;
  const createKeySha256 = createKey ? await sha256Hex(new Blob([createKey])) : null;
  const head = {
    format: "interview-answers",
    version: 1,
    clientSession,
    createKeySha256,
    sessionId,
    interview: { userEmail, type, role, difficulty, duration },
    consent,
    questions: questions.map(({ index, id, question, ...rest }) => ({
      index,
      id,
      question,
      ...rest,
    })),
  };
  /** @type {BlobPart[]} pieces, so that no text of the whole is ever made */
  const parts = [JSON.stringify(head).slice(0, -1), ',"answers":['];
  const found = (await store.answers(clientSession))
    .filter((one) => one.text.trim() !== "" || one.audio)
    .sort(inOrder);
  for (const [at, answer] of found.entries()) {
    const asked = questions.find((one) => one.index === answer.questionIndex);
    const { submitted } = answer;
    const body = {
      questionIndex: answer.questionIndex,
      questionId: asked?.id ?? null,
      question: asked?.question ?? "",
      answer: submitted?.answer ?? answer.text,
      responseDuration:
        submitted?.responseDuration ?? (answer.audio?.seconds || answer.seconds || null),
      timestamp: submitted?.timestamp ?? null,
    };
    parts.push(at ? "," : "", JSON.stringify(body).slice(0, -1), ',"audio":');
    parts.push(await soundOf(store, answer), "}");
  }
  parts.push("]}");
  return {
    blob: new Blob(parts, { type: "application/json" }),
    fileName: `interview-answers-${clientSession}.json`,
  };
}

/** @param {Store} store @param {AnswerRecord} answer @returns {Promise<Blob>} JSON */
async function soundOf(store, { audio }) {
  const nothing = new Blob(["null"]);
  if (!audio || audio.removed) return nothing;
  const blob = await store.blob(audio);
  if (!blob.size) return nothing;
  const contentType = audio.contentType;
  const sha256 = audio.sha256 ?? (await sha256Hex(blob));
  const url = await asDataUrl(blob);
  const base64 = url.slice(url.indexOf(",") + 1);
  return new Blob([
    JSON.stringify({ contentType, sha256 }).slice(0, -1),
    ',"base64":"',
    base64,
    '"}',
  ]);
}
