import { dayAndTime } from "./dates.js";
import { wordedProblem } from "./problem-wording.js";
import { hasWords, words } from "./words/index.js";

/**
 * Why something failed, in the language of the page.
 * @param {unknown} error
 */
export function problemText(error) {
  return wordedProblem(error, { words, hasWords, dayAndTime });
}
