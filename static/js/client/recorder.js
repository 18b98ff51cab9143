// @ts-check
// Records the microphone: a piece each second, handed on before anything else happens to it.

import { coded } from "./bytes.js";

const TYPES = [
  "audio/webm;codecs=opus",
  "audio/ogg;codecs=opus",
  "audio/mp4;codecs=mp4a.40.2",
  "audio/mp4",
  "audio/webm",
  "audio/ogg",
];
const PIECE_MS = 1_000;
const LEVEL_MS = 50;

/** The kind of sound this browser records; "" where it records none. @returns {string} */
export function negotiateType() {
  if (typeof MediaRecorder === "undefined") return "";
  return TYPES.find((type) => MediaRecorder.isTypeSupported(type)) ?? "";
}

/** @typedef {"inactive" | "recording" | "paused" | "stopped"} RecorderState */

/**
 * Sends "level" {level, peak} (0–1, about 20 a second), "chunk" {n, size} once it was written,
 * "state" {state} and "error" {code, error}: "microphone_lost", "recorder", "write".
 */
export class Recorder extends EventTarget {
  /** @type {MediaRecorder | null} */
  #recorder = null;
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #meter;
  /** @type {Promise<unknown>} */
  #written = Promise.resolve();
  /** @type {Promise<void> | null} */
  #stopping = null;
  /** @type {Blob[]} */
  #kept = [];
  #ours = false;
  #pieces = 0;
  #earlier = 0;
  #since = 0;
  #quiet = new AbortController();

  /**
   * @param {object} [options]
   * @param {(bytes: ArrayBuffer, n: number, recorder: Recorder) => Promise<unknown>} [options.write]
   *   one after the other, n from 0
   * @param {boolean} [options.keep] also keep the sound in memory, for `blob`
   * @param {number} [options.audioBitsPerSecond]
   */
  constructor({ write = async () => {}, keep = false, audioBitsPerSecond = 64_000 } = {}) {
    super();
    this.write = write;
    this.keep = keep;
    this.audioBitsPerSecond = audioBitsPerSecond;
    /** @type {RecorderState} */
    this.state = "inactive";
    this.contentType = negotiateType();
  }

  static get supported() {
    return negotiateType() !== "" && !!globalThis.navigator?.mediaDevices?.getUserMedia;
  }

  /** Seconds recorded so far, pauses left out. */
  get seconds() {
    const running = this.state === "recording" ? performance.now() - this.#since : 0;
    return (this.#earlier + running) / 1000;
  }

  /** What was recorded, with `keep`. */
  get blob() {
    return new Blob(this.#kept, { type: this.contentType });
  }

  /**
   * Ask for the microphone and record. Rejects as getUserMedia does, or with code "no_recorder".
   * @param {{stream?: MediaStream, deviceId?: string}} [options]
   */
  async start({ stream, deviceId } = {}) {
    if (!stream && !Recorder.supported) throw coded("no_recorder");
    this.#ours = !stream;
    this.#stream =
      stream ??
      (await navigator.mediaDevices.getUserMedia({
        audio: deviceId ? { deviceId: { exact: deviceId } } : true,
      }));
    const recorder = new MediaRecorder(this.#stream, {
      ...(this.contentType && { mimeType: this.contentType }),
      audioBitsPerSecond: this.audioBitsPerSecond,
    });
    this.#recorder = recorder;
    recorder.ondataavailable = ({ data }) => this.#take(data);
    recorder.onerror = (event) => this.#fail("recorder", /** @type {any} */ (event).error);
    const { signal } = this.#quiet;
    for (const track of this.#stream.getAudioTracks()) {
      track.addEventListener("ended", () => this.#fail("microphone_lost"), { signal });
    }
    // What was said until the page went away is written, whatever becomes of the page.
    const flush = () => recorder.state === "recording" && recorder.requestData();
    document.addEventListener("visibilitychange", flush, { signal });
    addEventListener("pagehide", flush, { signal });
    recorder.start(PIECE_MS);
    this.contentType = recorder.mimeType || this.contentType;
    this.#since = performance.now();
    this.#is("recording");
    this.#listen();
    return this;
  }

  pause() {
    if (this.#recorder?.state !== "recording") return;
    this.#recorder.requestData();
    this.#recorder.pause();
    this.#earlier += performance.now() - this.#since;
    this.#is("paused");
  }

  resume() {
    if (this.#recorder?.state !== "paused") return;
    this.#recorder.resume();
    this.#since = performance.now();
    this.#is("recording");
  }

  /** Stop; resolves when the last piece is written. Twice is once. @returns {Promise<void>} */
  stop() {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop() {
    const recorder = this.#recorder;
    if (!recorder) return;
    this.#earlier = this.seconds * 1000;
    this.state = "paused";
    if (recorder.state !== "inactive") {
      await new Promise((resolve) => {
        recorder.addEventListener("stop", resolve, { once: true });
        recorder.stop();
      });
    }
    this.#quiet.abort();
    clearInterval(this.#meter);
    this.#context?.close().catch(() => {});
    if (this.#ours) for (const track of this.#stream?.getTracks() ?? []) track.stop();
    await this.#written;
    this.#is("stopped");
  }

  /** @param {Blob} data */
  #take(data) {
    if (!data.size) return;
    if (this.keep) this.#kept.push(data);
    const n = this.#pieces++;
    this.#written = this.#written.then(async () => {
      try {
        await this.write(await data.arrayBuffer(), n, this);
        this.dispatchEvent(new CustomEvent("chunk", { detail: { n, size: data.size } }));
      } catch (error) {
        this.#fail("write", error);
      }
    });
  }

  /** @param {string} code @param {any} [error] */
  #fail(code, error = null) {
    if (this.#stopping) return;
    this.dispatchEvent(new CustomEvent("error", { detail: { code, error } }));
    this.stop();
  }

  /** @param {RecorderState} state */
  #is(state) {
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state } }));
  }

  /** The level meter. A browser without it records as well. */
  #listen() {
    try {
      this.#context = new AudioContext();
      this.#context.resume().catch(() => {});
      const analyser = this.#context.createAnalyser();
      analyser.fftSize = 1024;
      this.#context
        .createMediaStreamSource(/** @type {MediaStream} */ (this.#stream))
        .connect(analyser);
      const samples = new Float32Array(analyser.fftSize);
      this.#meter = setInterval(() => {
        analyser.getFloatTimeDomainData(samples);
        let sum = 0;
        let peak = 0;
        for (const sample of samples) {
          sum += sample * sample;
          peak = Math.max(peak, Math.abs(sample));
        }
        const level = Math.min(1, Math.sqrt(sum / samples.length));
        this.dispatchEvent(
          new CustomEvent("level", { detail: { level, peak: Math.min(1, peak) } }),
        );
      }, LEVEL_MS);
    } catch {
      this.#context = null;
    }
  }
}
