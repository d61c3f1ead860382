import { nameOf } from "./directory.js";
import { byId, element } from "./dom.js";
import { summaryOf } from "./files.js";
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
      if (message.user_id === chat.user?.user_id) return;
      const text = this.#textOf(message, message.conversation_id === current());
      this.#say(message.message_id, text);
    });
    chat.on("message_changed", ({ message_id, deleted_at }) => {
      if (deleted_at) this.#forget(message_id);
    });
  }

  /**
   * @param {Message} message
   * @param {boolean} isHere
   */
  #textOf(message, isHere) {
    const { conversation_id, username: name } = message;
    if (isHere) return words("common.by", { name, text: summaryOf(message) });
    const entry = this.#directory.find(conversation_id);
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
