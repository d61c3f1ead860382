import { Fragment, h } from "preact";

import { Composer } from "./composer.js";
import { MessageList } from "./message-list.js";
import { SignInForm } from "./sign-in-form.js";
import { Spoken } from "./spoken.js";
import { statusView } from "./status.js";

/** @import { Profiles } from "../page/finding/profiles.js" */
/** @import { Chat, User } from "../src/index.js" */
/** @import { OpenConversation } from "./conversation.js" */
/** @import { Embed } from "./embed.js" */
/** @import { Texts } from "./texts.js" */

/**
 * What the views of an open conversation draw.
 * @typedef {{
 *   texts: Texts, chat: Chat, conversation: OpenConversation, profiles: Profiles, me: User,
 * }} Shown
 */

/** Of more people it is only said how many are typing. */
const MOST_NAMES = 3;

/**
 * All that the element shows.
 * @param {{ embed: Embed, texts: Texts, onSignOut: () => void }} shown
 */
export function elementView({ embed, texts, onSignOut }) {
  const { signIn } = embed;
  const attributes = { class: "chat", part: "chat", lang: texts.language, dir: texts.direction };
  return h(
    "div",
    attributes,
    signIn.isOwn && signIn.stage === "in" && accountView(embed, texts, onSignOut),
    statusView(embed, texts),
    embed.isFormWanted ? h(SignInForm, { embed, texts }) : conversationView(embed, texts),
  );
}

/**
 * @param {Embed} embed
 * @param {Texts} texts
 */
function conversationView({ conversation, chat, profiles }, texts) {
  if (!conversation) return null;
  const me = chat.user ?? { userId: "", username: "" };
  const shown = { texts, chat, conversation, profiles, me };
  return h(
    Fragment,
    { key: conversation.key },
    h(MessageList, { shown }),
    h("p", { class: "typing", part: "typing" }, typingText(shown)),
    h(Spoken, { shown }),
    !conversation.isClosed && h(Composer, { shown }),
  );
}

/** @param {Shown} shown */
function typingText({ texts, conversation, profiles }) {
  const { typing } = conversation.timeline;
  const { length: count } = typing;
  if (count === 0) return "";
  if (count > MOST_NAMES) return texts.text("room.many_typing", { count });
  return texts.text("room.typing", { count, names: typing.map((it) => profiles.nameOf(it)) });
}

/**
 * @param {Embed} embed
 * @param {Texts} texts
 * @param {() => void} onClick
 */
function accountView({ chat }, texts, onClick) {
  const name = chat.user?.username ?? "";
  const button = { type: "button", class: "quiet", part: "button", onClick };
  return h(
    "p",
    { class: "account", part: "account" },
    h("span", {}, texts.text("sidebar.signed_in_as", { name })),
    h("button", button, texts.text("sidebar.sign_out")),
  );
}
