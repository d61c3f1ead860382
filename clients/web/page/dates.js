import { daysBetween, formatsFor } from "./date-formats.js";
import { words } from "./words/index.js";

const page = globalThis.document;
const { time, weekday, date, longDate, shortDate, full, ...others } = formatsFor(
  page ? navigator.languages : [],
  page?.documentElement.lang || "en",
);

/** @param {Date} at */
export function timeOf(at) {
  return time(at);
}

/**
 * A time within the next days.
 * @param {Date} at
 */
export function dayAndTime(at) {
  return others.dayAndTime(at);
}

/**
 * The weekday, the date and the time with seconds.
 * @param {Date} at
 */
export function fullDate(at) {
  return full(at);
}

/**
 * The day and the year.
 * @param {Date} at
 */
export function dayText(at) {
  return longDate(at);
}

/**
 * What stands above the messages of a day.
 * @param {Date} at
 * @param {Date} now
 */
export function dayName(at, now) {
  const ago = daysBetween(at, now);
  if (ago === 0) return words("dates.today");
  if (ago === 1) return words("dates.yesterday");
  return at.getFullYear() === now.getFullYear() ? date(at) : longDate(at);
}

/**
 * When something happened, in as few characters as will do.
 * @param {Date} at
 * @param {Date} now
 */
export function briefly(at, now) {
  const ago = daysBetween(at, now);
  if (ago === 0) return time(at);
  if (ago === 1) return words("dates.yesterday");
  if (ago < 7) return weekday(at);
  return at.getFullYear() === now.getFullYear() ? shortDate(at) : longDate(at);
}
