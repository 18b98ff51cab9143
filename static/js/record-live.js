// @ts-check
// The record page while its interview goes on: who is there and how far, and what has come that
// the page does not show yet. Nothing moves by itself; whoever wants to see it says so.

import { ApiError, InterviewApi } from "./client/api.js";
import { ProgressFeed } from "./client/events.js";
import { reloadInPlace } from "./place.js";
import { activityOf, ago, connectionOf, say } from "./signs.js";
import { fill, gettext, ngettext } from "./texts.js";

const ASK_EVERY_MS = 5_000;
const ASK_EVERY_MS_WHEN_OVER = 30_000;
const REFUSALS = new Set([401, 403, 404]);
const OVER = new Set(["completed", "abandoned"]);
const LATEST = new Set(["completed", "abandoned", "resumed"]);

/** @param {string} name @returns {HTMLElement} */
const part = (name) =>
  /** @type {HTMLElement} */ (document.querySelector(`[data-${name}]`));

/** What has come since the page was made, in words. */
class News {
  /** @param {Set<string>} kinds those that the page would show to this reader */
  constructor(kinds) {
    this.kinds = kinds;
    /** @type {Map<number, number>} question (from 1) by the answer's id */
    this.answers = new Map();
    this.questions = 0;
    this.hasTranscript = false;
    this.hasFeedback = false;
    this.move = "";
  }

  /** Whether an event is news. @param {{kind: string, data: any}} event */
  take({ kind, data }) {
    if (!this.kinds.has(kind)) return false;
    if (kind === "answered") {
      if (document.getElementById(`answer-${data.responseId}`)) return false;
      this.answers.set(data.responseId, data.questionIndex + 1);
    }
    if (kind === "asked") this.questions += data.added ?? 1;
    if (kind === "transcribed") this.hasTranscript = true;
    if (kind === "scored") this.hasFeedback = true;
    if (LATEST.has(kind)) this.move = kind;
    return true;
  }

  /** @returns {string} */
  get text() {
    const { answers, questions } = this;
    const moves = {
      completed: gettext("The interview was completed."),
      abandoned: gettext("The interview was marked abandoned."),
      resumed: gettext("The interview goes on."),
    };
    return [
      questions &&
        fill(ngettext("%(n)s new question.", "%(n)s new questions.", questions), { n: questions }),
      answers.size &&
        fill(ngettext("%(n)s new answer.", "%(n)s new answers.", answers.size), {
          n: answers.size,
        }),
      this.hasTranscript && gettext("A transcript is there."),
      this.hasFeedback && gettext("Feedback was saved."),
      moves[/** @type {keyof typeof moves} */ (this.move)],
    ]
      .filter(Boolean)
      .join(" ");
  }

  /** @returns {number[]} the questions (from 1) that were answered, in order */
  get answered() {
    return [...new Set(this.answers.values())].sort((one, other) => one - other);
  }
}

/**
 * Follow the interview of this page for as long as it is looked at.
 * @param {object} options
 * @param {() => any} options.keep what is to be there again after the page was loaded anew
 */
