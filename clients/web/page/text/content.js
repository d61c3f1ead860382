import { element } from "../dom.js";
import { piecesOf } from "../mentions.js";

/** @import { Acts } from "../message.js" */
/** @import { MessageRow } from "../rows.js" */

/**
 * What a message says.
 * @param {MessageRow} row
 * @param {Acts} acts
 */
export function contentElement({ message, stored }, { me, isName }) {
  const { username, user_id } = me();
  const pieces = piecesOf(message.content, (name) => isName(name)).map(({ text, name }) =>
    name === null
      ? text
      : element("span", { class: name === username ? "mention me" : "mention" }, text),
  );
  const isForMe = stored?.mentions?.some((id) => id === user_id || id === "*");
  const kind = isForMe && stored?.user_id !== user_id ? "content for-me" : "content";
  return element("p", { class: kind, dir: "auto" }, ...pieces);
}
