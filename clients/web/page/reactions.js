import { h } from "preact";

import { element, hiddenText, icon } from "./dom.js";
import { profiles } from "./finding/profiles.js";
import { hiddenView } from "./views.js";
import { listText, words } from "./words/index.js";

/** @import { Chat, Message, User } from "../src/index.js" */

/** What most people react with. */
export const USUAL = ["👍", "❤️", "😂", "🎉", "😮", "😢"];

/**
 * The reactions below a message: a button each, which takes part in it or leaves it.
 * @param {Message | null} message
 * @param {User} me
 * @param {(message: Message, reaction: string) => void} onToggle
 */
export function reactionsView(message, me, onToggle) {
  const { items = [] } = message?.reactions ?? {};
  if (!message || message.deletedAt || items.length === 0) return null;
  return h(
    "div",
    { class: "reactions", role: "group", "aria-label": words("reactions.label") },
    ...items.map(({ reaction, count, users }) => {
      const isMine = users.includes(me.username);
      const names = whoOf(users, count, me.username);
      const attributes = {
        key: reaction,
        class: isMine ? "reaction mine" : "reaction",
        type: "button",
        title: listText(names),
        "aria-pressed": String(isMine),
        onclick: () => onToggle(message, reaction),
      };
      const seen = h("span", { "aria-hidden": "true" }, `${reaction} ${count}`);
      return h("button", attributes, seen, hiddenView(words("reactions.who", { reaction, names })));
    }),
  );
}

/**
 * @param {string[]} users the first of them
 * @param {number} count of all
 * @param {string} me
 */
function whoOf(users, count, me) {
  const names = users.map((name) =>
    name === me ? words("reactions.you") : profiles.nameOfUsername(name),
  );
  const more = count - names.length;
  return more > 0 ? [...names, words("reactions.more", { count: more })] : names;
}

/**
 * A row to choose a reaction from, with a button that leads to all others.
 * @param {(reaction: string) => void} onChoose
 * @param {() => void} onMore
 */
export function reactionPicker(onChoose, onMore) {
  const button = (/** @type {string} */ reaction) =>
    element(
      "button",
      { class: "pick", type: "button", onclick: () => onChoose(reaction) },
      element("span", { "aria-hidden": "true" }, reaction),
      hiddenText(words("reactions.react", { reaction })),
    );
  const more = element(
    "button",
    { class: "pick", type: "button", onclick: onMore },
    icon("plus"),
    hiddenText(words("reactions.another")),
  );
  return element("div", { class: "picker" }, ...USUAL.map(button), more);
}

/**
 * Adds the user's reaction to a message, or takes it back.
 * @param {Chat} chat
 * @param {Message} message
 * @param {string} reaction
 */
export async function toggleReaction(chat, message, reaction) {
  await chat.react(message, reaction, !(await hasReacted(chat, message, reaction)));
}

/**
 * A message shows the first three of those who reacted; the rest are asked for.
 * @param {Chat} chat
 * @param {Message} message
 * @param {string} reaction
 */
async function hasReacted(chat, message, reaction) {
  const me = chat.user;
  const item = message.reactions?.items.find((it) => it.reaction === reaction);
  if (!me || !item) return false;
  if (item.users.includes(me.username)) return true;
  if (item.count <= item.users.length) return false;
  for (let cursor; ;) {
    const options = { reaction, ...(cursor !== undefined && { cursor }) };
    const page = await chat.listReactions(message, options);
    if (page.items.some(({ userId }) => userId === me.userId)) return true;
    cursor = page.cursor;
    if (cursor === undefined) return false;
  }
}
