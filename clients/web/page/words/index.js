import EN from "./en.js";
import { languageOf } from "./languages.js";
import { Translator } from "./translator.js";

/** @import { Key, Values, Value } from "./translator.js" */

/** Loaded if they are read. English is there from the beginning, since it stands in for the others. */
const LOADS = {
  en: async () => ({ default: EN }),
  de: () => import("./de.js"),
  ar: () => import("./ar.js"),
};

let translator = new Translator("en", EN);

/**
 * Loads the language of a locale. From then on all words are in it.
 * @param {string} locale
 * @throws if the language cannot be loaded; then the words stay as they are
 */
export async function useLocale(locale) {
  const { default: words } = await LOADS[languageOf(locale) ?? "en"]();
  translator = new Translator(locale, words);
}

/**
 * A message of the web app, in the language of the person.
 * @template {Key} Each
 * @param {Each} key
 * @param {Values<Each>} values what is filled in, by name; `count` chooses the plural form
 * @returns {string}
 */
export function words(key, ...values) {
  return translator.text(key, ...values);
}

/**
 * The same in pieces, with elements in the places of values.
 * @template {Key} Each
 * @template Part
 * @param {Each} key
 * @param {Values<Each, Value | Part>} values
 * @returns {(string | Part)[]}
 */
export function wordsAround(key, ...values) {
  return translator.parts(key, ...values);
}

/** @param {readonly string[]} items */
export function listText(items) {
  return translator.list(items);
}

/**
 * @param {number} value
 * @param {Intl.NumberFormatOptions} [options]
 */
export function numberText(value, options) {
  return translator.number(value, options);
}

/**
 * As `10 seconds` or `5 minutes`.
 * @param {number} value
 * @param {"second" | "minute"} unit
 */
export function durationText(value, unit) {
  return translator.number(value, { style: "unit", unit, unitDisplay: "long" });
}

/**
 * Whether there is a message of this key.
 * @param {string} key
 */
export function hasWords(key) {
  return Object.hasOwn(EN, key);
}

/** What the service worker needs to notify in this language while no tab is open. */
export function pushWords() {
  return translator.some("push.");
}
