import { words, wordsAround } from "./index.js";

/** @import { PlainKey } from "./translator.js" */

/**
 * Writes the words into what the page was written with: into an element by its `data-words`, into
 * its attributes by `data-words-label` and `data-words-placeholder`. An element inside it that has a
 * `data-slot` comes where the message has a place of that name.
 * @param {ParentNode} root
 */
export function fill(root) {
  // What is inside comes first: it may stand in a message twice.
  for (const node of [...elementsOf(root, "[data-words]")].reverse()) {
    const pieces = wordsAround(hintIn(node), slotsOf(node));
    node.replaceChildren(...pieces.map(copied));
  }
  for (const node of elementsOf(root, "[data-words-label]")) {
    node.setAttribute("aria-label", words(keyIn(node, "wordsLabel")));
  }
  for (const node of elementsOf(root, "[data-words-placeholder]")) {
    node.setAttribute("placeholder", words(keyIn(node, "wordsPlaceholder")));
  }
}

/**
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {NodeListOf<HTMLElement>}
 */
function elementsOf(root, selector) {
  return root.querySelectorAll(selector);
}

/**
 * A test compares the keys and slots of the page with the words.
 * @param {HTMLElement} node
 */
function hintIn(node) {
  return /** @type {"composer.hint"} */ (node.dataset["words"]);
}

/**
 * @param {HTMLElement} node
 * @param {string} name
 */
function keyIn(node, name) {
  return /** @type {PlainKey} */ (node.dataset[name]);
}

/** @param {HTMLElement} node */
function slotsOf(node) {
  const slots = [...elementsOf(node, "[data-slot]")].map((slot) => [slot.dataset["slot"], slot]);
  return /** @type {{ enter: HTMLElement, shift: HTMLElement }} */ (Object.fromEntries(slots));
}

/** @param {string | Node} piece */
function copied(piece) {
  return typeof piece === "string" ? piece : piece.cloneNode(true);
}
