// @ts-check
// What a failed call means for what was to be sent.

import { ApiError } from "./api.js";

/** @import {Problem} from "./types.js" */

const ACCESS = [401, 403, 404];
const PASSING = [0, 408, 409, 423, 425, 429, 460];

/** Whether the same call may succeed later. @param {number} status 0: no reply */
export const passes = (status) => status >= 500 || PASSING.includes(status);

/** @param {any} error @returns {Problem} */
export function problemOf(error) {
  const known = error instanceof ApiError;
  return {
    code: known ? error.code : "client",
    status: known ? error.status : 0,
    fields: known ? error.fields : {},
    message: String(error?.message ?? error),
    access: known && ACCESS.includes(error.status),
  };
}
