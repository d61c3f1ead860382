import { daysBetween, formatsFor } from "../page/date-formats.js";
import { wordedProblem } from "../page/problem-wording.js";
import AR from "../page/words/ar.js";
import DE from "../page/words/de.js";
import EN from "../page/words/en.js";
import { LANGUAGES, languageOf, localeFor } from "../page/words/languages.js";
import { Translator } from "../page/words/translator.js";

/** @import { Key, Message, Values, Words } from "../page/words/translator.js" */
/** @import { ElementKey } from "./keys.js" */

/** @type {Record<keyof typeof LANGUAGES, Words>} */
const ALL = { en: EN, de: DE, ar: AR };

/** The words, dates and times of one element, in one language. */
export class Texts {
  #translator;
  #formats;

  /**
   * @param {string} language as an attribute `lang` names it; one that the element does not have is
   *   English, in dates too
   * @param {Partial<Record<Key, Message>>} own words that the page sets in place of ours
   * @param {readonly string[]} locales of the reader, the preferred one first
   */
  constructor(language, own, locales) {
    const known = languageOf(language) ?? "en";
    const locale = localeFor(known, [language, ...locales]);
    this.language = known;
    this.direction = LANGUAGES[known].direction;
    this.#translator = new Translator(locale, { ...ALL[known], ...own });
    this.#formats = formatsFor(locales, locale);
  }

  /**
   * @template {ElementKey} Each
   * @param {Each} key
   * @param {Values<Each>} values
   */
  text(key, ...values) {
    return this.#translator.text(key, ...values);
  }

  /** @param {unknown} error */
  problem(error) {
    return wordedProblem(error, {
      words: (key, ...values) => this.#translator.text(key, ...values),
      hasWords: (key) => Object.hasOwn(EN, key),
      dayAndTime: this.#formats.dayAndTime,
    });
  }

  /** @param {Date} at */
  time(at) {
    return this.#formats.time(at);
  }

  /** @param {Date} at */
  full(at) {
    return this.#formats.full(at);
  }

  /**
   * @param {Date} at
   * @param {Date} now
   */
  day(at, now) {
    const ago = daysBetween(at, now);
    if (ago === 0) return this.text("dates.today");
    if (ago === 1) return this.text("dates.yesterday");
    return at.getFullYear() === now.getFullYear()
      ? this.#formats.date(at)
      : this.#formats.longDate(at);
  }
}

/**
 * The language that an element is in, and the page around it.
 * @param {Element} element
 */
export function languageAround(element) {
  const around = element.closest("[lang]") ?? element.ownerDocument.documentElement;
  return around.getAttribute("lang") || navigator.language;
}