export function followInterview({ keep }) {
  const live = /** @type {HTMLElement | null} */ (document.querySelector("[data-live]"));
  if (!live) return;
  const api = new InterviewApi();
  const news = new News(new Set((live.dataset.tells ?? "").split(" ")));
  let after = Number(live.dataset.after);
  let status = live.dataset.statusNow ?? "";
  /** @type {import("./signs.js").Presence | null | undefined} undefined: not known yet */
  let presence;
  /** @type {ProgressFeed | null} */
  let feed = null;

  const tick = () => {
    if (presence === undefined || live.hidden) return;
    const now = api.serverNow() ?? Date.now();
    const [kind, words] = connectionOf(presence, now);
    const badge = part("connection");
    badge.className = `badge ${kind}`.trim();
    say(badge, words);
    say(part("doing"), activityOf(presence, now));
    const index = presence?.questionIndex;
    say(part("question"), index === null || index === undefined ? "–" : String(index + 1));
    say(part("unsent"), presence ? String(presence.unsent) : "–");
    say(part("sign"), presence ? ago(now - Date.parse(presence.seenAt)) : "–");
  };

  /** @param {string} now */
  const showStatus = (now) => {
    const badge = live.querySelector(`template[data-badge="${CSS.escape(now)}"]`);
    if (now === status || !(badge instanceof HTMLTemplateElement)) return;
    status = now;
    part("status").replaceChildren(badge.content.cloneNode(true));
    if (feed) feed.pollEvery = everyMs();
  };

  /** @param {{answered: number, total: number}} progress */
  const showProgress = ({ answered, total }) => {
    const place = part("answered");
    const text = ngettext(
      "%(answered)s of %(total)s question",
      "%(answered)s of %(total)s questions",
      total,
    );
    say(/** @type {Element} */ (place.querySelector("span")), fill(text, { answered, total }));
    const share = String(total ? (100 * answered) / total : 0);
    place.querySelector("rect")?.setAttribute("width", share);
    const label = fill(gettext("%(answered)s of %(total)s questions answered"), { answered, total });
    place.querySelector("svg")?.setAttribute("aria-label", label);
  };

  const everyMs = () => (OVER.has(status) ? ASK_EVERY_MS_WHEN_OVER : ASK_EVERY_MS);

  /** @param {boolean} isShown */
  const showNews = (isShown) => {
    part("news").classList.toggle("is-shown", isShown);
    for (const name of ["news-show", "news-close"]) part(name).hidden = !isShown;
    part("news-links").hidden = true;
    say(part("news-text"), isShown ? news.text : "");
  };

  /** @param {any} event */
  const take = (event) => {
    after = Math.max(after, event.id);
    const { kind, data } = event;
    if (data.answered !== undefined) showProgress(data);
    if (OVER.has(kind)) showStatus(kind);
    if (kind === "resumed" || (kind === "answered" && !data.late)) showStatus("active");
    if (news.take(event)) showNews(true);
  };

  /** @param {string} state */
  const showState = (state) => {
    const words = {
      stream: gettext("Live: what happens appears at once."),
      poll: gettext("What happens appears within seconds."),
      waiting: gettext("No connection just now; trying again."),
      refused: gettext("Your login has ended; sign in and load this page again."),
    };
    live.dataset.feedState = state;
    say(part("state"), words[/** @type {keyof typeof words} */ (state)]);
  };

  const begin = () => {
    const own = new ProgressFeed({
      api,
      sessionId: live.dataset.session ?? "",
      after,
      pollEvery: everyMs(),
    });
    /** @param {string} name @param {(detail: any) => void} act */
    const when = (name, act) =>
      own.addEventListener(name, (event) => act(/** @type {CustomEvent} */ (event).detail));
    when("event", take);
    when("snapshot", (now) => {
      presence = now.presence;
      showProgress(now.progress);
      showStatus(now.status);
      tick();
    });
    when("presence", (sign) => {
      presence = sign.presence;
      tick();
    });
    when("state", ({ state }) => {
      if (own === feed) showState(state);
    });
    when("problem", (problem) => {
      if (problem instanceof ApiError && REFUSALS.has(problem.status)) {
        own.stop();
        feed = null;
        showState("refused");
      }
    });
    feed = own.start();
  };

  // A page that nobody looks at asks nothing, and leaves no record of a look.
  const look = () => {
    if (document.hidden) {
      feed?.stop();
      feed = null;
    } else if (!feed && live.dataset.feedState !== "refused") {
      begin();
    }
  };

  part("news-show").addEventListener("click", () =>
    reloadInPlace({ ...keep(), answered: news.answered }),
  );
  part("news-close").addEventListener("click", () => showNews(false));
  document.addEventListener("visibilitychange", look);
  setInterval(tick, 1_000);
  look();
}

/** After the page was loaded anew: where the new answers are. @param {number[]} questions from 1 */
export function pointTo(questions) {
  const links = questions
    .filter((index) => document.getElementById(`question-${index}`))
    .map((index) => {
      const link = document.createElement("a");
      link.href = `#question-${index}`;
      link.textContent = String(index);
      return link;
    });
  if (!links.length) return;
  const place = part("news-links");
  const text = ngettext("New answer to question", "New answers to questions", links.length);
  place.replaceChildren(`${text} `, ...links.flatMap((one, n) => (n ? [", ", one] : [one])));
  place.hidden = false;
  part("news").classList.add("is-shown");
  const close = part("news-close");
  say(close, gettext("Close"));
  close.hidden = false;
  close.addEventListener("click", () => {
    part("news").classList.remove("is-shown");
    place.hidden = close.hidden = true;
  });
  // The button that was pressed is gone; the focus goes on from its place.
  links[0].focus({ preventScroll: true });
}
