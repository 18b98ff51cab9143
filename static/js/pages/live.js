// @ts-check
// The page of running interviews: rows follow the feed, times tick.

import { LiveFeed } from "../live-feed.js";
import { ago, connectionOf, doingOf, say } from "../signs.js";
import { fill, gettext } from "../texts.js";

const MOST_EVENTS = 100;
const OVER = new Set(["completed", "abandoned"]);

const page = /** @type {HTMLElement} */ (document.querySelector("[data-live]"));
const rows = part(page, "rows");
const state = part(document, "state");
const list = part(document, "events");
/** @type {Map<string, any>} the interviews shown, by session id */
const shown = new Map();
let ahead = 0; // how much this computer's clock is ahead of the server's, milliseconds

/** @param {ParentNode} parent @param {string} name @returns {HTMLElement} */
function part(parent, name) {
  return /** @type {HTMLElement} */ (parent.querySelector(`[data-${name}]`));
}

const now = () => Date.now() - ahead;

const HAPPENED = {
  created: gettext("The interview was created."),
  asked: gettext("Questions were asked."),
  answered: gettext("Question %(index)s was answered."),
  completed: gettext("The interview was completed."),
  abandoned: gettext("The interview was marked abandoned."),
  resumed: gettext("The interview goes on."),
  transcribed: gettext("A transcript was saved."),
  scored: gettext("Feedback was saved."),
};

/** @param {number} ms */
function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours, minutes, rest] = parts;
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** What changes with time alone. @param {HTMLElement} row @param {any} interview */
function tick(row, interview) {
  const [kind, words] = connectionOf(interview.presence, now());
  const badge = part(row, "connection");
  badge.className = `badge ${kind}`.trim();
  say(badge, words);
  say(part(row, "doing"), doingOf(interview.presence, now()));
  const begun = Date.parse(interview.startTime ?? interview.createdAt);
  say(part(row, "elapsed"), clock(now() - begun));
  say(part(row, "sign"), ago(now() - Date.parse(interview.lastSign)));
}

/** @param {any} interview */
function show(interview) {
  const id = interview.sessionId;
  if (OVER.has(interview.status)) {
    remove(id);
    return;
  }
  let row = rowOf(id);
  if (!row) {
    const template = /** @type {HTMLTemplateElement} */ (page.querySelector("template[data-row]"));
    row = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    row.dataset.session = id;
    rows.prepend(row);
  }
  const before = shown.get(id);
  if (before && before.lastSign > interview.lastSign) interview.lastSign = before.lastSign;
  shown.set(id, interview);
  const person = /** @type {HTMLAnchorElement} */ (part(row, "person"));
  say(person, interview.userEmail);
  person.href = (page.dataset.record ?? "").replace("SESSION", encodeURIComponent(id));
  say(part(row, "role"), interview.role);
  const { answered, total } = interview.progress;
  say(part(row, "answered"), fill(gettext("%(answered)s of %(total)s"), { answered, total }));
  const meter = /** @type {HTMLMeterElement} */ (part(row, "meter"));
  meter.max = total || 1;
  meter.value = answered;
  const index = interview.presence?.questionIndex;
  say(part(row, "question"), index === null || index === undefined ? "–" : String(index + 1));
  tick(row, interview);
}

/** @param {string} id */
function rowOf(id) {
  return /** @type {HTMLElement | null} */ (
    rows.querySelector(`[data-session="${CSS.escape(id)}"]`)
  );
}

/** @param {string} id */
function remove(id) {
  shown.delete(id);
  rowOf(id)?.remove();
}

function showWhetherEmpty() {
  const isEmpty = shown.size === 0;
  part(page, "table").hidden = isEmpty;
  part(page, "empty").hidden = !isEmpty;
}

/** @param {any} event */
function tell(event) {
  const interview = event.interview ?? shown.get(event.sessionId);
  const item = document.createElement("li");
  const time = document.createElement("time");
  time.dateTime = event.at;
  time.textContent = new Date(event.at).toLocaleTimeString(document.documentElement.lang);
  const person = document.createElement("a");
  person.href = (page.dataset.record ?? "").replace("SESSION", encodeURIComponent(event.sessionId));
  person.textContent = interview?.userEmail ?? event.sessionId;
  const words = document.createElement("span");
  const text = HAPPENED[/** @type {keyof typeof HAPPENED} */ (event.kind)] ?? event.kind;
  words.textContent = fill(text, { index: (event.data.questionIndex ?? -1) + 1 });
  item.dataset.place = event.place;
  item.append(time, person, words);
  list.prepend(item);
  while (list.children.length > MOST_EVENTS) list.lastElementChild?.remove();
  part(document, "no-events").hidden = true;
}

const feed = new LiveFeed(page.dataset.feed ?? "");

feed.addEventListener("all", (/** @type {any} */ { detail }) => {
  ahead = Date.now() - Date.parse(detail.serverTime);
  const running = new Set(detail.interviews.map((/** @type {any} */ one) => one.sessionId));
  for (const id of [...shown.keys()]) if (!running.has(id)) remove(id);
  for (const row of rows.querySelectorAll("[data-session]")) {
    if (!running.has(/** @type {HTMLElement} */ (row).dataset.session ?? "")) row.remove();
  }
  for (const one of [...detail.interviews].reverse()) show(one);
  const number = Math.max(detail.number, shown.size);
  const text = gettext("%(shown)s of %(number)s are shown.");
  say(part(page, "number"), number > shown.size ? fill(text, { shown: shown.size, number }) : "");
  showWhetherEmpty();
});

feed.addEventListener("event", (/** @type {any} */ { detail }) => {
  tell(detail);
  if (detail.interview) show(detail.interview);
  showWhetherEmpty();
});

feed.addEventListener("presence", (/** @type {any} */ { detail }) => {
  const interview = shown.get(detail.sessionId);
  if (!interview) return;
  const lastSign = detail.presence.seenAt;
  show({ ...interview, presence: detail.presence, lastSign });
});

feed.addEventListener("state", (/** @type {any} */ { detail }) => {
  const words = {
    stream: gettext("Live: what happens appears at once."),
    poll: gettext("What happens appears within seconds."),
    waiting: gettext("No connection just now; trying again."),
    refused: gettext("Your login has ended; sign in and load this page again."),
  };
  state.dataset.state = detail.state;
  say(state, words[/** @type {keyof typeof words} */ (detail.state)]);
});

setInterval(() => {
  for (const [id, interview] of shown) {
    const row = rowOf(id);
    if (row) tick(row, interview);
  }
}, 1_000);
feed.run();
