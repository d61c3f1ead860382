/** @import { Chat, Message } from "../src/index.js" */

/** So long a deletion can be taken back. It is final once the service knows of it. */
const UNDO_MS = 5_000;

/** Deletions that are not made yet, so that they can be undone. */
export class Deletions {
  /** @type {Map<string, { message: Message, timer: number }>} by the message's id */
  #waiting = new Map();
  #chat;
  #onChange;
  #onError;

  /**
   * @param {Chat} chat
   * @param {{ onChange: () => void, onError: (error: unknown) => void }} listeners
   */
  constructor(chat, { onChange, onError }) {
    this.#chat = chat;
    this.#onChange = onChange;
    this.#onError = onError;
    // A person who closes the page has not undone it.
    window.addEventListener("pagehide", () => this.#makeAll());
  }

  /** @returns {ReadonlySet<string>} the ids of the messages */
  get waiting() {
    return new Set(this.#waiting.keys());
  }

  /** @param {Message} message */
  begin(message) {
    const timer = window.setTimeout(() => this.#make(message.messageId), UNDO_MS);
    this.#waiting.set(message.messageId, { message, timer });
    this.#onChange();
  }

  /** @param {string} messageId */
  undo(messageId) {
    clearTimeout(this.#waiting.get(messageId)?.timer);
    this.#waiting.delete(messageId);
    this.#onChange();
  }

  /** @param {string} messageId */
  async #make(messageId) {
    const { message, timer } = this.#waiting.get(messageId) ?? {};
    if (!message) return;
    clearTimeout(timer);
    try {
      await this.#chat.remove(message);
    } catch (error) {
      this.#onError(error);
    } finally {
      this.#waiting.delete(messageId);
      this.#onChange();
    }
  }

  #makeAll() {
    for (const id of this.#waiting.keys()) this.#make(id);
  }
}
