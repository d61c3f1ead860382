/** The languages of the web app, and which of them a person reads. */

/** @typedef {"en" | "de" | "ar"} Language */

/** By their own names, with the direction in which they are written. */
export const LANGUAGES = Object.freeze({
  en: { name: "English", direction: "ltr" },
  de: { name: "Deutsch", direction: "ltr" },
  ar: { name: "العربية", direction: "rtl" },
});

/**
 * The language of a locale such as `de-AT`; null if the web app does not have it.
 * @param {string} locale
 * @returns {Language | null}
 */
export function languageOf(locale) {
  const [language = ""] = locale.toLowerCase().split("-");
  return Object.hasOwn(LANGUAGES, language) ? /** @type {Language} */ (language) : null;
}

/**
 * The locale to show the web app in: of the chosen language, or else of the first one of the person's
 * locales that the web app has. Its region decides about dates and numbers.
 * @param {Language | null} chosen
 * @param {readonly string[]} locales as the browser has them, the preferred one first
 * @returns {string}
 */
export function localeFor(chosen, locales) {
  const isFit = (/** @type {string} */ locale) =>
    chosen ? languageOf(locale) === chosen : languageOf(locale) !== null;
  return locales.find(isFit) ?? chosen ?? "en";
}
