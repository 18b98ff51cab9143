// @ts-check
// Random ids, digests and base64: what every browser has, also on a page without TLS.

/** A random UUID. `crypto.randomUUID` is missing on plain HTTP. @returns {string} */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = toHex(bytes);
  const cuts = [0, 8, 12, 16, 20, 32];
  return cuts
    .slice(1)
    .map((end, at) => hex.slice(cuts[at], end))
    .join("-");
}

/** What nobody guesses: 32 random bytes. @returns {string} hex */
export function secret() {
  return toHex(crypto.getRandomValues(new Uint8Array(32)));
}

/** @param {Uint8Array} bytes @returns {string} */
function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The SHA-256 of some bytes; null on a page without TLS, where browsers offer none.
 * @param {Blob} blob
 * @returns {Promise<Uint8Array | null>}
 */
export async function sha256(blob) {
  if (!globalThis.crypto?.subtle) return null;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
}

/** @param {Blob} blob @returns {Promise<string | null>} hex */
export async function sha256Hex(blob) {
  const digest = await sha256(blob);
  return digest && toHex(digest);
}

/** @param {Uint8Array} bytes @returns {string} */
export function toBase64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}

/**
 * `data:audio/webm;codecs=opus;base64,…`
 * @param {Blob} blob
 * @returns {Promise<string>}
 */
export function asDataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(/** @type {string} */ (reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

/** An Error with a stable word. @param {string} code @returns {Error & {code: string}} */
export function coded(code) {
  return Object.assign(new Error(code), { code });
}
