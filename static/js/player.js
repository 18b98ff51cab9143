// @ts-check
// One recording: play, pause, seek by click and key, speed, and where it is.

import { drawWaveform, loadPeaks } from "./waveform.js";

const STEP_SECONDS = 5;
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
    audio.addEventListener("error", () => this.say("The sound cannot be played."));
  }

  /** @param {string} state */
  changed(state) {
    const playing = state === "playing";
    this.element.classList.toggle("playing", playing);
    this.toggleButton.setAttribute("aria-label", playing ? "Pause" : "Play");
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

  /** Show where it is. Called for every frame: nothing is touched that stays as it is. */
  draw() {
    const { time, duration } = this;
    const drawn = duration ? ((100 * time) / duration).toFixed(1) : "0";
    if (drawn !== this.drawn) {
      this.drawn = drawn;
      this.heard?.setAttribute("width", drawn);
    }
    // The last second is reached, though its last thousandths never sound.
    const at = Math.min(time + 0.05, Math.round(duration) || Infinity);
    const shown = `${clock(at)} / ${duration ? clock(Math.round(duration)) : "–"}`;
    if (shown !== this.shown) {
      this.shown = shown;
      this.part("time").textContent = shown;
      this.seekInput.value = String(time);
      this.seekInput.setAttribute("aria-valuetext", shown.replace("/", "of"));
    }
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
        this.say(`No waveform: ${found.problem} You can still try to play it.`);
      }
      if (!Number.isFinite(this.known) && found.duration) {
        this.known = found.duration;
        this.seekInput.max = String(this.duration);
        this.draw();
      }
    } catch {
      this.say("The waveform could not be loaded. The sound can be played.");
    }
    this.wave.classList.remove("loading");
  }

  /** The width has changed. */
  redraw() {
    drawWaveform(this.wave, this.peaks);
  }
}
