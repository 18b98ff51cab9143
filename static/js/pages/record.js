// @ts-check
// The record page: ties players and transcript together, deep links, keys.

import { goToPlace, takePlace } from "../place.js";
import { Player } from "../player.js";
import { followInterview, pointTo } from "../record-live.js";
import { fill, gettext } from "../texts.js";
import { Transcript } from "../transcript.js";

/** @param {string} id */
const byId = (id) => document.getElementById(id);

const template = /** @type {HTMLTemplateElement} */ (byId("player-template"));
/** @type {Map<number, HTMLElement>} place of each recording's player, by response, in order */
const places = new Map(
  [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".player"))].map(
    (element) => [Number(element.dataset.response), element],
  ),
);
/** @type {Map<number, Player>} the players made so far */
const players = new Map();
let speed = 1;
const transcript = makeTranscript();
/** @type {Player | null} the one that keys are for: played, sought or focused last */
let current = null;

/** The player of a recording, made now if need be. @param {number | undefined} response */
function playerOf(response) {
  const element = places.get(response ?? NaN);
  if (response === undefined || !element) {
    return null;
  }
  let player = players.get(response);
  if (!player) {
    player = new Player(element, template);
    players.set(response, player);
    player.setSpeed(speed);
    follow(player);
  }
  return player;
}

function makeTranscript() {
  const text = byId("transcript-text");
  const words = byId("transcript-words");
  return text && words ? new Transcript(text, JSON.parse(words.textContent ?? "")) : null;
}

// -- players ----------------------------------------------------------------------------------

let nextFrame = 0;

/** Show what is heard now, and come again when there is something else to show: a word lasts some
 * twenty frames, in which nothing is done. */
function frame() {
  clearTimeout(nextFrame);
  if (!current?.isPlaying) {
    return;
  }
  current.draw();
  transcript?.markSpoken(current.response, current.time);
  const seconds = Math.min(
    current.untilChange(),
    transcript?.untilChange(current.response, current.time) ?? Infinity,
  );
  nextFrame = window.setTimeout(
    () => requestAnimationFrame(frame),
    Math.ceil((1000 * seconds) / current.speed),
  );
}

/** @param {Player} player */
function follow(player) {
  player.addEventListener("playing", () => {
    for (const other of players.values()) {
      if (other !== player) {
        other.pause();
      }
    }
    current = player;
    requestAnimationFrame(frame);
  });
  player.addEventListener("moved", () => {
    current = player;
    transcript?.markSpoken(player.response, player.time);
    frame();
  });
  player.addEventListener("speed", () => setSpeed(player.speed));
  player.element.addEventListener("focusin", () => {
    if (!current?.isPlaying) {
      current = player;
    }
  });
}

/** All players have one speed. @param {number} wanted */
function setSpeed(wanted) {
  speed = wanted;
  for (const player of players.values()) {
    player.setSpeed(wanted);
  }
  frame();
}

/**
 * Make all players, a few whenever the browser has time: the keyboard and screen readers look for
 * them all, and forty at once would keep a phone from answering.
 */
function makePlayers() {
  const waiting = [...places.keys()];
  const later = window.requestIdleCallback ?? ((/** @type {() => void} */ run) => setTimeout(run));
  const some = (/** @type {IdleDeadline | undefined} */ deadline) => {
    do {
      playerOf(waiting.shift());
    } while (waiting.length && (deadline?.timeRemaining() ?? 0) > 5);
    if (waiting.length) {
      later(some);
    }
  };
  later(some);
}

/** Outlines are fetched when their players come into view, and drawn anew when the width changes. */
function watchPlayers() {
  /** @param {Element} element */
  const of = (element) => playerOf(Number(/** @type {HTMLElement} */ (element).dataset.response));
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries.filter((one) => one.isIntersecting)) {
        seen.unobserve(entry.target);
        of(entry.target)?.loadWaveform();
        widths.observe(entry.target);
      }
    },
    { rootMargin: "300px 0px" },
  );
  const widths = new ResizeObserver((entries) => {
    for (const entry of entries) {
      of(entry.target)?.redraw();
    }
  });
  for (const element of places.values()) {
    seen.observe(element);
  }
}

// -- deep links -------------------------------------------------------------------------------

/**
 * Go to a page time: its word is marked, its recording stands there.
 *
 * @param {number} time seconds
 * @param {{play?: boolean, bring?: boolean}} how bring: the page moves to where it is
 */
function goTo(time, { play = false, bring = false }) {
  const place = transcript?.placeOf(time);
  const player = playerOf(place?.response);
  const word = transcript?.wordAt(time) ?? -1;
  if (transcript) {
    transcript.scrolledByHand = -Infinity;
    transcript.mark(word);
  }
  if (place && player) {
    player.seek(place.seconds);
    if (play) {
      player.play();
    }
  }
  if (bring) {
    bringIntoView(player?.element, word < 0 ? undefined : transcript?.elementOf(word));
  }
}

const SETTLED_AFTER = 3;
const MOST_FRAMES = 30;
let bringing = 0;

/**
 * The page moves to a player and its word. What comes into view with them takes its true size only
 * then and may push them away again: the page moves until they stay, or until somebody else moves it.
 *
 * @param {HTMLElement | undefined} player
 * @param {HTMLElement | undefined} word beside the player where there is room; on a phone it has
 *   precedence
 */
function bringIntoView(player, word) {
  const wanted = word ?? player;
  const own = (bringing += 1);
  let at = NaN;
  let settled = 0;
  let frames = 0;
  const move = () => {
    if (!wanted || own !== bringing || settled === SETTLED_AFTER || frames === MOST_FRAMES) {
      return;
    }
    const { top } = wanted.getBoundingClientRect();
    settled = top === at ? settled + 1 : 0;
    frames += 1;
    if (settled === 0) {
      player?.scrollIntoView({ block: "center" });
      word?.scrollIntoView({ block: "nearest" });
    }
    at = wanted.getBoundingClientRect().top;
    requestAnimationFrame(move);
  };
  move();
}

