import { firstFrom } from "./items.js";

/** @import { Message } from "../src/index.js" */
/** @import { View } from "./view.js" */

/** In numbers of the conversation: four pages. */
const FAR = 200;

/**
 * The number of a message, which its id ends with.
 * @param {string} messageId
 */
export function numberIn(messageId) {
  return Number(messageId.slice(messageId.lastIndexOf(":") + 1));
}

/**
 * Whether the message is later than those that are loaded.
 * @param {string} messageId
 * @param {View} view
 */
export function isBeyond(messageId, { messages, hasLater }) {
  return hasLater && numberIn(messageId) > (messages.at(-1)?.seq ?? 0);
}

/**
 * Whether the message is so far before those that are loaded that what lies between is left out.
 * @param {string} messageId
 * @param {View} view
 */
export function isFar(messageId, { messages }) {
  return numberIn(messageId) < (messages[0]?.seq ?? 0) - FAR;
}

/**
 * @param {readonly Message[]} messages
 * @param {number} seq
 */
export function lastUpTo(messages, seq) {
  return messages[firstFrom(messages, seq + 1) - 1] ?? null;
}

/**
 * @param {readonly Message[]} messages
 * @param {(message: Message) => boolean} holds
 */
export function lastWhere(messages, holds) {
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index];
    if (message && holds(message)) return message;
  }
  return null;
}
