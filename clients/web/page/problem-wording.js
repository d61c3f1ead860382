import { ParleyError } from "../src/index.js";

/** @import { Key, Values } from "./words/translator.js" */

/**
 * @typedef {{
 *   words: <Each extends Key>(key: Each, ...values: Values<Each>) => string,
 *   hasWords: (key: string) => boolean,
 *   dayAndTime: (at: Date) => string,
 * }} Language
 */

/** The service names the user who does not exist by their place in a list. */
const OF_USERNAMES = /^(data\.)?(members|usernames)\[\d+\]$/;

/**
 * Why something failed, for the person who asked for it: by the error's code, and in the service's
 * own words where the code says less.
 * @param {unknown} error
 * @param {Language} language
 */
export function wordedProblem(error, { words, hasWords, dayAndTime }) {
  if (!(error instanceof ParleyError))
    return error instanceof Error ? error.message : String(error);
  const { code, message, data = {} } = error;
  const count = Math.ceil(error.retryAfterSeconds ?? 0);
  if (code === "too_many_attempts") return words("problem.too_many_attempts", { count });
  if (code === "rate_limited" && count) {
    return words(data.until ? "problem.slow_mode" : "problem.too_many", { count });
  }
  if (code === "muted" && data.until) {
    return words("problem.muted_until", { time: dayAndTime(new Date(data.until)) });
  }
  if (OF_USERNAMES.test(data.field ?? "")) return words("problem.no_such_user", { message });
  const key = `problem.${code}`;
  return hasWords(key) ? words(/** @type {"problem.conflict"} */ (key), { message }) : message;
}
