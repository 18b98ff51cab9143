// @ts-check
// Long recordings in parts that can be taken up again: tus 1.0.0 by tus-js-client.

import "../../vendor/tus/tus.min.js";
import { ApiError } from "./api.js";
import { sha256, toBase64 } from "./bytes.js";

/** @import {InterviewApi} from "./api.js" */

// The library makes itself a global; it is kept here alone.
const tus = /** @type {any} */ (globalThis).tus;
delete (/** @type {any} */ (globalThis).tus);

export const PATH = "/api/interview/uploads";
const MOST_PART_BYTES = 4 * 1024 * 1024;
const LEAST_PART_BYTES = 64 * 1024;
const QUICK_MS = 10_000; // a part that took less may be followed by a larger one
const HANGING_MS = 90_000; // nothing moved for so long: the connection is dead

// A part is all or nothing, so a line that drops before one is through would never bring any: parts
// shrink until they fit between two drops, and grow again where they are quick. What was learned of
// the line stays as long as the page does.
let partBytes = MOST_PART_BYTES;

/**
 * Reads parts of a recording and knows the digest of the last one it read, base64.
 * @param {Blob} blob
 */
function source(blob) {
  const read = {
    size: blob.size,
    checksum: "",
    /** @param {number} start @param {number} end */
    async slice(start, end) {
      const value = blob.slice(start, end);
      const digest = await sha256(value);
      read.checksum = digest ? toBase64(digest) : "";
      return { value, done: end >= blob.size };
    },
    close() {},
  };
  return read;
}

/**
 * What tus-js-client's error means. A part that was not taken whole is sent again.
 * @param {any} error
 * @returns {ApiError}
 */
function errorOf(error) {
  const reply = error?.originalResponse;
  const status = reply?.getStatus() ?? 0;
  if (!status) return new ApiError("network");
  /** @type {any} */
  let body = null;
  try {
    body = JSON.parse(reply.getBody());
  } catch {
    // Replies of the protocol have no body.
  }
  const after = Number(reply.getHeader("Retry-After") ?? NaN);
  return new ApiError(typeof body?.code === "string" ? body.code : `http_${status}`, {
    status,
    message: body?.error,
    fields: body?.fields,
    retryAfter: Number.isFinite(after) ? after : null,
  });
}

/**
 * Bring a recording to the server, from where an earlier try stopped.
 * @param {Blob} blob
 * @param {object} options
 * @param {InterviewApi} options.api
 * @param {string} options.sessionId
 * @param {string | null} options.url of the upload that was begun before
 * @param {(url: string) => Promise<unknown>} options.onUrl keep this for the next try
 * @param {(part: number) => void} [options.onPart] 0–1 of it has arrived
 * @param {AbortSignal} [options.signal]
 * @returns {Promise<string>} the id to name in the answer; rejects with ApiError, whose `moved` says
 *   whether this try brought anything
 */
export function upload(blob, { api, sessionId, url, onUrl, onPart, signal }) {
  return new Promise((resolve, reject) => {
    const file = source(blob);
    const token = api.credentials();
    let moved = false;
    let sending = 0; // when the part that is on its way set out; 0: none is
    /** @type {ReturnType<typeof setTimeout>} */
    let dog;
    const guard = () => {
      clearTimeout(dog);
      dog = setTimeout(() => fail(new ApiError("timeout")), HANGING_MS);
    };
    const sent = new tus.Upload(blob, {
      // Without an endpoint a begun upload is never begun anew because the server is restarting.
      endpoint: url ? null : api.url(PATH),
      uploadUrl: url,
      metadata: { sessionId, filetype: blob.type },
      chunkSize: partBytes,
      retryDelays: null, // the outbox does that
      storeFingerprintForResuming: false,
      headers: token,
      fileReader: { openFile: async () => file },
      /** @param {any} request */
      onBeforeRequest: (request) => {
        guard();
        if (request.getMethod() !== "PATCH") return;
        sending = performance.now();
        if (file.checksum) request.setHeader("Upload-Checksum", `sha256 ${file.checksum}`);
      },
      onUploadUrlAvailable: () => {
        if (!url) onUrl(sent.url).catch(() => {});
      },
      onProgress: guard,
      /** @param {number} _size @param {number} accepted @param {number} total */
      onChunkComplete: (_size, accepted, total) => {
        moved = true;
        if (performance.now() - sending < QUICK_MS) {
          partBytes = Math.min(MOST_PART_BYTES, 2 * partBytes);
        }
        sending = 0;
        sent.options.chunkSize = partBytes;
        onPart?.(accepted / total);
      },
      onSuccess: () => {
        finish();
        resolve(
          decodeURIComponent(new URL(sent.url, location.href).pathname.split("/").pop() ?? ""),
        );
      },
      /** @param {any} error */
      onError: (error) => fail(errorOf(error)),
    });
    const finish = () => {
      clearTimeout(dog);
      signal?.removeEventListener("abort", stop);
    };
    /** @param {ApiError} error */
    const fail = (error) => {
      finish();
      if (sending && (error.code === "network" || error.code === "timeout")) {
        partBytes = Math.max(LEAST_PART_BYTES, partBytes / 2);
      }
      sent.abort();
      reject(Object.assign(error, { moved }));
    };
    const stop = () => {
      sending = 0; // we broke it off ourselves
      fail(new ApiError("network"));
    };
    signal?.addEventListener("abort", stop);
    guard();
    sent.start();
  });
}
