import { nameOf } from "./directory.js";
import { byId, element } from "./dom.js";
import { summaryOf } from "./files.js";

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
      const words = this.#wordsFor(message, message.conversation_id === current());
      this.#say(message.message_id, words);
    });
    chat.on("message_changed", ({ message_id, deleted_at }) => {
      if (deleted_at) this.#forget(message_id);
    });
  }

  /**
   * @param {Message} message
   * @param {boolean} isHere
   */
  #wordsFor(message, isHere) {
    const { conversation_id, username } = message;
    const entry = this.#directory.find(conversation_id);
    const where = entry ? nameOf(entry) : "another conversation";
    return isHere ? `${username}: ${summaryOf(message)}` : `${username} wrote in ${where}`;
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
