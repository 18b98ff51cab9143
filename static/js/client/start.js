// @ts-check
// How an interview begins: what is kept of it first, and the first two calls, with a limit to how
// long a person waits for them.

import { ApiError } from "./api.js";
import { secret, uuid } from "./bytes.js";
import { passes } from "./problems.js";

/** @import {InterviewApi} from "./api.js" */
/** @import {Outbox} from "./outbox.js" */
/** @import {Consent, InterviewRecord, ItemState, Problem, Question} from "./types.js" */

const PAUSE_MS = 1_000;

/**
 * @typedef {object} Asked
 * @property {string} userEmail
 * @property {string} [type]
 * @property {string} [role]
 * @property {string} [difficulty]
 * @property {number} [duration] minutes
 * @property {string[]} [features]
 * @property {Consent | null} [consent]
 * @property {number} [count] of questions
 * @property {string} [seed] the same one, the same questions
 * @property {Record<string, any>} [extra] kept with the interview on the server
 * @property {{sessionId: string, accessToken: string}} [session] one that a service has made already
 */

/**
 * An interview as it is kept before anybody else knows of it.
 * @param {Asked} options
 * @returns {Omit<InterviewRecord, "order">}
 */
export function newRecord({ consent = null, count = 5, seed = "", extra, session, ...options }) {
  const clientSession = uuid();
  const asked = {
    userEmail: options.userEmail,
    type: options.type ?? "mixed",
    role: options.role ?? "Software Engineer",
    difficulty: options.difficulty ?? "intermediate",
    duration: options.duration ?? 30,
    features: options.features ?? [],
  };
  return {
    ...asked,
    clientSession,
    createKey: secret(),
    sessionId: session?.sessionId ?? null,
    accessToken: session?.accessToken ?? null,
    createBody: JSON.stringify({ ...asked, ...(consent && { consent }), ...extra, clientSession }),
    consent,
    wanted: { count, seed },
    questions: [],
    source: null,
    index: 0,
    skipped: [],
    startedAt: Date.now(),
    endRequestedAt: null,
    endAcknowledged: false,
    progress: null,
  };
}

/**
 * Let the outbox make the interview on the server.
 * @param {Outbox} outbox
 * @param {string} clientSession
 * @param {number} timeout milliseconds
 * @returns {Promise<Problem | null>} why the server will not have it; null where it has it, or is
 *   away and the interview begins without it
 */
export function createdWithin(outbox, clientSession, timeout) {
  return new Promise((resolve) => {
    const quiet = new AbortController();
    const done = (/** @type {Problem | null} */ problem) => {
      clearTimeout(timer);
      quiet.abort();
      resolve(problem);
    };
    const timer = setTimeout(() => done(null), timeout);
    const { signal } = quiet;
    outbox.addEventListener(
      "sent",
      (event) => {
        const { item } = /** @type {CustomEvent} */ (event).detail;
        if (item.clientSession === clientSession && item.kind === "create") done(null);
      },
      { signal },
    );
    outbox.addEventListener(
      "state",
      (event) => {
        const state = /** @type {CustomEvent<ItemState>} */ (event).detail;
        if (state.clientSession !== clientSession || state.kind !== "create") return;
        if (state.state === "refused" || state.problem?.access) done(state.problem);
        else if (state.problem?.code === "offline") done(null);
      },
      { signal },
    );
    // It may have happened before anybody listened.
    outbox.pending(clientSession).then((items) => {
      const create = items.find((item) => item.kind === "create");
      const problem = create?.refused ?? outbox.stateOf(clientSession, null, null)?.problem;
      if (!create) done(null);
      else if (problem && !passes(problem.status)) done(problem);
    });
    outbox.kick();
  });
}

/**
 * The server's questions; null where the interview has to do without.
 * @param {InterviewApi} api
 * @param {InterviewRecord} record
 * @param {number} timeout milliseconds
 * @returns {Promise<Question[] | null>}
 */
export async function questionsWithin(api, { sessionId, wanted }, timeout) {
  if (!sessionId) return null;
  const { count, seed } = wanted;
  const until = performance.now() + timeout;
  for (;;) {
    try {
      const left = Math.max(1, (until - performance.now()) / 1000);
      const body = { sessionId, count, ...(seed && { seed }) };
      const reply = await api.questions(body, { seconds: left });
      return reply.questions.length ? reply.questions : null;
    } catch (error) {
      const after = error instanceof ApiError ? (error.retryAfter ?? 0) * 1000 : 0;
      const maybe = error instanceof ApiError && passes(error.status);
      const rest = Math.max(PAUSE_MS, after);
      if (!maybe || performance.now() + rest >= until) return null;
      await new Promise((resolve) => setTimeout(resolve, rest));
    }
  }
}
