// @ts-check
// The third step: hear whether the microphone works.

import { fill, gettext } from "../texts.js";
import { notice, part, say, viewOf, write } from "./page.js";
import { soundProblem } from "./sound-problems.js";
import { recall, remember } from "./terms.js";
import { Wave, loudness } from "./wave.js";

const SECONDS = 3;
const AUDIBLE = 0.15;

/** @typedef {typeof import("../client/index.js").Recorder} RecorderClass */

export class Microphone {
  /** @param {RecorderClass} Recorder */
  constructor(Recorder) {
    this.Recorder = Recorder;
    this.view = viewOf("microphone");
    this.card = part(this.view, "mic-card");
    this.wave = new Wave(/** @type {SVGElement} */ (/** @type {unknown} */ (part(this.view, "mic-wave"))));
    this.devices = /** @type {HTMLSelectElement} */ (this.view.querySelector("#device"));
    this.devices.addEventListener("change", () => this.use(this.devices.value));
    /** @type {MediaStream | null} */
    this.stream = null;
    /** @type {AudioContext | null} */
    this.context = null;
    this.frame = 0;
    this.heard = false;
    this.isTrying = false;
    /** @type {HTMLAudioElement} */
    this.player = new Audio();
    this.works = false;
  }

  /** Whether sound can be recorded here at all; says so where it cannot. */
  open() {
    const problem =
      this.Recorder.supported && window.isSecureContext ? "" : soundProblem({ code: "no_recorder" });
    this.problem(problem);
    this.card.classList.toggle("none", Boolean(problem));
    part(this.view, "mic-asking").hidden = Boolean(problem) || this.works;
    part(this.view, "mic-open").hidden = !this.works;
    this.buttons(!problem);
  }

  /** One button is the way on: the sound's where it works, else the one for writing.
   * @param {boolean} canRecord */
  buttons(canRecord) {
    part(this.view, "begin-button").hidden = !this.works;
    const writing = part(this.view, "writing-button");
    writing.classList.toggle("primary", !canRecord);
    part(this.view, "use-button").classList.add("primary");
    writing.hidden = false;
  }

  /** @param {string} sentence */
  problem(sentence) {
    notice(part(this.view, "mic-problem"), sentence);
  }

  /** Open the microphone and show its level. @param {string} [deviceId] */
  async use(deviceId = recall("device") ?? "") {
    this.close();
    this.problem("");
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        audio: deviceId ? { deviceId: { ideal: deviceId } } : true,
      });
    } catch (error) {
      this.works = false;
      this.open();
      this.problem(soundProblem(error));
      part(this.view, "writing-button").classList.add("primary");
      part(this.view, "use-button").classList.remove("primary");
      return;
    }
    this.works = true;
    const used = this.stream.getAudioTracks()[0]?.getSettings().deviceId ?? deviceId;
    remember({ device: used });
    await this.list(used);
    this.open();
    this.heard = false;
    write(part(this.view, "mic-heard"), gettext("Nothing heard yet."));
    this.measure(this.stream);
    say(gettext("The microphone is on. Say something."));
    part(this.view, "mic-open").querySelector("button")?.focus({ preventScroll: true });
  }

  /** @param {string} used */
  async list(used) {
    const found = (await navigator.mediaDevices.enumerateDevices()).filter(
      (device) => device.kind === "audioinput" && device.deviceId,
    );
    this.devices.replaceChildren(
      ...found.map((device) => new Option(device.label || gettext("Microphone"), device.deviceId)),
    );
    this.devices.value = used;
    part(this.view, "mic-devices").hidden = found.length < 2;
  }

  /** @param {MediaStream} stream */
  measure(stream) {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let last = 0;
    this.context = context;
    void context.resume();
    /** @param {number} now */
    const look = (now) => {
      this.frame = requestAnimationFrame(look);
      if (now - last < 50) {
        return;
      }
      last = now;
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
      const level = loudness(Math.sqrt(power));
      this.wave.add(level);
      if (!this.heard && level > AUDIBLE) {
        this.heard = true;
        write(part(this.view, "mic-heard"), gettext("We hear you."));
        part(this.view, "mic-heard").dataset.kind = "good";
        say(gettext("We hear you."));
      }
    };
    this.frame = requestAnimationFrame(look);
  }

  /** Record three seconds and play them. Nothing of it is kept. */
  async tryIt() {
    if (!this.stream || this.isTrying) {
      return;
    }
    this.isTrying = true;
    const text = part(this.view, "mic-try-text");
    const said = part(this.view, "mic-played");
    const before = text.textContent ?? "";
    this.player.pause();
    try {
      const recorder = new this.Recorder({ write: async () => {}, keep: true });
      await recorder.start({ stream: this.stream });
      say(gettext("Recording three seconds. Speak now."));
      for (let left = SECONDS; left > 0; left -= 1) {
        write(text, fill(gettext("Speak now: %(seconds)s"), { seconds: left }));
        await new Promise((done) => setTimeout(done, 1000));
      }
      await recorder.stop();
      const blob = recorder.blob;
      if (!blob) {
        throw new Error("nothing was recorded");
      }
      write(text, gettext("You hear yourself now"));
      write(said, gettext("This was only a try; it is not kept."));
      await this.play(blob);
    } catch (error) {
      this.problem(soundProblem(error));
    } finally {
      write(text, before);
      this.isTrying = false;
    }
  }

  /** @param {Blob} blob */
  async play(blob) {
    const url = URL.createObjectURL(blob);
    this.player.src = url;
    try {
      await this.player.play();
      await new Promise((done) => {
        this.player.onended = done;
        this.player.onpause = done;
        this.player.onerror = done;
        setTimeout(done, (SECONDS + 2) * 1000);
      });
    } finally {
      URL.revokeObjectURL(url);
    }
  }

  /** Let go of the microphone. */
  close() {
    cancelAnimationFrame(this.frame);
    this.player.pause();
    void this.context?.close();
    this.context = null;
    for (const track of this.stream?.getTracks() ?? []) {
      track.stop();
    }
    this.stream = null;
    this.wave.clear();
  }
}
