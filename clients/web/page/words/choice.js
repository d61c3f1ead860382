import { element } from "../dom.js";
import { chooseLanguage, chosenLanguage } from "./chosen.js";
import { words } from "./index.js";
import { LANGUAGES, languageOf } from "./languages.js";

/** The fields in which a person chooses the language of the web app, which is loaded again then. */
export function languageFields() {
  /** @type {NodeListOf<HTMLSelectElement>} */
  const fields = document.querySelectorAll("select[data-language]");
  for (const field of fields) {
    field.replaceChildren(...optionElements());
    field.value = chosenLanguage() ?? "";
    field.addEventListener("change", () => {
      chooseLanguage(languageOf(field.value));
      location.reload();
    });
  }
}

function optionElements() {
  const languages = Object.entries(LANGUAGES).map(([value, { name }]) =>
    element("option", { value, lang: value }, name),
  );
  return [element("option", { value: "" }, words("language.browser")), ...languages];
}
