import { languageOf } from "./languages.js";

/** @import { Language } from "./languages.js" */

const KEY = "parley-language";

/** The language that was chosen in this browser; null if none was. */
export function chosenLanguage() {
  try {
    return languageOf(localStorage.getItem(KEY) ?? "");
  } catch {
    // Storage is switched off.
    return null;
  }
}

/** @param {Language | null} language null: the browser's */
export function chooseLanguage(language) {
  try {
    if (language) localStorage.setItem(KEY, language);
    else localStorage.removeItem(KEY);
  } catch {
    // Storage is switched off: the language stays that of the browser.
  }
}
