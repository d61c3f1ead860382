import { LANGUAGES, languageOf } from "./languages.js";

/** @typedef {typeof import("./en.js").default} English */
/** @typedef {keyof English} Key */
/** @typedef {string | Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }} Message */
/** @typedef {Readonly<Record<Key, Message>>} Words */

/**
 * What stands in the braces of a text.
 * @template Text
 * @typedef {Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never} NamesIn
 */

/**
 * What a message is to be given. A list of names is written as a list.
 * @template {Key} Each
 * @typedef {English[Each] extends string ? NamesIn<English[Each]>
 *   : "count" | NamesIn<English[Each][keyof English[Each]]>} NamesOf
 */

/** @typedef {{ [Each in Key]: [NamesOf<Each>] extends [never] ? Each : never }[Key]} PlainKey a message that is given nothing */

/** @typedef {string | number | readonly string[]} Value */

/**
 * @template {Key} Each
 * @template {unknown} [Of=Value]
 * @typedef {[NamesOf<Each>] extends [never] ? []
 *   : [values: Readonly<Record<NamesOf<Each>, Of> & (English[Each] extends string ? {} : { count: number })>]} Values
 */

const PLACEHOLDER = /\{(\w+)\}/;
/** Letters that are written from right to left. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** What turns the direction of the text around it. */
const CONTROLS = /[\u202a-\u202e\u2066-\u2069]/gu;
const [ISOLATE, END_OF_ISOLATE] = ["\u2068", "\u2069"];

/** Messages in one language, with numbers and lists by the rules of one locale. */
export class Translator {
  #words;
  #isRightToLeft;
  #plurals;
  #lists;
  locale;

  /**
   * @param {string} locale
   * @param {Words} words
   */
  constructor(locale, words) {
    this.locale = locale;
    this.#words = words;
    this.#isRightToLeft = LANGUAGES[languageOf(locale) ?? "en"].direction === "rtl";
    this.#plurals = new Intl.PluralRules(locale);
    this.#lists = new Intl.ListFormat(locale);
  }

  /**
   * @template {Key} Each
   * @param {Each} key
   * @param {Values<Each>} values
   */
  text(key, ...values) {
    return this.parts(key, ...values).join("");
  }

  /**
   * The same in pieces, in which a value may be anything, such as an element.
   * @template {Key} Each
   * @template Part
   * @param {Each} key
   * @param {Values<Each, Value | Part>} values
   * @returns {(string | Part)[]}
   */
  parts(key, ...values) {
    const all = /** @type {Record<string, Value | Part>} */ (values[0] ?? {});
    // At the odd places stand the names of the placeholders.
    const pieces = this.#wordingOf(key, all["count"]).split(PLACEHOLDER);
    return pieces
      .map((piece, index) => (index % 2 ? this.#written(all[piece]) : piece))
      .filter((piece) => piece !== "");
  }

  /**
   * @param {readonly string[]} items
   * @returns as `a, b, and c`
   */
  list(items) {
    return this.#lists.format(items.map((item) => this.#isolated(item)));
  }

  /**
   * @param {number} value
   * @param {Intl.NumberFormatOptions} [options]
   */
  number(value, options) {
    return new Intl.NumberFormat(this.locale, options).format(value);
  }

  /**
   * The messages whose keys begin so, to make another translator of.
   * @param {string} prefix
   */
  some(prefix) {
    const some = Object.entries(this.#words).filter(([key]) => key.startsWith(prefix));
    return { locale: this.locale, words: Object.fromEntries(some) };
  }

  /**
   * @param {Key} key
   * @param {unknown} count
   */
  #wordingOf(key, count) {
    const message = this.#words[key];
    if (typeof message === "string") return message;
    return message[this.#plurals.select(Number(count))] ?? message.other;
  }

  /**
   * @template Part
   * @param {Value | Part | undefined} value
   */
  #written(value) {
    if (typeof value === "string") return this.#isolated(value);
    if (typeof value === "number") return this.number(value);
    return Array.isArray(value) ? this.list(value) : /** @type {Part} */ (value);
  }

  /**
   * A name or a title that is written in the other direction moves nothing of the sentence around it.
   * @param {string} text
   */
  #isolated(text) {
    if (!this.#isRightToLeft && !RIGHT_TO_LEFT.test(text)) return text.replace(CONTROLS, "");
    return ISOLATE + text.replace(CONTROLS, "") + END_OF_ISOLATE;
  }
}
