/** @import { Message } from "../src/index.js" */
/** @import { View } from "./view.js" */

/**
 * Whether the message is later than those that are loaded.
 * @param {string} messageId
 * @param {View} view
 */
export function isBeyond(messageId, { messages, hasLater }) {
  const seq = Number(messageId.slice(messageId.lastIndexOf(":") + 1));
  return hasLater && seq > (messages.at(-1)?.seq ?? 0);
}

/**
 * @param {readonly Message[]} messages
 * @param {number} seq
 */
export function lastUpTo(messages, seq) {
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index];
    if (message && message.seq <= seq) return message;
  }
  return null;
}
