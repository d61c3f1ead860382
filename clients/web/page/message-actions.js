import { hashOf } from "./address.js";
import { profiles } from "./finding/profiles.js";
import { reactionPicker } from "./reactions.js";
import { plainText } from "./text/plain.js";
import { words } from "./words/index.js";

/** @import { Message, User } from "../src/index.js" */
/** @import { Entry } from "./entry.js" */
/** @import { Item, Menu } from "./menu.js" */

/**
 * @typedef {{
 *   onReact: (message: Message, reaction: string) => void,
 *   onPickReaction: (message: Message, button: HTMLElement) => void,
 *   onReply: (message: Message) => void,
 *   onEdit: (message: Message) => void,
 *   onDelete: (message: Message) => void,
 *   onReport: (message: Message) => void,
 *   onReactors: (message: Message) => void,
 *   onMessage: (username: string) => void,
 *   onPin: (message: Message, isPinned: boolean) => void,
 *   isPinned: (message: Message) => boolean,
 * }} Choices
 */

/**
 * Shows what can be done with a message, in a menu at its button.
 * @param {Menu} menu
 * @param {HTMLElement} button
 * @param {Message} message
 * @param {{ me: User, entry: Entry }} where
 * @param {Choices} choices
 */
export function openActions(menu, button, message, { me, entry }, choices) {
  const isOwn = message.userId === me.userId;
  const isLeading = entry.role === "owner" || entry.role === "moderator";
  const isPinned = choices.isPinned(message);
  /** @type {Item[]} */
  const items = [
    { text: words("action.reply"), icon: "reply", act: () => choices.onReply(message) },
    { text: words("action.copy_link"), icon: "link", act: () => copyLink(message) },
  ];
  if (message.content) {
    const act = () => copyText(message);
    items.push({ text: words("action.copy_text"), icon: "copy", act });
  }
  items.push(
    isOwn
      ? { text: words("action.edit"), icon: "edit", act: () => choices.onEdit(message) }
      : { text: words("action.report"), icon: "alert", act: () => choices.onReport(message) },
  );
  if (message.reactions?.items.length) {
    const act = () => choices.onReactors(message);
    items.push({ text: words("reactions.who_reacted"), icon: "emoji", act });
  }
  if (!isOwn && entry.kind === "group") {
    const text = words("names.message", { name: profiles.nameOf(message) });
    items.push({ text, icon: "message", act: () => choices.onMessage(message.username) });
  }
  if (isLeading) {
    const text = words(isPinned ? "action.unpin" : "action.pin");
    items.push({ text, icon: "pin", act: () => choices.onPin(message, !isPinned) });
  }
  if (isOwn || isLeading) {
    const act = () => choices.onDelete(message);
    items.push({ text: words("action.delete"), icon: "trash", isDanger: true, act });
  }
  const picker = reactionPicker(
    (reaction) => {
      menu.close();
      choices.onReact(message, reaction);
    },
    () => {
      menu.close();
      choices.onPickReaction(message, button);
    },
  );
  menu.open(button, picker, items);
}

/**
 * As it is shown, without marks.
 * @param {Message} message
 */
function copyText({ content }) {
  void navigator.clipboard?.writeText(plainText(content));
}

/** @param {Message} message */
function copyLink({ conversationId, messageId }) {
  const link = new URL(location.href);
  link.hash = hashOf(conversationId, messageId);
  void navigator.clipboard?.writeText(link.href);
}
