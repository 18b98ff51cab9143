// @ts-check
// The loudness of the last seconds as a row of bars; still where people want nothing to move.

const SPACE = "http://www.w3.org/2000/svg";
const BARS = 48;
const STEP = 5;
const HEIGHT = 48;

/** How loud a level sounds: −50 dB and less is nothing, 0 dB all. @param {number} rms 0–1 */
export const loudness = (rms) => Math.max(0, 1 + (20 * Math.log10(rms + 1e-6)) / 50) ** 1.5;

export class Wave {
  /** @param {SVGElement} svg viewBox 0 0 240 48 */
  constructor(svg) {
    this.isStill = matchMedia("(prefers-reduced-motion: reduce)");
    /** @type {number[]} */
    this.levels = [];
    this.last = 0;
    this.bars = Array.from({ length: BARS }, (_, n) => {
      const bar = document.createElementNS(SPACE, "rect");
      bar.setAttribute("x", String(n * STEP + 1));
      bar.setAttribute("width", "3");
      bar.setAttribute("rx", "1.5");
      return bar;
    });
    svg.replaceChildren(...this.bars);
    this.clear();
  }

  clear() {
    this.levels = [];
    this.draw();
  }

  /** @param {number} level 0–1 @param {number} [now] milliseconds */
  add(level, now = performance.now()) {
    if (this.isStill.matches) {
      // One level from the left, four times a second.
      if (now - this.last < 250) {
        return;
      }
      this.last = now;
      const reached = Math.round(Math.min(1, level) * BARS);
      this.levels = Array.from({ length: BARS }, (_, n) => (n < reached ? 0.6 : 0));
    } else {
      this.levels.push(level);
      this.levels = this.levels.slice(-BARS);
    }
    this.draw();
  }

  draw() {
    const empty = BARS - this.levels.length;
    this.bars.forEach((bar, n) => {
      const level = n < empty ? 0 : (this.levels[n - empty] ?? 0);
      const height = Math.max(3, Math.min(1, level) * HEIGHT);
      bar.setAttribute("height", height.toFixed(1));
      bar.setAttribute("y", ((HEIGHT - height) / 2).toFixed(1));
    });
  }
}
