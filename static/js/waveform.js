// @ts-check
// The outline of a recording: fetched from the server once, drawn as bars into an SVG.

/**
 * @typedef {object} Peaks
 * @property {number} duration seconds of decoded sound
 * @property {number[]} peaks 0–100, the loudest sample of each equal part
 * @property {string} problem why there are none; empty: there are
 */

const AT_ONCE = 2;
const TRIES = 4;
const BAR_PIXELS = 3;
const QUIETEST = 3;

/** @type {(() => void)[]} */
const waiting = [];
let running = 0;

/** A page may have forty players; the server draws two sounds at a time. */
async function turn() {
  if (running >= AT_ONCE) {
    await new Promise((resolve) => waiting.push(() => resolve(undefined)));
  }
  running += 1;
}

function done() {
  running -= 1;
  waiting.shift()?.();
}

/** @param {number} milliseconds */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * The peaks of one recording; asks again while the server says "not now".
 *
 * @param {string} url
 * @returns {Promise<Peaks>} rejected where there is no answer
 */
export async function loadPeaks(url) {
  await turn();
  try {
    for (let tried = 1; ; tried += 1) {
      const reply = await fetch(url, { headers: { Accept: "application/json" } });
      if (reply.ok) {
        return await reply.json();
      }
      if (reply.status !== 503 || tried === TRIES) {
        throw new Error(`HTTP ${reply.status}`);
      }
      await pause(1000 * Number(reply.headers.get("Retry-After") ?? 5));
    }
  } finally {
    done();
  }
}

/**
 * Fold `peaks` to `count` values, each the loudest of its part, so that the loudest of all is 100.
 *
 * @param {number[]} peaks
 * @param {number} count
 * @returns {number[]}
 */
export function foldPeaks(peaks, count) {
  const bars = Math.max(1, Math.min(count, peaks.length));
  const loudest = Math.max(1, ...peaks);
  return Array.from({ length: bars }, (_, bar) => {
    const part = peaks.slice(
      Math.floor((bar * peaks.length) / bars),
      Math.floor(((bar + 1) * peaks.length) / bars),
    );
    return Math.max(QUIETEST, (100 * Math.max(0, ...part)) / loudest);
  });
}

/**
 * @param {SVGElement} svg
 * @param {number[]} peaks empty: a flat line
 */
export function drawWaveform(svg, peaks) {
  const width = svg.clientWidth || 300;
  const bars = foldPeaks(peaks.length ? peaks : [0], Math.floor(width / BAR_PIXELS));
  const step = 100 / bars.length;
  const gap = peaks.length ? step / 3 : 0;
  const path = bars
    .map((height, bar) => {
      const x = (bar * step).toFixed(2);
      const top = (50 - height / 2).toFixed(1);
      return `M${x} ${top}h${(step - gap).toFixed(2)}v${height.toFixed(1)}h${(gap - step).toFixed(2)}z`;
    })
    .join("");
  for (const one of svg.querySelectorAll("path")) {
    one.setAttribute("d", path);
  }
}
