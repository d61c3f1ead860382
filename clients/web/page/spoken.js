import { hiddenText } from "./dom.js";
import { hiddenView } from "./views.js";
import { wordsAround } from "./words/index.js";

/** @import { VNode } from "preact" */
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

/**
 * The same for Preact.
 * @template {Key} Each
 * @param {Each} key
 * @param {Values<Each, Value | VNode>} values
 * @returns {VNode[]}
 */
export function hiddenAroundView(key, ...values) {
  return wordsAround(key, ...values).map((part) =>
    typeof part === "object" ? /** @type {VNode} */ (part) : hiddenView(String(part)),
  );
}
