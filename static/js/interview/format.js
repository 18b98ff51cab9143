// @ts-check
// Times and lengths as people read them, in the page's language.

import { fill, gettext } from "../texts.js";

const language = () => document.documentElement.lang || "en";

/** Seconds as 0:05, 1:02:05. @param {number} seconds */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const rest = String(whole % 60).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${rest}`
    : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}

/** 14:05 @param {Date} moment */
export const timeOfDay = (moment) =>
  new Intl.DateTimeFormat(language(), { hour: "2-digit", minute: "2-digit" }).format(moment);

/** 22 Nov 2026, 14:05 @param {Date} moment */
export const when = (moment) =>
  new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short" }).format(moment);

/** A length in words: 42 s, 3 min 5 s. @param {number} seconds */
export function length(seconds) {
  const whole = Math.round(seconds);
  return whole < 60
    ? fill(gettext("%(seconds)s s"), { seconds: whole })
    : fill(gettext("%(minutes)s min %(seconds)s s"), {
        minutes: Math.floor(whole / 60),
        seconds: whole % 60,
      });
}
