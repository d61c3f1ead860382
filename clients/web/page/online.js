import { words } from "./words/index.js";

/** @import { Chat } from "../src/index.js" */

/**
 * Refuses what cannot be done now. Messages wait for the connection; what is asked for in a form
 * would come as a surprise later, and the form would wait without a word.
 * @param {Chat} chat
 */
export function requireOnline({ state }) {
  if (state !== "online") throw new Error(words("problem.offline"));
}
