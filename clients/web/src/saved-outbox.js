import { ParleyError } from "./errors.js";

/** @import { Clock, TextStorage } from "./options.js" */
/** @import { Store } from "./store.js" */
/** @import { ErrorCode, Outgoing } from "./types.js" */

/**
 * A message as it is kept: when it was first sent, by the time of day, and why it failed, if so.
 * @typedef {Pick<Outgoing, "conversationId" | "clientMessageId" | "content" | "type" | "replyTo" | "mentions" | "attachments"> & {
 *   sentAt: number | null, failed?: { code: ErrorCode, message: string },
 * }} Saved
 */

/** The messages of each user that are not stored yet, kept where they outlive the page. */
export class SavedOutbox {
  #store;

  /** @param {Store} store */
  constructor(store) {
    this.#store = store;
  }

  /**
   * @param {string} userId
   * @param {TextStorage} [storage] another page's
   * @returns {Saved[]}
   */
  read(userId, storage) {
    const store = storage ? this.#store.in(storage) : this.#store;
    const saved = store.read("outbox", userId);
    return Array.isArray(saved) ? saved.filter(isSaved) : [];
  }

  /**
   * @param {string} userId
   * @param {Saved[]} messages
   */
  write(userId, messages) {
    if (messages.length === 0) return this.forget(userId);
    this.#store.write("outbox", userId, messages);
  }

  /** @param {string} userId */
  forget(userId) {
    this.#store.remove("outbox", userId);
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

/**
 * @param {Saved} saved
 * @param {Clock} clock
 * @returns {{ outgoing: Outgoing, since: number | null }} `since`: when it was first sent
 */
export function restored({ sentAt, failed, ...message }, clock) {
  const since = sentAt === null ? null : clock.monotonic() - Math.max(0, clock.now() - sentAt);
  if (!failed) return { outgoing: { ...message, state: "sending" }, since };
  const error = new ParleyError(failed.code, failed.message);
  return { outgoing: { ...message, state: "failed", error }, since };
}

/** @param {any} it an element of what the storage holds */
function isSaved(it) {
  const texts = [it?.conversationId, it?.clientMessageId, it?.content, it?.type];
  return texts.every((text) => typeof text === "string");
}
