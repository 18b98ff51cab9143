// @ts-check
// The first two steps: what interview it is, and what its person agrees to.

import { fill, gettext, ngettext } from "../texts.js";
import { part, show, viewOf, write } from "./page.js";

/** @typedef {import("./terms.js").Invitation} Invitation */

/**
 * @typedef {object} Facts What the page says of itself.
 * @property {string} termsUrl
 * @property {string} forgetUrl
 * @property {string} workerUrl
 * @property {string} pageUrl
 * @property {string} consentVersion
 * @property {number} readingHours
 * @property {number} minutesAQuestion
 * @property {number} thinkingSeconds
 * @property {Record<string, {about: string, minutes: number}>} modes
 */

/**
 * @typedef {object} Choice What is asked for, in the words of create-session.
 * @property {string} userEmail
 * @property {string} role
 * @property {string} type
 * @property {string} difficulty
 * @property {number} duration minutes
 * @property {number} count questions
 */

const NAMES = /** @type {const} */ (["userEmail", "role", "type", "difficulty", "duration"]);

export class Start {
  /** @param {Facts} facts @param {() => void} agreed */
  constructor(facts, agreed) {
    this.facts = facts;
    this.view = viewOf("details");
    this.form = /** @type {HTMLFormElement} */ (part(this.view, "details-form"));
    this.agreeForm = /** @type {HTMLFormElement} */ (part(viewOf("agree"), "agree-form"));
    /** @type {Invitation | null} */
    this.invitation = null;
    /** @type {string | null} ISO 8601 */
    this.agreedAt = null;
    this.agreed = agreed;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.check()) {
        show("agree");
      }
    });
    this.form.addEventListener("input", (event) => {
      this.clear(/** @type {HTMLInputElement} */ (event.target));
      this.explain();
    });
    this.agreeForm.addEventListener("submit", (event) => {
      event.preventDefault();
      this.agree();
    });
    this.agreeForm.addEventListener("change", () => this.agreeError(""));
    this.field("type").addEventListener("change", () => this.proposeLength());
    this.explain();
  }

  /** @param {string} name @returns {HTMLInputElement | HTMLSelectElement} */
  field(name) {
    return /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name));
  }

  /** Take what an invitation has set out of the form and show it instead.
   * @param {Invitation | null} invitation */
  fix(invitation) {
    this.invitation = invitation;
    const list = part(this.view, "fixed-list");
    list.replaceChildren();
    for (const name of NAMES) {
      const value = invitation?.[name];
      const holder = /** @type {HTMLElement} */ (
        this.form.querySelector(`[data-name="${name}"]`)
      );
      holder.hidden = Boolean(value);
      if (value) {
        this.put(name, String(value));
        list.append(...this.fact(name, holder));
      }
    }
    if (invitation?.questionCount) {
      list.append(...pair(gettext("Questions"), String(invitation.questionCount)));
    }
    part(this.view, "fixed").hidden = list.childElementCount === 0;
    part(this.view, "note").hidden = !invitation?.note;
    write(part(this.view, "note-text"), invitation?.note ?? "");
    this.explain();
  }

  /** @param {string} name @param {string} value */
  put(name, value) {
    const field = this.field(name);
    if (field instanceof HTMLSelectElement && ![...field.options].some((o) => o.value === value)) {
      const words = fill(ngettext("%(count)s minute", "%(count)s minutes", Number(value)), {
        count: value,
      });
      field.append(new Option(words, value));
    }
    field.value = value;
  }

  /** @param {string} name @param {HTMLElement} holder */
  fact(name, holder) {
    const field = this.field(name);
    const value =
      field instanceof HTMLSelectElement
        ? (field.selectedOptions[0]?.textContent ?? field.value)
        : field.value;
    return pair(holder.querySelector("label")?.textContent ?? "", value);
  }

  /** Another kind of interview has another usual length. */
  proposeLength() {
    const usual = this.facts.modes[this.field("type").value]?.minutes;
    const field = /** @type {HTMLSelectElement} */ (this.field("duration"));
    if (usual && !this.invitation?.duration) {
      const nearest = [...field.options]
        .map((option) => Number(option.value))
        .sort((a, b) => Math.abs(a - usual) - Math.abs(b - usual))[0];
      field.value = String(nearest);
      this.explain();
    }
  }

  /** How many questions the length is good for. */
  get count() {
    const minutes = Number(this.field("duration").value);
    return (
      this.invitation?.questionCount ||
      Math.min(50, Math.max(1, Math.round(minutes / this.facts.minutesAQuestion)))
    );
  }

  explain() {
    const about = this.facts.modes[this.field("type").value]?.about ?? "";
    write(/** @type {Element} */ (this.form.querySelector("#type-help")), about);
    const words = ngettext("%(count)s question", "%(count)s questions", this.count);
    write(
      /** @type {Element} */ (this.form.querySelector("#duration-help")),
      fill(words, { count: this.count }),
    );
  }

  /** @param {HTMLInputElement} field */
  clear(field) {
    if (field.getAttribute("aria-invalid")) {
      this.complain(field, "");
    }
  }

  /** @param {HTMLInputElement | HTMLSelectElement} field @param {string} sentence */
  complain(field, sentence) {
    const place = this.form.querySelector(`#${field.id}-error`);
    if (place) {
      write(place, sentence);
    }
    if (sentence) {
      field.setAttribute("aria-invalid", "true");
    } else {
      field.removeAttribute("aria-invalid");
    }
  }

  /** Say at each field what is wrong; go to the first. */
  check() {
    const email = /** @type {HTMLInputElement} */ (this.field("userEmail"));
    const role = /** @type {HTMLInputElement} */ (this.field("role"));
    email.value = email.value.trim();
    role.value = role.value.trim();
    this.complain(
      email,
      email.value === ""
        ? gettext("Write your e-mail address.")
        : email.validity.valid
          ? ""
          : gettext("Write it as name@example.org."),
    );
    this.complain(role, role.value === "" ? gettext("Write for which role it is.") : "");
    const wrong = [email, role].find((field) => field.getAttribute("aria-invalid"));
    wrong?.focus();
    return !wrong;
  }

  /** Show the server's complaints of fields; whether any belongs to this step.
   * @param {Record<string, string[]>} fields */
  refuse(fields) {
    const found = NAMES.filter((name) => fields[name]);
    if (!found.length) {
      return false;
    }
    show("details");
    for (const name of found) {
      this.complain(this.field(name), fields[name]?.[0] ?? "");
    }
    this.field(/** @type {string} */ (found[0])).focus();
    return true;
  }

  agree() {
    const box = /** @type {HTMLInputElement} */ (this.agreeForm.elements.namedItem("agree"));
    if (!box.checked) {
      this.agreeError(
        gettext("Without your agreement there is no interview. Tick the box, or leave this page."),
      );
      box.focus();
      return;
    }
    this.agreedAt = new Date().toISOString();
    this.agreed();
  }

  /** @param {string} sentence */
  agreeError(sentence) {
    write(/** @type {Element} */ (this.agreeForm.querySelector("#agree-error")), sentence);
  }

  get consent() {
    return {
      version: this.facts.consentVersion,
      language: document.documentElement.lang,
      givenAt: this.agreedAt ?? new Date().toISOString(),
    };
  }

  /** @returns {Choice} */
  get choice() {
    return {
      userEmail: this.field("userEmail").value.trim(),
      role: this.field("role").value.trim(),
      type: this.field("type").value,
      difficulty: this.field("difficulty").value,
      duration: Number(this.field("duration").value),
      count: this.count,
    };
  }
}

/** @param {string} name @param {string} value */
function pair(name, value) {
  const group = document.createElement("div");
  const term = document.createElement("dt");
  const description = document.createElement("dd");
  term.textContent = name;
  description.textContent = value;
  group.append(term, description);
  return [group];
}
