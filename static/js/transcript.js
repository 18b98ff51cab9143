// @ts-check
// The transcript beside the sound: words with times, the spoken one marked, search, jumps.
//
// The page carries the text in passages and the times in arrays (session_transcript.py). Words
// become elements passage by passage, when a passage comes into view or a word of it is needed.

import { fill, gettext } from "./texts.js";
import { lastAtMost, plain, unpack } from "./words.js";

/**
 * @typedef {object} Passage
 * @property {HTMLElement} element
 * @property {HTMLElement} text the paragraph that holds the words
 * @property {number} first index of its first word
 * @property {string[]} words
 * @property {number} track index of its track, -1: in no recording
 * @property {HTMLElement[] | null} elements one a word, once made
 */

/** A highlight of the page (CSS Custom Highlight API) by its name in CSS; null where there is no
 * such thing. @param {string} name */
function makeHighlight(name) {
  if (typeof Highlight === "undefined" || !CSS.highlights) {
    return null;
  }
  const made = new Highlight();
  CSS.highlights.set(name, made);
  return made;
}

/**
 * Sends "choose" (detail: page time in seconds) when a word is clicked.
 */
export class Transcript extends EventTarget {
  /**
   * @param {HTMLElement} element holds the `.passage`s and scrolls
   * @param {import("./words.js").PackedWords} packed
   */
  constructor(element, packed) {
    super();
    this.element = element;
    this.tracks = packed.tracks;
    this.doubtful = new Map(packed.doubtful);
    const { starts, ends, timed } = unpack(packed);
    this.starts = starts;
    this.ends = ends;
    this.timed = timed;
    /** @type {Passage[]} */
    this.passages = [...element.querySelectorAll(".passage")].map((one) => this.read(one));
    this.firsts = Int32Array.from(this.passages, (passage) => passage.first);
    this.marked = -1;
    /** @type {HTMLElement | null | undefined} */
    this.markedElement = null;
    /** @type {{first: number, last: number}[]} */
    this.hits = [];
    /** @type {number[]} first word of each hit */
    this.hitFirsts = [];
    /** @type {HTMLElement[]} words that look like hits */
    this.painted = [];
    this.hit = -1;
    this.follow = true;
    this.scrolledByHand = -Infinity;
    this.watch();
    this.spoken = makeHighlight("spoken");
    /** Says where the marked word is once the browser has laid it out: nobody need ask for it. */
    this.whereabouts = new IntersectionObserver((entries) => this.revealIfHidden(entries), {
      root: element,
      rootMargin: "-24px 0px",
    });
    element.addEventListener("click", (event) => this.clicked(event));
    for (const name of ["wheel", "touchmove", "pointerdown"]) {
      const noted = () => (this.scrolledByHand = performance.now());
      element.addEventListener(name, noted, { passive: true });
    }
  }

  /**
   * @param {Element} element
   * @returns {Passage}
   */
  read(element) {
    const text = /** @type {HTMLElement} */ (element.querySelector(".passage-text"));
    const { first, track } = /** @type {HTMLElement} */ (element).dataset;
    return {
      element: /** @type {HTMLElement} */ (element),
      text,
      first: Number(first),
      words: (text.textContent ?? "").split(" "),
      track: Number(track ?? -1),
      elements: null,
    };
  }

