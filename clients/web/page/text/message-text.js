import { element } from "../dom.js";
import { parse } from "./blocks.js";
import { isEmojiOnly } from "./emoji-only.js";
import { nodesOf } from "./render.js";
import { beginningOfLong } from "./shorten.js";

/** @import { Block } from "./blocks.js" */

/**
 * @typedef {{
 *   key: string,
 *   me: string,
 *   isName: (name: string) => boolean,
 *   isForMe: boolean,
 *   words: (key: "message.show_more" | "message.show_less") => string,
 * }} About the key of its row, the reader's name, and whether it mentions the reader
 */

/** @type {Set<string>} the long messages that the user opened, by the keys of their rows */
const opened = new Set();

/**
 * What a message says. A long one is shown in part, with a button that shows the rest.
 * @param {string} text
 * @param {About} about
 */
export function messageText(text, about) {
  const blocks = parse(text, about.isName);
  const kinds = ["content"];
  if (about.isForMe) kinds.push("for-me");
  if (isEmojiOnly(text)) kinds.push("emoji-only");
  const beginning = beginningOfLong(text, blocks);
  const content = element("div", { class: kinds.join(" ") });
  if (beginning) fold(content, { whole: blocks, beginning }, about);
  else content.append(...nodesOf(blocks, about.me));
  return content;
}

/**
 * @param {HTMLElement} content
 * @param {{ whole: Block[], beginning: Block[] }} parts
 * @param {About} about
 */
function fold(content, { whole, beginning }, { key, me, words }) {
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
