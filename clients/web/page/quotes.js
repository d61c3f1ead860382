/** @import { Chat, Message } from "../src/index.js" */

/** One request asks for so many messages at most. */
const MOST = 50;

/** The messages that others reply to, also those from before what is shown. */
export class Quotes {
  /** @type {Map<string, Message>} */
  #found = new Map();
  /** @type {Set<string>} what was asked for already */
  #asked = new Set();
  /** @type {Set<string>} what is to be asked for */
  #wanted = new Set();
  #chat;
  #onFound;

  /**
   * @param {Chat} chat
   * @param {() => void} onFound
   */
  constructor(chat, onFound) {
    this.#chat = chat;
    this.#onFound = onFound;
    // A quote shows what the message has become.
    chat.on("message_changed", ({ messageId }) => {
      if (!this.#found.delete(messageId)) return;
      this.#asked.delete(messageId);
      onFound();
    });
  }

  /**
   * The message with an id; one that is not here is asked for.
   * @param {string} conversationId
   * @param {string} messageId
   * @returns {Message | null}
   */
  of(conversationId, messageId) {
    const found = this.#found.get(messageId);
    if (!found && !this.#asked.has(messageId)) this.#want(conversationId, messageId);
    return found ?? null;
  }

  clear() {
    this.#found.clear();
    this.#asked.clear();
    this.#wanted.clear();
  }

  /**
   * Those that are wanted at one time are one request.
   * @param {string} conversationId
   * @param {string} messageId
   */
  #want(conversationId, messageId) {
    this.#asked.add(messageId);
    if (this.#wanted.size === 0) queueMicrotask(() => this.#ask(conversationId));
    this.#wanted.add(messageId);
  }

  /** @param {string} conversationId */
  async #ask(conversationId) {
    const ids = [...this.#wanted];
    this.#wanted.clear();
    for (let from = 0; from < ids.length; from += MOST) {
      try {
        const some = ids.slice(from, from + MOST);
        const messages = await this.#chat.getMessages(conversationId, some);
        for (const message of messages) this.#found.set(message.messageId, message);
        this.#onFound();
      } catch {
        // The quote stays without its text until the conversation is opened again.
      }
    }
  }
}