  /** Make elements of passages shortly before they are seen. */
  watch() {
    const of = new Map(this.passages.map((passage) => [passage.element, passage]));
    const observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          const passage = of.get(/** @type {HTMLElement} */ (entry.target));
          if (entry.isIntersecting && passage) {
            observer.unobserve(entry.target);
            this.elementsOf(passage);
          }
        }
      },
      { root: this.element, rootMargin: "300px 0px" },
    );
    for (const passage of this.passages) {
      observer.observe(passage.element);
    }
  }

  /**
   * @param {Passage} passage
   * @returns {HTMLElement[]} one a word
   */
  elementsOf(passage) {
    if (passage.elements) {
      return passage.elements;
    }
    const made = passage.words.map((word, place) => this.wordElement(passage, word, place));
    const parts = document.createDocumentFragment();
    made.forEach((one, place) => parts.append(...(place ? [" ", one] : [one])));
    passage.text.replaceChildren(parts);
    passage.elements = made;
    const last = passage.first + passage.words.length - 1;
    // A hit that begins before the passage may reach into it.
    const before = lastAtMost(this.hitFirsts, passage.first);
    for (let hit = Math.max(0, before); (this.hitFirsts[hit] ?? Infinity) <= last; hit += 1) {
      this.paintHit(hit);
    }
    return made;
  }

  /**
   * @param {Passage} passage
   * @param {string} word
   * @param {number} place
   */
  wordElement(passage, word, place) {
    const index = passage.first + place;
    const element = document.createElement("span");
    element.className = "word";
    element.textContent = word;
    if (this.timed[index]) {
      element.dataset.word = String(index);
      element.dataset.start = this.starts[index].toFixed(2);
      element.dataset.end = this.ends[index].toFixed(2);
      element.classList.toggle("playable", passage.track >= 0);
    }
    const confidence = this.doubtful.get(index);
    if (confidence !== undefined) {
      element.classList.add("doubtful");
      element.title = fill(gettext("Recognized with %(share)s confidence"), {
        share: `${confidence} %`,
      });
      const said = document.createElement("span");
      said.className = "visually-hidden";
      said.textContent = ` ${gettext("(uncertain)")}`;
      element.append(said);
    }
    return element;
  }

  /** @param {number} index a word */
  passageOf(index) {
    return this.passages[lastAtMost(this.firsts, index)];
  }

  /** @param {number} index a word */
  elementOf(index) {
    const passage = this.passageOf(index);
    return passage && this.elementsOf(passage)[index - passage.first];
  }

  /** @param {number} index a word @returns {number | null} page time */
  startOf(index) {
    return this.timed[index] ? this.starts[index] : null;
  }

  /**
   * Which recording holds a page time, and at which of its seconds.
   *
   * @param {number} time
   * @returns {{response: number, seconds: number} | null}
   */
  placeOf(time) {
    const word = this.wordAt(time);
    const own = word >= 0 && this.ends[word] >= time ? this.passageOf(word).track : -1;
    const found =
      this.tracks[own] ??
      this.tracks.find(
        (track) =>
          time >= track.shift && (track.duration === null || time < track.shift + track.duration),
      );
    return found ? { response: found.response, seconds: time - found.shift } : null;
  }

  /** @param {number} time page time @returns {number} the word that is or was last said; -1: none */
  wordAt(time) {
    let index = lastAtMost(this.starts, time + 0.005);
    while (index >= 0 && !this.timed[index]) {
      index -= 1;
    }
    return index;
  }

  /**
   * Mark the word that a recording says now.
   *
   * @param {number} response
   * @param {number} seconds of the recording
   */
  markSpoken(response, seconds) {
    const number = this.tracks.findIndex((track) => track.response === response);
    if (number < 0) {
      return;
    }
    const index = this.wordAt(seconds + this.tracks[number].shift);
    const own = index >= 0 && this.passageOf(index).track === number;
    this.mark(own ? index : -1);
  }

  /** @param {number} index a word; -1: none */
  mark(index) {
    if (index === this.marked) {
      return;
    }
    this.markedElement?.classList.remove("spoken");
    this.spoken?.clear();
    this.whereabouts.disconnect();
    this.marked = index;
    const element = index < 0 ? null : this.elementOf(index);
    this.markedElement = element;
    if (element) {
      element.classList.add("spoken");
      this.highlight(element);
      this.whereabouts.observe(element);
    }
  }

  /**
   * Colour a word without touching the page's layout, where the browser can; elsewhere its class
   * does it (record.css).
   *
   * @param {HTMLElement} element
   */
  highlight(element) {
    if (this.spoken && element.firstChild) {
      const word = document.createRange();
      word.selectNodeContents(element.firstChild);
      this.spoken.add(word);
    }
  }

  /**
   * Bring the marked word into the box; the page itself stays where it is.
   *
   * @param {IntersectionObserverEntry[]} entries
   */
  revealIfHidden(entries) {
    this.whereabouts.disconnect();
    const entry = entries.at(-1);
    if (!entry || entry.target !== this.markedElement) {
      return;
    }
    const { boundingClientRect: word, rootBounds: seen } = entry;
    const isSeen =
      entry.isIntersecting && seen && word.top >= seen.top && word.bottom <= seen.bottom;
    if (isSeen || !this.follow || performance.now() - this.scrolledByHand <= 4000) {
      return;
    }
    const box = this.element.getBoundingClientRect();
    const own = entry.target.getBoundingClientRect();
    this.element.scrollTop += own.top - box.top - box.height / 3;
  }

  /**
   * Seconds of a recording until another word is to be marked; Infinity: none is left.
   *
   * @param {number} response
   * @param {number} seconds of the recording
   */
  untilChange(response, seconds) {
    const track = this.tracks.find((one) => one.response === response);
    if (!track) {
      return Infinity;
    }
    const time = seconds + track.shift;
    const next = this.starts[lastAtMost(this.starts, time + 0.005) + 1];
    return next === undefined ? Infinity : next - time;
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const word = /** @type {Element} */ (event.target).closest(".word.playable");
    // Who marks a passage to copy it does not want to hear it.
    if (word instanceof HTMLElement && document.getSelection()?.isCollapsed !== false) {
      this.choose(Number(word.dataset.word));
    }
  }

  /** @param {number} index a word */
  choose(index) {
    const start = this.startOf(index);
    if (start !== null) {
      this.dispatchEvent(new CustomEvent("choose", { detail: start }));
    }
  }

  // -- search -----------------------------------------------------------------------------------

  /** All words in one text, and where each begins in it. Made at the first search. */
  index() {
    if (!this.searched) {
      const parts = this.passages.flatMap((passage) => passage.words.map(plain));
      const begins = new Int32Array(parts.length);
      let at = 0;
      parts.forEach((part, place) => {
        begins[place] = at;
        at += part.length + 1;
      });
      this.searched = { text: parts.join(" "), begins };
    }
    return this.searched;
  }

  /**
   * Find a text and go to its first hit.
   *
   * @param {string} wanted
   * @returns {number} how many hits
   */
  find(wanted) {
    this.clearHits();
    const needle = plain(wanted).trim();
    if (needle) {
      const { text, begins } = this.index();
      for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
        const first = lastAtMost(begins, at);
        const last = lastAtMost(begins, at + needle.length - 1);
        if (this.hits.at(-1)?.first !== first) {
          this.hits.push({ first, last });
        }
      }
      this.hitFirsts = this.hits.map((hit) => hit.first);
      this.hits.forEach((_hit, index) => this.paintHit(index));
      this.goToHit(0);
    }
    return this.hits.length;
  }

  clearHits() {
    for (const one of this.painted) {
      one.classList.remove("hit", "current-hit");
    }
    this.painted = [];
    this.hits = [];
    this.hitFirsts = [];
    this.hit = -1;
  }

  /** Paint a hit where its words are elements already. @param {number} index */
  paintHit(index) {
    const { first, last } = this.hits[index];
    for (let word = first; word <= last; word += 1) {
      const passage = this.passageOf(word);
      const element = passage.elements?.[word - passage.first];
      if (element) {
        element.classList.add("hit");
        this.painted.push(element);
      }
    }
  }

  /** @param {number} index of a hit; beyond the last comes the first */
  goToHit(index) {
    if (!this.hits.length) {
      return;
    }
    for (const one of this.painted) {
      one.classList.remove("current-hit");
    }
    this.hit = (index + this.hits.length) % this.hits.length;
    const { first, last } = this.hits[this.hit];
    for (let word = first; word <= last; word += 1) {
      const element = this.elementOf(word);
      if (element) {
        element.classList.add("hit", "current-hit");
        this.painted.push(element);
      }
    }
    const element = this.elementOf(first);
    // Who searches wants to see the hit: the page moves too, if need be.
    this.scrolledByHand = performance.now();
    element?.scrollIntoView({ block: "nearest" });
  }
}
