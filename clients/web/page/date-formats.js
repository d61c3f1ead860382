/** How dates and times are written, in any language and region. */

const DAY = 86_400_000;

/**
 * Dates and times as the reader writes them: in the page's language, in the order and with the hours
 * of the reader's region. So a page in English has 14:05 in Berlin and 2:05 PM in Boston.
 * @param {readonly string[]} languages the reader's, the preferred one first
 * @param {string} ofPage the language of the page's words
 */
export function formatsFor(languages, ofPage) {
  const locale = localeFor(languages[0] ?? ofPage, ofPage);
  /** @param {Intl.DateTimeFormatOptions} options */
  const format = (options) => {
    const formatter = new Intl.DateTimeFormat(locale, options);
    return (/** @type {Date} */ at) => formatter.format(at);
  };
  return {
    time: format({ timeStyle: "short" }),
    weekday: format({ weekday: "long" }),
    date: format({ day: "numeric", month: "long", weekday: "long" }),
    longDate: format({ day: "numeric", month: "long", year: "numeric" }),
    shortDate: format({ day: "numeric", month: "short" }),
    dayAndTime: format({ weekday: "short", hour: "numeric", minute: "2-digit" }),
    full: format({ dateStyle: "full", timeStyle: "medium" }),
  };
}

/**
 * @param {string} preferred
 * @param {string} ofPage
 */
function localeFor(preferred, ofPage) {
  try {
    const reader = new Intl.Locale(preferred);
    const { language } = new Intl.Locale(ofPage);
    if (reader.language === language) return preferred;
    const { region } = reader.maximize();
    return region ? `${language}-${region}` : ofPage;
  } catch {
    return ofPage;
  }
}

/**
 * The same for two moments of one day where the reader is.
 * @param {Date} at
 */
export function dayKey(at) {
  return `${at.getFullYear()}-${at.getMonth() + 1}-${at.getDate()}`;
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
