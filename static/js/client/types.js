// @ts-check
// Shapes that the modules of the client library share. Nothing here runs.

/**
 * @typedef {object} Question
 * @property {number} index from 0
 * @property {number | null} id the server's; null until it knows the question
 * @property {string} question
 * @property {string} type
 * @property {string} category
 * @property {string} difficulty
 * @property {number | null} timeLimit seconds
 */

/**
 * @typedef {object} Consent
 * @property {string} version of the text that was agreed to
 * @property {string} language
 * @property {string} givenAt ISO 8601, by this computer's clock
 */

/**
 * What the server counts.
 * @typedef {object} Progress
 * @property {number} answered
 * @property {number} total
 * @property {number} currentQuestionIndex
 * @property {number} completionRate 0–1
 */

/**
 * One interview as this computer keeps it.
 * @typedef {object} InterviewRecord
 * @property {string} clientSession UUID made here
 * @property {string} [createKey] the Idempotency-Key of create-session, a secret of this computer:
 *   files and records hold its digest alone, by which the interview is known that was imported from
 *   a file meanwhile. Interviews begun by an older release have none.
 * @property {string | null} sessionId the server's; null until it answered
 * @property {string | null} accessToken opens this interview alone. Browsers write cookies to disk
 *   half a minute late: after a crash the cookie may be gone and the answers still here.
 * @property {string} createBody JSON text of create-session, sent the same every time
 * @property {string} userEmail
 * @property {string} type
 * @property {string} role
 * @property {string} difficulty
 * @property {number} duration minutes
 * @property {string[]} features
 * @property {Consent | null} consent
 * @property {{count: number, seed: string}} wanted what to ask the server's questions with
 * @property {Question[]} questions
 * @property {"server" | "builtin" | null} source where the questions come from
 * @property {number} index the current question
 * @property {number[]} skipped indexes of questions
 * @property {number} startedAt milliseconds since 1970, by this computer's clock
 * @property {number} order counts the interviews begun here
 * @property {number | null} endRequestedAt as startedAt
 * @property {boolean} endAcknowledged
 * @property {Progress | null} progress the server's last
 */

/**
 * A recording inside an answer; its bytes are in the store's chunks.
 * @typedef {object} Take
 * @property {string} recording key of its chunks
 * @property {string} contentType
 * @property {number} size bytes
 * @property {number} chunks
 * @property {number} seconds pauses left out
 * @property {boolean} complete the recorder stopped properly, or it was submitted as it was
 * @property {string | null} sha256 hex, once it was submitted
 * @property {boolean} removed acknowledged long ago; the bytes are no longer here
 */

/**
 * One revision of an answer. The newest may be a draft; submitted ones never change.
 * @typedef {object} AnswerRecord
 * @property {string} clientSession
 * @property {number} questionIndex
 * @property {number} revision from 1
 * @property {string} text
 * @property {number} seconds spent on the question
 * @property {Take | null} audio
 * @property {Submitted | null} submitted null: a draft
 * @property {Acknowledged | null} acknowledged
 * @property {Problem | null} refused
 */

/**
 * @typedef {object} Submitted
 * @property {number} order counts the submissions of an interview
 * @property {string} answer the text as it is sent
 * @property {number | null} responseDuration seconds
 * @property {number} timestamp milliseconds since 1970
 */

/**
 * @typedef {object} Acknowledged
 * @property {number} responseId
 * @property {number} questionId
 * @property {number} at milliseconds since 1970, the server's clock where it is known
 */

/**
 * @typedef {object} Problem
 * @property {string} code a stable word
 * @property {number} status HTTP; 0 where no reply came
 * @property {Record<string, string[]>} fields
 * @property {string} message the server's sentence, or the code
 * @property {boolean} access the login or the right to this interview has ended
 */

/** @typedef {"create" | "ask" | "answer" | "end"} ItemKind */

/**
 * Something to be sent. Items of one interview go in the order of `seq`.
 * @typedef {object} OutboxItem
 * @property {number} seq
 * @property {string} id
 * @property {string} clientSession
 * @property {ItemKind} kind
 * @property {number | null} questionIndex
 * @property {number | null} revision
 * @property {"json" | "multipart" | "upload" | null} transport what a 413 led to; null: by size
 * @property {string | null} uploadUrl of a resumable upload that was begun
 * @property {Problem | null} refused
 */

/** @typedef {"empty" | "saving" | "local" | "sending" | "sent" | "waiting" | "refused"} AnswerState */

/**
 * @typedef {object} ItemState
 * @property {string} id of the item
 * @property {string} clientSession
 * @property {ItemKind} kind
 * @property {number | null} questionIndex
 * @property {number | null} revision
 * @property {AnswerState} state
 * @property {number | null} nextTryIn milliseconds, when waiting
 * @property {Date | null} nextTryAt the same on this computer's clock, for showing only
 * @property {Problem | null} problem why it waits or is refused
 * @property {number | null} part 0–1 of a long recording that has arrived
 */

/**
 * @typedef {object} Connection
 * @property {"idle" | "sending" | "waiting" | "offline"} state
 * @property {boolean} sender this tab sends, not another one
 * @property {number} unsent answers that are not acknowledged
 * @property {number | null} nextTryIn milliseconds
 * @property {Date | null} nextTryAt
 * @property {Problem | null} problem
 */

/**
 * An answer as a page shows it.
 * @typedef {object} AnswerView
 * @property {number} questionIndex
 * @property {number} revision 0 where there is none
 * @property {string} text
 * @property {null | {recording: string, contentType: string, size: number, duration: number,
 *   sha256: string | null, interrupted: boolean, removed: boolean}} audio
 * @property {AnswerState} state
 * @property {boolean} submitted what is shown was submitted
 * @property {boolean} sent a revision of it is on the server
 * @property {boolean} current what is shown is on the server
 * @property {boolean} skipped
 * @property {Problem | null} problem
 * @property {number | null} nextTryIn
 * @property {Date | null} nextTryAt
 * @property {number | null} part
 * @property {number} seconds
 */

export {};
