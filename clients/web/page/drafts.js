import { tabStorage } from "./storage.js";

/** @import { TabStorage } from "./storage.js" */

/**
 * What was begun and not sent, by user and conversation. It is kept as the token is, for this tab
 * and over a reload, until the user signs out.
 */
export class Drafts {
  #prefix;
  #outbox;
  #storage;

  /**
   * @param {string} address the service's
   * @param {TabStorage} [storage]
   */
  constructor(address, storage = tabStorage()) {
    this.#prefix = `parley-draft ${address}`;
    this.#outbox = `parley-outbox ${address}`;
    this.#storage = storage;
  }

  /**
   * @param {string} userId
   * @param {string} conversationId
   */
  read(userId, conversationId) {
    return this.#storage.getItem(this.#key(userId, conversationId)) ?? "";
  }

  /**
   * @param {string} userId
   * @param {string} conversationId
   * @param {string} text
   */
  write(userId, conversationId, text) {
    const key = this.#key(userId, conversationId);
    try {
      if (text) this.#storage.setItem(key, text);
      else this.#storage.removeItem(key);
    } catch {
      // The storage is full: the text is in its field, and lost with the page only.
    }
  }

  /** Also what the client keeps until it is sent. */
  forgetAll() {
    const keys = Array.from({ length: this.#storage.length }, (_, index) =>
      this.#storage.key(index),
    );
    const prefixes = [`${this.#prefix} `, `${this.#outbox} `];
    const isOurs = (/** @type {string | null} */ key) => prefixes.some((it) => key?.startsWith(it));
    for (const key of keys) if (key && isOurs(key)) this.#storage.removeItem(key);
  }

  /**
   * @param {string} userId
   * @param {string} conversationId
   */
  #key(userId, conversationId) {
    return `${this.#prefix} ${userId} ${conversationId}`;
  }
}
