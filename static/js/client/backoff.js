// @ts-check
// How long to wait before the next try. Times are of a clock that only goes forward.

const FIRST_MS = 1_000;
const MOST_MS = 300_000;

/**
 * Twice as long each time, from 1 s to 5 min, the upper half of it by chance, so that browsers
 * which lost the server together do not come back together.
 * @param {number} failures from 1
 * @param {() => number} random 0–1
 * @returns {number} milliseconds
 */
export function delay(failures, random) {
  const whole = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20));
  return whole / 2 + (whole / 2) * random();
}

/** What waits until when. */
export class Waiting {
  failures = 0;
  /** Not to be shortened by anything: the server said so. */
  notBefore = -Infinity;
  until = -Infinity;

  /**
   * One more try has failed.
   * @param {number} now
   * @param {() => number} random
   * @param {{retryAfter?: number | null, longest?: boolean}} [options] seconds of a Retry-After;
   *   `longest`: nothing changes soon, as with an ended login
   */
  failed(now, random, { retryAfter = null, longest = false } = {}) {
    this.failures += 1;
    this.notBefore = retryAfter === null ? -Infinity : now + retryAfter * 1000;
    this.until = Math.max(this.notBefore, now + (longest ? MOST_MS : delay(this.failures, random)));
  }

  /** There is a reason to try at once. */
  hurry() {
    this.until = this.notBefore;
  }

  /** Something arrived. */
  succeeded() {
    this.failures = 0;
    this.notBefore = this.until = -Infinity;
  }
}
