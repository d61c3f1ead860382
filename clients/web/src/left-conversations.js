/** @import { Session } from "./session.js" */

/**
 * The conversations that the user is no longer a member of. A push may arrive late, so it does not
 * prove that the user is a member again; a later list or a successful request does.
 */
export class LeftConversations {
  /** @type {Map<string, number>} the last request made before the removal, by conversation */
  #gone = new Map();
  /** @type {Map<string, number>} the number under which the user was added last, by conversation */
  #addedAt = new Map();
  #session;

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
  }

  /** @param {string} conversationId */
  add(conversationId) {
    if (!this.has(conversationId)) this.#gone.set(conversationId, this.#session.lastRequest);
  }

  /** @param {string} conversationId */
  has(conversationId) {
    return this.#gone.has(conversationId);
  }

  /**
   * The user is a member again. A list that was requested before the removal proves nothing.
   * @param {string} conversationId
   * @param {number} request the list's; Infinity if the proof is not a list
   */
  end(conversationId, request = Infinity) {
    if (request > (this.#gone.get(conversationId) ?? 0)) this.#gone.delete(conversationId);
  }

  /**
   * The log of the conversation says that the user was added.
   * @param {string} conversationId
   * @param {number} seq
   */
  noteAdded(conversationId, seq) {
    this.#addedAt.set(conversationId, Math.max(seq, this.#addedAt.get(conversationId) ?? 0));
  }

  /**
   * Whether the user was added again after a removal, the push of which is late.
   * @param {string} conversationId
   * @param {number} seq the removal's
   */
  isOutdated(conversationId, seq) {
    return seq < (this.#addedAt.get(conversationId) ?? 0);
  }

  forgetAll() {
    this.#gone.clear();
    this.#addedAt.clear();
  }
}
