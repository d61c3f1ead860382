/** @import { Key } from "../page/words/translator.js" */

/** The messages of the web app that the element shows too. Its bundle has no others. */
export const KEYS = /** @type {const} */ ([
  "banner.connecting",
  "banner.label",
  "banner.offline",
  "banner.offline_later",
  "banner.try_now",
  "common.by",
  "common.try_again",
  "common.you",
  "composer.bytes",
  "composer.label",
  "composer.placeholder",
  "composer.send",
  "dates.today",
  "dates.yesterday",
  "files.download",
  "files.unnamed",
  "login.ask_password",
  "login.ask_username",
  "login.password",
  "login.sign_in",
  "login.signed_out",
  "login.signing_in",
  "login.title",
  "login.username",
  "message.deleted",
  "message.discard",
  "message.edited",
  "message.failed",
  "message.new",
  "message.not_sent",
  "message.sending",
  "message.show_less",
  "message.show_more",
  "room.begins",
  "room.empty",
  "room.latest",
  "room.loading",
  "room.many_new_messages",
  "room.many_typing",
  "room.messages",
  "room.new_messages",
  "room.typing",
  "room.unknown",
  "sidebar.sign_out",
  "sidebar.signed_in_as",
]);

/** @typedef {(typeof KEYS)[number] | Extract<Key, `problem.${string}`>} ElementKey */

/**
 * The messages of a language that the element has.
 * @template Message
 * @param {Readonly<Record<string, Message>>} words of the whole web app
 * @returns {Record<string, Message>}
 */
export function wordsOfElement(words) {
  const keys = new Set(/** @type {readonly string[]} */ (KEYS));
  const isOurs = (/** @type {string} */ key) => keys.has(key) || key.startsWith("problem.");
  return Object.fromEntries(Object.entries(words).filter(([key]) => isOurs(key)));
}
