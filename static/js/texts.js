// @ts-check
// The page's language for scripts. The page loads `texts/<language>.js`, Django's catalogue, before
// any module; without it (a page of another origin, a test) texts stay English.

/** @type {{gettext?: Function, ngettext?: Function, pgettext?: Function}} */
const catalogue = /** @type {any} */ (globalThis).django ?? {};

/** @param {string} text @returns {string} */
export const gettext = (text) => catalogue.gettext?.(text) ?? text;

/** @param {string} one @param {string} many @param {number} count @returns {string} */
export const ngettext = (one, many, count) =>
  catalogue.ngettext?.(one, many, count) ?? (count === 1 ? one : many);

/** A text that is translated by what it is about. @param {string} context @param {string} text
 * @returns {string} */
export const pgettext = (context, text) => catalogue.pgettext?.(context, text) ?? text;

/** Fills `%(name)s` in a text. @param {string} text @param {Record<string, string | number>} values
 * @returns {string} */
export const fill = (text, values) =>
  text.replace(/%\((\w+)\)s/g, (whole, name) => String(values[name] ?? whole));

const numbers = new Intl.NumberFormat(globalThis.document?.documentElement.lang || "en", {
  maximumFractionDigits: 2,
  useGrouping: false,
});

/** A number as the page's language writes it, with two places at most. @param {number} value
 * @returns {string} */
export const number = (value) => numbers.format(value);
