// @ts-check
// All answers with their states, before the interview is finished.

import { fill, gettext, ngettext } from "../texts.js";
import { part, show, viewOf, write } from "./page.js";
import { answered, fillRows } from "./rows.js";

/** @typedef {import("../client/index.js").Interview} Interview */

export class AnswersView {
  constructor() {
    this.view = viewOf("answers");
  }

  /** @param {Interview} interview */
  open(interview) {
    this.update(interview);
    show("answers");
  }

  /** @param {Interview} interview */
  update(interview) {
    const total = interview.questions.length;
    const done = answered(interview);
    write(
      part(this.view, "answers-lead"),
      done === total
        ? ngettext("Your answer is there.", "All your answers are there.", total)
        : fill(
            ngettext(
              "%(done)s of %(total)s question is answered.",
              "%(done)s of %(total)s questions are answered.",
              total,
            ),
            { done, total },
          ),
    );
    fillRows(part(this.view, "answers-list"), interview, true);
    write(
      part(this.view, "to-question"),
      fill(gettext("Back to question %(number)s"), { number: interview.index + 1 }),
    );
  }
}
