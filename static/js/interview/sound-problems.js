// @ts-check
// Why there is no sound, and what to do about it.

import { gettext } from "../texts.js";

/** @param {unknown} error of getUserMedia or the recorder @returns {string} */
export function soundProblem(error) {
  const name = error instanceof Error ? error.name : "";
  const code = /** @type {{code?: unknown}} */ (error ?? {}).code;
  if (!window.isSecureContext) {
    return gettext("This page is not served over https, so the browser gives it no microphone. You can answer in writing.");
  }
  if (code === "no_recorder" || !navigator.mediaDevices?.getUserMedia) {
    return gettext("This browser cannot record sound. You can answer in writing.");
  }
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return gettext("The browser does not let this page use the microphone. Allow it beside the address and try again, or answer in writing.");
    case "NotFoundError":
    case "OverconstrainedError":
      return gettext("No microphone was found. Plug one in and try again, or answer in writing.");
    case "NotReadableError":
    case "AbortError":
      return gettext("The microphone does not answer; perhaps another program uses it. Try again, or answer in writing.");
    default:
      return gettext("The sound cannot be recorded just now. Try again, or answer in writing.");
  }
}
