import { words } from "../words/index.js";
import { messageText } from "./message-text.js";

/** @import { Acts } from "../message.js" */
/** @import { MessageRow } from "../rows.js" */

/**
 * What the message of a row says.
 * @param {MessageRow} row
 * @param {Acts} acts
 */
export function contentElement({ key, message, stored }, { me, isName }) {
  const { username, userId } = me();
  const isMentioned = stored?.mentions?.some((id) => id === userId || id === "*");
  const isForMe = Boolean(isMentioned) && stored?.userId !== userId;
  return messageText(message.content, { key, me: username, isName, isForMe, words });
}
