// @ts-check
// What is to be known of words: their times, where a number lies among sorted ones, plain letters.

/**
 * @typedef {object} PackedWords
 * @property {(number | null)[]} starts hundredths of a second after the start before
 * @property {(number | null)[]} lengths hundredths of a second
 * @property {[number, number][]} doubtful index of a word, its confidence in hundredths
 * @property {{response: number, shift: number, duration: number | null}[]} tracks
 */

/**
 * Index of the last number in `sorted` that is at most `value`; -1 if none is.
 *
 * @param {ArrayLike<number>} sorted
 * @param {number} value
 */
export function lastAtMost(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}

/**
 * Seconds from the packed whole numbers. A word without a time begins where the one before did, so
 * that starts never fall; its `timed` is 0.
 *
 * @param {PackedWords} packed
 */
export function unpack(packed) {
  const count = packed.starts.length;
  const starts = new Float64Array(count);
  const ends = new Float64Array(count);
  const timed = new Uint8Array(count);
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    const distance = packed.starts[index];
    if (distance !== null) {
      at += distance;
      timed[index] = 1;
    }
    starts[index] = at / 100;
    ends[index] = (at + (packed.lengths[index] ?? 0)) / 100;
  }
  return { starts, ends, timed };
}

/** @param {string} text lower case, without accents, punctuation at the edges of words kept */
export function plain(text) {
  // Most words are plain already, and there may be ten thousand.
  if (/^[!-~]*$/.test(text)) {
    return text.toLowerCase();
  }
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/\s+/gu, " ");
}
