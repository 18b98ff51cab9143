// @ts-check
// The states of an answer and of the connection, in words.

import { fill, gettext, ngettext } from "../texts.js";
import { timeOfDay } from "./format.js";

/** @typedef {import("../client/types.js").AnswerView} AnswerView */
/** @typedef {import("../client/types.js").Connection} Connection */
/** @typedef {import("../client/types.js").Problem} Problem */
/** @typedef {{kind: "quiet" | "good" | "busy" | "warn" | "bad", text: string}} Said */

/** Whether there is anything in an answer. @param {AnswerView} view */
export const hasContent = (view) => Boolean(view.text.trim() || view.audio);

/** Whether an answer was begun and not handed over yet. @param {AnswerView} view */
export const isDraft = (view) => hasContent(view) && !view.submitted;

/** Why something was refused. @param {Problem | null} problem @returns {string} */
export function reason(problem) {
  if (!problem) {
    return gettext("it gave no reason.");
  }
  if (problem.access) {
    return gettext("this browser may not write to this interview any more.");
  }
  const known = {
    too_large: gettext("the recording is too long."),
    unreadable_audio: gettext("the recording cannot be read there."),
    conflict: gettext("the interview has ended there."),
  };
  return known[/** @type {keyof typeof known} */ (problem.code)] ?? problem.message;
}

/** @param {AnswerView} view @returns {Said} */
export function ofAnswer(view) {
  switch (view.state) {
    case "saving":
      return { kind: "busy", text: gettext("Saving …") };
    case "local":
      return view.submitted
        ? { kind: "busy", text: gettext("Saved here, on its way to the server") }
        : { kind: "quiet", text: gettext("Saved here as a draft") };
    case "sending":
      return {
        kind: "busy",
        text: view.part
          ? fill(gettext("Saved here, %(percent)s %% on the server"), {
              percent: Math.floor(100 * view.part),
            }).replace("%%", "%")
          : gettext("Saved here, sending …"),
      };
    case "sent":
      return { kind: "good", text: gettext("Saved on the server") };
    case "waiting":
      return {
        kind: "warn",
        text: view.nextTryAt
          ? fill(gettext("Saved here, not on the server yet: trying again at %(time)s"), {
              time: timeOfDay(view.nextTryAt),
            })
          : gettext("Saved here, not on the server yet: trying again when there is a connection"),
      };
    case "refused":
      return {
        kind: "bad",
        text: fill(gettext("Saved here. The server did not take it: %(reason)s"), {
          reason: reason(view.problem),
        }),
      };
    default:
      return {
        kind: "quiet",
        text: view.skipped ? gettext("Skipped") : gettext("Nothing recorded or written yet"),
      };
  }
}

/** The line under the header. @param {Connection} connection @param {string} storage
 * @returns {Said} */
export function ofConnection(connection, storage) {
  if (storage !== "indexeddb" && storage !== "ok") {
    return {
      kind: "warn",
      text:
        storage === "full"
          ? gettext("This computer is full: answers are sent, but not kept here. Leave this page open.")
          : gettext("This browser keeps nothing: answers are sent, but not kept here. Leave this page open."),
    };
  }
  const waiting = fill(
    ngettext(
      "No connection. %(count)s answer waits here.",
      "No connection. %(count)s answers wait here.",
      connection.unsent,
    ),
    { count: connection.unsent },
  );
  if (connection.problem?.access) {
    return {
      kind: "bad",
      text: gettext("The server does not let this browser in any more. Your answers are kept here: download them from the list of answers."),
    };
  }
  if (connection.state === "offline" || !navigator.onLine) {
    return {
      kind: "warn",
      text: connection.unsent ? waiting : gettext("No connection. Go on: all is kept here."),
    };
  }
  if (connection.state === "waiting" && connection.problem) {
    return {
      kind: "warn",
      text: connection.nextTryAt
        ? fill(gettext("All is kept here. Sending again at %(time)s."), {
            time: timeOfDay(connection.nextTryAt),
          })
        : gettext("All is kept here. Sending again soon."),
    };
  }
  if (connection.state === "idle" && connection.problem) {
    return {
      kind: "bad",
      text: fill(
        gettext("The server did not take everything: %(reason)s Your answers are kept here: download them from the list of answers."),
        { reason: reason(connection.problem) },
      ),
    };
  }
  if (connection.state === "sending" || connection.unsent) {
    return { kind: "busy", text: gettext("Sending …") };
  }
  return { kind: "quiet", text: gettext("Connected. Everything is saved.") };
}

/** Put what is said and its kind into an element with a text of its own.
 * @param {HTMLElement} element with data-kind @param {HTMLElement} text @param {Said} said */
export function tell(element, text, said) {
  if (text.textContent !== said.text) {
    text.textContent = said.text;
  }
  element.dataset.kind = said.kind;
}
