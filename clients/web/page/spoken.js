import { hiddenText } from "./dom.js";
import { wordsAround } from "./words/index.js";

/** @import { Key, Value, Values } from "./words/translator.js" */

/**
 * A message of which only the elements in it are seen, and all is heard.
 * @template {Key} Each
 * @param {Each} key
 * @param {Values<Each, Value | HTMLElement>} values
 * @returns {HTMLElement[]}
 */
export function hiddenAround(key, ...values) {
  return wordsAround(key, ...values).map((part) =>
    part instanceof HTMLElement ? part : hiddenText(String(part)),
  );
}
