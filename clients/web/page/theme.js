import { chosenLanguage } from "./words/chosen.js";
import { LANGUAGES, languageOf, localeFor } from "./words/languages.js";

// Runs before the first paint, so that the page never shows in the wrong colours or direction. A
// classic script, because a module would run too late.

try {
  const theme = localStorage.getItem("parley-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme;
} catch {
  // Storage is switched off: then the colours are those of the system.
}
const locale = localeFor(chosenLanguage(), navigator.languages);
document.documentElement.lang = locale;
document.documentElement.dir = LANGUAGES[languageOf(locale) ?? "en"].direction;