/** The page time that the address names, itself (#t=) or by the index of a word (#w=), or null. */
function timeInAddress() {
  const found = /^#t=(\d+(?:\.\d+)?)$/.exec(location.hash);
  if (found) {
    return Number(found[1]);
  }
  const word = /^#w=(\d+)$/.exec(location.hash);
  return word && transcript ? transcript.startOf(Number(word[1])) : null;
}

function followAddress() {
  const time = timeInAddress();
  if (time !== null) {
    goTo(time, { bring: true });
    return;
  }
  const target = location.hash.length > 1 ? byId(decodeURIComponent(location.hash.slice(1))) : null;
  const folded = target?.closest("details:not([open])");
  if (folded instanceof HTMLDetailsElement) {
    folded.open = true;
    target?.scrollIntoView();
  }
}

/** The page was loaded anew to show what is new: all stands where it stood, and is silent.
 * @param {import("../place.js").Place} place */
function comeBack(place) {
  const { speed: wanted, response, seconds, answered } = place.more;
  const player = playerOf(response ?? undefined);
  setSpeed(wanted);
  if (player) {
    player.seek(seconds);
    current = player;
    transcript?.markSpoken(player.response, seconds);
  }
  goToPlace(place);
  pointTo(answered);
}

/**
 * @param {number} time
 * @param {boolean} bring
 */
function playFrom(time, bring = false) {
  history.replaceState(null, "", `#t=${time.toFixed(2)}`);
  goTo(time, { play: true, bring });
}

/** A time in the transcript or beside a reviewer's evidence plays from there. @param {MouseEvent} event */
function clickedTime(event) {
  const link = /** @type {Element} */ (event.target).closest('a[href^="#t="]');
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    const time = Number(/** @type {HTMLAnchorElement} */ (link).hash.slice(3));
    playFrom(time, link.closest("#transcript") === null);
  }
}

// -- search -----------------------------------------------------------------------------------

/** @param {Transcript} shown */
function prepareSearch(shown) {
  const input = /** @type {HTMLInputElement} */ (byId("find"));
  const count = /** @type {HTMLElement} */ (byId("find-count"));
  const buttons = /** @type {HTMLButtonElement[]} */ ([
    ...document.querySelectorAll("[data-find]"),
  ]);
  let timer = 0;

  const tell = () => {
    const none = input.value.trim() ? gettext("No hit") : "";
    const place = { hit: shown.hit + 1, count: shown.hits.length };
    count.textContent = place.count ? fill(gettext("%(hit)s of %(count)s"), place) : none;
    for (const button of buttons) {
      button.disabled = !shown.hits.length;
    }
  };
  const search = () => {
    clearTimeout(timer);
    timer = 0;
    shown.find(input.value);
    tell();
  };
  /** @param {number} direction */
  const go = (direction) => {
    shown.goToHit(shown.hit + direction);
    tell();
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 150);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      if (timer) {
        search();
      } else {
        go(event.shiftKey ? -1 : 1);
      }
    }
  });
  for (const button of buttons) {
    button.addEventListener("click", () => {
      if (button.dataset.find === "play") {
        shown.choose(shown.hits[shown.hit].first);
      } else {
        go(button.dataset.find === "previous" ? -1 : 1);
      }
    });
  }
  const tools = document.querySelector(".transcript-tools");
  tools?.removeAttribute("hidden");
  const box = /** @type {HTMLInputElement | null} */ (byId("follow"));
  box?.addEventListener("change", () => (shown.follow = box.checked));
}

// -- keys -------------------------------------------------------------------------------------

/** @type {Record<string, (player: Player) => void>} */
const KEYS = {
  " ": (player) => player.toggle(),
  ArrowLeft: (player) => player.step(-1),
  ArrowRight: (player) => player.step(1),
  "<": (player) => setSpeed(player.nextSpeed(-1)),
  ">": (player) => setSpeed(player.nextSpeed(1)),
};

/** @param {KeyboardEvent} event */
function pressed(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  const action = KEYS[event.key];
  const switched = /** @type {HTMLInputElement | null} */ (byId("shortcuts"));
  const player = current ?? playerOf(places.keys().next().value);
  if (!action || !player || event.ctrlKey || event.altKey || event.metaKey) {
    return;
  }
  const isPosition = target.matches(".player-seek");
  // The position belongs to its player whatever the box says; fields keep their own keys.
  if (!isPosition) {
    if (switched && !switched.checked) {
      return;
    }
    if (target.closest("input, select, textarea, [contenteditable]")) {
      return;
    }
    if (event.key === " " && target.closest("a, button, summary")) {
      return;
    }
  }
  event.preventDefault();
  action(player);
}

watchPlayers();
makePlayers();
if (transcript) {
  prepareSearch(transcript);
  transcript.addEventListener("choose", (event) => {
    playFrom(/** @type {CustomEvent<number>} */ (event).detail);
  });
}
document.addEventListener("keydown", pressed);
document.addEventListener("click", clickedTime);
window.addEventListener("hashchange", followAddress);
for (const name of ["wheel", "touchmove", "pointerdown", "keydown"]) {
  document.addEventListener(name, () => (bringing += 1), { passive: true });
}
const place = takePlace();
if (place) {
  comeBack(place);
} else {
  followAddress();
}
followInterview({
  keep: () => ({ speed, response: current?.response ?? null, seconds: current?.time ?? 0 }),
});
