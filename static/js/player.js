// @ts-check
// One recording: play, pause, seek by click and key, speed, and where it is.

import { fill, gettext } from "./texts.js";
import { drawWaveform, loadPeaks } from "./waveform.js";

const STEP_SECONDS = 5;
// The outline fills in so many steps: few enough that most frames change nothing.
const DRAWN_STEPS = 200;
const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2];

/**
 * Seconds as people read them: 1:05, 1:02:05.
 *
 * @param {number} seconds
 */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const rest = String(whole % 60).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${rest}`
    : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}

/**
 * Sends "playing", "paused", "moved" and "speed" of itself.
 */
export class Player extends EventTarget {
  /**
   * @param {HTMLElement} element a `.player` with data-response, data-sound, data-peaks and, where
   *   the length is known, data-duration
   * @param {HTMLTemplateElement} template
   */
  constructor(element, template) {
    super();
    this.element = element;
    this.response = Number(element.dataset.response);
    this.audio = document.createElement("audio");
    this.audio.preload = "none";
    this.audio.src = /** @type {string} */ (element.dataset.sound);
    element.replaceChildren(this.audio, template.content.cloneNode(true));
    element.classList.add("ready");
    this.toggleButton = /** @type {HTMLButtonElement} */ (this.part("toggle"));
    this.seekInput = /** @type {HTMLInputElement} */ (this.part("seek"));
    this.speedSelect = /** @type {HTMLSelectElement} */ (this.part("speed"));
    this.wave = /** @type {SVGElement} */ (/** @type {unknown} */ (this.part("wave")));
    this.played = /** @type {SVGPathElement} */ (this.wave.querySelector(".wave-played"));
    /** @type {number[]} */
    this.peaks = [];
    this.known = Number(element.dataset.duration ?? NaN);
    this.seekInput.max = String(this.duration || 1);
    this.shown = "";
    this.drawn = "";
    this.listen();
    this.clipPlayed();
    this.draw();
  }

  /** @param {string} name */
  part(name) {
    return /** @type {HTMLElement} */ (this.element.querySelector(`[data-part="${name}"]`));
  }

  /** The part of the outline that was heard is cut out by a rectangle, which alone moves. */
  clipPlayed() {
    const space = "http://www.w3.org/2000/svg";
    const clip = document.createElementNS(space, "clipPath");
    clip.id = `played-${this.response}`;
    this.heard = document.createElementNS(space, "rect");
    this.heard.setAttribute("height", "100");
    this.heard.setAttribute("width", "0");
    clip.append(this.heard);
    this.wave.prepend(clip);
    this.played.setAttribute("clip-path", `url(#${clip.id})`);
  }

  listen() {
    const { audio } = this;
    this.toggleButton.addEventListener("click", () => this.toggle());
    this.seekInput.addEventListener("input", () => this.seek(Number(this.seekInput.value)));
    this.speedSelect.addEventListener("change", () => {
      this.setSpeed(Number(this.speedSelect.value));
      this.dispatchEvent(new Event("speed"));
    });
    audio.addEventListener("play", () => this.changed("playing"));
    audio.addEventListener("pause", () => this.changed("paused"));
    audio.addEventListener("ended", () => this.changed("paused"));
    audio.addEventListener("seeked", () => this.draw());
    audio.addEventListener("durationchange", () => {
      this.seekInput.max = String(this.duration || 1);
      this.draw();
    });
    audio.addEventListener("error", () => this.say(gettext("The sound cannot be played.")));
  }

  /** @param {string} state */
  changed(state) {
    const playing = state === "playing";
    this.element.classList.toggle("playing", playing);
    this.toggleButton.setAttribute("aria-label", playing ? gettext("Pause") : gettext("Play"));
    this.draw();
    this.dispatchEvent(new Event(state));
  }

  /** Seconds; 0 where nobody knows. The browser's own number counts where it has one. */
  get duration() {
    const own = this.audio.duration;
    const found = Number.isFinite(own) ? own : this.known;
    return Number.isFinite(found) ? found : 0;
  }

  get time() {
    return this.audio.currentTime;
  }

  get speed() {
    return this.audio.playbackRate;
  }

  get isPlaying() {
    return !this.audio.paused;
  }

  play() {
    // A refusal (no user gesture yet) leaves the player paused, as its button says.
    this.audio.play().catch(() => this.changed("paused"));
  }

  pause() {
    this.audio.pause();
  }

  toggle() {
    if (this.audio.paused) {
      this.play();
    } else {
      this.pause();
    }
  }

  /** @param {number} seconds */
  seek(seconds) {
    const most = this.duration || seconds;
    if (this.audio.preload === "none") {
      this.audio.preload = "metadata";
    }
    this.audio.currentTime = Math.min(Math.max(0, seconds), most);
    this.draw();
    this.dispatchEvent(new Event("moved"));
  }

  /** @param {number} direction -1 or 1 */
  step(direction) {
    this.seek(this.time + direction * STEP_SECONDS);
  }

  /** @param {number} speed */
  setSpeed(speed) {
    this.audio.playbackRate = speed;
    this.audio.defaultPlaybackRate = speed;
    this.speedSelect.value = String(speed);
  }

  /** The speed one notch slower (-1) or faster (1). @param {number} direction */
  nextSpeed(direction) {
    const at = SPEEDS.indexOf(this.speed);
    return SPEEDS[Math.min(Math.max(at + direction, 0), SPEEDS.length - 1)];
  }

  /** The last second is reached, though its last thousandths never sound. */
  get shownTime() {
    return Math.min(this.time + 0.05, Math.round(this.duration) || Infinity);
  }

  /** Show where it is: nothing is touched that stays as it is, and nothing is read of the layout. */
  draw() {
    const { time, duration } = this;
    const steps = duration ? Math.floor((DRAWN_STEPS * time) / duration) : 0;
    const drawn = String((100 * steps) / DRAWN_STEPS);
    if (drawn !== this.drawn) {
      this.drawn = drawn;
      this.heard?.setAttribute("width", drawn);
    }
    const at = clock(this.shownTime);
    const whole = duration ? clock(Math.round(duration)) : "–";
    const shown = `${at} / ${whole}`;
    if (shown !== this.shown) {
      this.shown = shown;
      this.part("time").textContent = shown;
      this.seekInput.value = String(time);
      const said = fill(gettext("%(time)s of %(duration)s"), { time: at, duration: whole });
      this.seekInput.setAttribute("aria-valuetext", said);
    }
  }

  /** Seconds of sound until `draw` has something to change; at most 1. */
  untilChange() {
    const { duration, shownTime: at, time } = this;
    const step = duration / DRAWN_STEPS;
    const untilStep = step ? (Math.floor(time / step) + 1) * step - time : Infinity;
    return Math.min(Math.floor(at) + 1 - at, untilStep);
  }

  /** @param {string} sentence */
  say(sentence) {
    this.part("message").textContent = sentence;
  }

  /** Fetch the outline and draw it; without one the player works as well. */
  async loadWaveform() {
    drawWaveform(this.wave, []);
    this.wave.classList.add("loading");
    try {
      const found = await loadPeaks(/** @type {string} */ (this.element.dataset.peaks));
      this.peaks = found.peaks;
      drawWaveform(this.wave, this.peaks);
      if (found.problem) {
        const said = gettext("No waveform: %(problem)s You can still try to play it.");
        this.say(fill(said, { problem: found.problem }));
      }
      if (!Number.isFinite(this.known) && found.duration) {
        this.known = found.duration;
        this.seekInput.max = String(this.duration);
        this.draw();
      }
    } catch {
      this.say(gettext("The waveform could not be loaded. The sound can be played."));
    }
    this.wave.classList.remove("loading");
  }

  /** The width has changed. */
  redraw() {
    drawWaveform(this.wave, this.peaks);
  }
}
