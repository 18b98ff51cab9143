// @ts-check
// The list of answers: one row a question, with its state.

import { fill, gettext } from "../texts.js";
import { length } from "./format.js";
import { byId, part, write } from "./page.js";
import { hasContent, ofAnswer, tell } from "./states.js";

/** @typedef {import("../client/index.js").Interview} Interview */

/** Fill a list, or bring it up to date: rows that stand keep their focus.
 * @param {HTMLElement} list @param {Interview} interview
 * @param {boolean} canChange with a button that leads to the question */
export function fillRows(list, interview, canChange) {
  const template = /** @type {HTMLTemplateElement} */ (byId("answer-row"));
  while (list.childElementCount > interview.questions.length) {
    list.lastElementChild?.remove();
  }
  for (const question of interview.questions) {
    let row = list.children[question.index];
    if (!row) {
      list.append(template.content.cloneNode(true));
      row = /** @type {Element} */ (list.lastElementChild);
    }
    const answer = interview.answerOf(question.index);
    const number = question.index + 1;
    write(part(row, "row-question"), question.question);
    const said = ofAnswer(answer);
    const isEmpty = answer.state === "empty" && !answer.skipped;
    const parts = [isEmpty ? gettext("No answer") : said.text];
    if (answer.audio) {
      parts.push(fill(gettext("%(length)s of sound"), { length: length(answer.audio.duration) }));
    }
    tell(part(row, "row-state"), part(row, "row-text"), { ...said, text: parts.join(" · ") });
    const button = /** @type {HTMLButtonElement} */ (part(row, "row-button"));
    button.hidden = !canChange;
    button.dataset.do = "go-to";
    button.dataset.index = String(question.index);
    const has = hasContent(answer);
    write(button, has ? gettext("Change") : gettext("Answer"));
    button.setAttribute(
      "aria-label",
      has
        ? fill(gettext("Change answer %(number)s"), { number })
        : fill(gettext("Answer question %(number)s"), { number }),
    );
  }
}

/** How many questions have an answer. @param {Interview} interview */
export const answered = (interview) =>
  interview.questions.filter((one) => hasContent(interview.answerOf(one.index))).length;
