/** @import { Chat, Message } from "../src/index.js" */

/** One request asks for so many messages at most. */
const MOST = 50;

/** The messages that others reply to, also those from before what is shown. */
export class Quotes {
  /** @type {Map<string, Message>} */
  #found = new Map();
  /** @type {Set<string>} what was asked for already */
  #asked = new Set();
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
    chat.on("message_changed", ({ message_id }) => {
      if (this.#found.delete(message_id)) this.#asked.delete(message_id);
    });
  }

  /**
   * Gives the messages that these reply to; asks for those that are not here.
   * @param {string} conversationId
   * @param {readonly Message[]} messages
   * @returns {(messageId: string) => Message | null}
   */
  of(conversationId, messages) {
    const wanted = new Set(messages.flatMap(({ reply_to }) => reply_to ?? []));
    const here = new Map();
    for (const message of messages) {
      if (wanted.has(message.message_id)) here.set(message.message_id, message);
    }
    const missing = [...wanted].filter((id) => !here.has(id) && !this.#asked.has(id));
    if (missing.length > 0) this.#ask(conversationId, missing.slice(0, MOST));
    return (id) => here.get(id) ?? this.#found.get(id) ?? null;
  }

  clear() {
    this.#found.clear();
    this.#asked.clear();
  }

  /**
   * @param {string} conversationId
   * @param {string[]} ids
   */
  async #ask(conversationId, ids) {
    for (const id of ids) this.#asked.add(id);
    try {
      const messages = await this.#chat.getMessages(conversationId, ids);
      for (const message of messages) this.#found.set(message.message_id, message);
      this.#onFound();
    } catch {
      // The quote stays without its text until the conversation is opened again.
    }
  }
}
