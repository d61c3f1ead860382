import { keysIn } from "./storage.js";

/** @import { TabStorage } from "./storage.js" */

/** What was begun and not sent, by user and conversation, until the user signs out. */
export class Drafts {
  #prefix;
  #outbox;
  #storage;

  /**
   * @param {string} address the service's
   * @param {TabStorage} storage
   */
  constructor(address, storage) {
    this.#prefix = draftsOf(address);
    this.#outbox = outboxOf(address);
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
    const keys = [this.#prefix, this.#outbox].flatMap((it) => keysIn(this.#storage, it));
    for (const key of keys) this.#storage.removeItem(key);
  }

  /**
   * @param {string} userId
   * @param {string} conversationId
   */
  #key(userId, conversationId) {
    return `${this.#prefix}${userId} ${conversationId}`;
  }
}

/**
 * What the names of all drafts begin with.
 * @param {string} address the service's
 */
export function draftsOf(address) {
  return `parley-draft ${address} `;
}

/**
 * What the names begin with under which the client keeps what it has not sent yet.
 * @param {string} address the service's
 */
export function outboxOf(address) {
  return `parley-outbox ${address} `;
}

/**
 * Two drafts as one in which nothing is lost.
 * @param {string} own
 * @param {string} other
 */
export function joinedDraft(own, other) {
  if (own.includes(other)) return own;
  return other.includes(own) ? other : `${own}\n${other}`;
}
