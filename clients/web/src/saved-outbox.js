import { ParleyError } from "./errors.js";

/** @import { Outgoing, TextStorage } from "./types.js" */

/**
 * A message as it is kept: when it was first sent, by the time of day, and why it failed, if so.
 * @typedef {Pick<Outgoing, "conversationId" | "clientMessageId" | "content" | "type" | "replyTo" | "mentions" | "attachments"> & {
 *   sentAt: number | null, failed?: { code: string, message: string },
 * }} Saved
 */

/** The messages of each user that are not stored yet, kept where they outlive the page. */
export class SavedOutbox {
  #options;

  /**
   * @param {{ url: string, storage?: TextStorage | undefined, onFailed: (error: unknown) => void }}
   *   options `onFailed`: the storage threw an error
   */
  constructor(options) {
    this.#options = options;
  }

  /**
   * @param {string} userId
   * @returns {Saved[]}
   */
  read(userId) {
    const saved = this.#try((storage) => JSON.parse(storage.getItem(this.#key(userId)) ?? "[]"));
    return Array.isArray(saved) ? saved.filter(isSaved) : [];
  }

  /**
   * @param {string} userId
   * @param {Saved[]} messages
   */
  write(userId, messages) {
    if (messages.length === 0) return this.forget(userId);
    this.#try((storage) => storage.setItem(this.#key(userId), JSON.stringify(messages)));
  }

  /** @param {string} userId */
  forget(userId) {
    this.#try((storage) => storage.removeItem(this.#key(userId)));
  }

  /** @param {(storage: TextStorage) => any} use */
  #try(use) {
    const { storage, onFailed } = this.#options;
    try {
      return storage && use(storage);
    } catch (error) {
      onFailed(error);
    }
  }

  /** @param {string} userId */
  #key(userId) {
    return `parley-outbox ${this.#options.url} ${userId}`;
  }
}

/**
 * @param {Outgoing} outgoing
 * @param {number | null} sentAt
 * @returns {Saved}
 */
export function savedOf({ error, state: _, seq: __, ...content }, sentAt) {
  const message = { ...content, sentAt };
  if (!error) return message;
  const code = error instanceof ParleyError ? error.code : "internal";
  return { ...message, failed: { code, message: error.message } };
}

/** @param {any} it an element of what the storage holds */
function isSaved(it) {
  const texts = [it?.conversationId, it?.clientMessageId, it?.content, it?.type];
  return texts.every((text) => typeof text === "string");
}
