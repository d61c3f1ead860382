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
  const { username, user_id } = me();
  const isMentioned = stored?.mentions?.some((id) => id === user_id || id === "*");
  const isForMe = Boolean(isMentioned) && stored?.user_id !== user_id;
  return messageText(message.content, { key, me: username, isName, isForMe, words });
}
