import { element } from "../dom.js";
import { words } from "../words/index.js";
import { parse } from "./blocks.js";
import { isEmojiOnly } from "./emoji-only.js";
import { nodesOf } from "./render.js";
import { beginningOfLong } from "./shorten.js";

/** @import { Acts } from "../message.js" */
/** @import { MessageRow } from "../rows.js" */
/** @import { Block } from "./blocks.js" */

/** @type {Set<string>} the long messages that the user opened, by the keys of their rows */
const opened = new Set();

/**
 * What a message says. A long one is shown in part, with a button that shows the rest.
 * @param {MessageRow} row
 * @param {Acts} acts
 */
export function contentElement({ key, message, stored }, { me, isName }) {
  const { username, userId } = me();
  const blocks = parse(message.content, (name) => isName(name));
  const isForMe = stored?.mentions?.some((id) => id === userId || id === "*");
  const kinds = ["content"];
  if (isForMe && stored?.userId !== userId) kinds.push("for-me");
  if (isEmojiOnly(message.content)) kinds.push("emoji-only");
  const beginning = beginningOfLong(message.content, blocks);
  const content = element("div", { class: kinds.join(" ") });
  if (beginning) fold(content, key, { whole: blocks, beginning }, username);
  else content.append(...nodesOf(blocks, username));
  return content;
}

/**
 * @param {HTMLElement} content
 * @param {string} key
 * @param {{ whole: Block[], beginning: Block[] }} parts
 * @param {string} me
 */
function fold(content, key, { whole, beginning }, me) {
  const button = element("button", { class: "quiet fold", type: "button" });
  const show = () => {
    const isOpen = opened.has(key);
    button.textContent = words(isOpen ? "message.show_less" : "message.show_more");
    button.setAttribute("aria-expanded", String(isOpen));
    while (button.previousSibling) button.previousSibling.remove();
    button.before(...nodesOf(isOpen ? whole : beginning, me));
  };
  button.addEventListener("click", () => {
    if (!opened.delete(key)) opened.add(key);
    show();
    // What has the focus stays in view.
    button.scrollIntoView({ block: "nearest" });
  });
  content.append(button);
  show();
}
