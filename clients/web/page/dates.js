const LANGUAGE = "en";
const DAY = 86_400_000;

const time = new Intl.DateTimeFormat(LANGUAGE, {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const weekday = new Intl.DateTimeFormat(LANGUAGE, { weekday: "long" });
const date = new Intl.DateTimeFormat(LANGUAGE, { day: "numeric", month: "long", weekday: "long" });
const longDate = new Intl.DateTimeFormat(LANGUAGE, {
  day: "numeric",
  month: "long",
  year: "numeric",
});
const shortDate = new Intl.DateTimeFormat(LANGUAGE, { day: "numeric", month: "short" });

/** @param {Date} at */
export function timeOf(at) {
  return time.format(at);
}

/**
 * The same for two moments of one day where the reader is.
 * @param {Date} at
 */
export function dayKey(at) {
  return `${at.getFullYear()}-${at.getMonth() + 1}-${at.getDate()}`;
}

/**
 * What stands above the messages of a day.
 * @param {Date} at
 * @param {Date} now
 */
export function dayName(at, now) {
  const ago = daysBetween(at, now);
  if (ago === 0) return "Today";
  if (ago === 1) return "Yesterday";
  return at.getFullYear() === now.getFullYear() ? date.format(at) : longDate.format(at);
}

/**
 * When something happened, in as few characters as will do.
 * @param {Date} at
 * @param {Date} now
 */
export function briefly(at, now) {
  const ago = daysBetween(at, now);
  if (ago === 0) return timeOf(at);
  if (ago === 1) return "Yesterday";
  if (ago < 7) return weekday.format(at);
  return at.getFullYear() === now.getFullYear() ? shortDate.format(at) : longDate.format(at);
}

/**
 * @param {Date} from
 * @param {Date} to
 */
export function daysBetween(from, to) {
  const noon = (/** @type {Date} */ at) => new Date(at).setHours(12, 0, 0, 0);
  // Days have 23 to 25 hours.
  return Math.round((noon(to) - noon(from)) / DAY);
}
