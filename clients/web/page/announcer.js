import { nameOf } from "./entry.js";
import { byId, element } from "./dom.js";
import { summaryOf } from "./files.js";
import { profiles } from "./finding/profiles.js";
import { words } from "./words/index.js";

/** @import { Chat, Message } from "../src/index.js" */
/** @import { Directory } from "./directory.js" */

/** More than a screen reader has waiting; older ones have long been read out. */
const KEPT = 10;

/** Says aloud what comes in: each message by itself, also one like the message before. */
export class Announcer {
  #region = byId("announcer", HTMLDivElement);
  #directory;

  /**
   * @param {Chat} chat
   * @param {Directory} directory
   * @param {() => string | null} current the conversation that is open
   */
  constructor(chat, directory, current) {
    this.#directory = directory;
    chat.on("message", (message) => {
      if (message.userId === chat.user?.userId) return;
      const text = this.#textOf(message, message.conversationId === current());
      this.#say(message.messageId, text);
    });
    chat.on("message_changed", ({ messageId, deletedAt }) => {
      if (deletedAt) this.#forget(messageId);
    });
  }

  /**
   * @param {Message} message
   * @param {boolean} isHere
   */
  #textOf(message, isHere) {
    const { conversationId } = message;
    const name = profiles.nameOf(message);
    if (isHere) return words("common.by", { name, text: summaryOf(message) });
    const entry = this.#directory.find(conversationId);
    const conversation = entry ? nameOf(entry) : words("conversation.other");
    return words("message.wrote_in", { name, conversation });
  }

  /**
   * @param {string} messageId
   * @param {string} text
   */
  #say(messageId, text) {
    this.#region.append(element("p", { "data-id": messageId }, text));
    if (this.#region.childElementCount > KEPT) this.#region.firstElementChild?.remove();
  }

  /**
   * What was deleted is not found here either.
   * @param {string} messageId
   */
  #forget(messageId) {
    for (const said of this.#region.querySelectorAll("p")) {
      if (said.dataset["id"] === messageId) said.remove();
    }
  }
}
