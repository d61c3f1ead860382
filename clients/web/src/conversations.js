import { ParleyError } from "./errors.js";

/** @import { Abortable, Conversation, Frame, Member, MemberRemoved, MembersAdded } from "./types.js" */
/** @import { Session } from "./session.js" */
/** @import { LeftConversations } from "./left-conversations.js" */

/** Who talks with whom: section 4 of the protocol. */
export class Conversations {
  #session;
  #left;

  /**
   * @param {Session} session
   * @param {LeftConversations} left
   */
  constructor(session, left) {
    this.#session = session;
    this.#left = left;
  }

  /**
   * @param {Abortable & { kind?: "group" | "direct", title?: string, members: string[] }} options
   * @returns {Promise<Conversation>}
   */
  create({ kind = "group", title, members, signal }) {
    // Only a direct conversation is the same one when it is created again.
    const repeatable = kind === "direct";
    const data = { kind, title, members };
    return this.#ask({ type: "create_conversation", data }, { signal, repeatable });
  }

  /**
   * @param {string} conversationId
   * @param {string[]} usernames
   * @param {Abortable} [options]
   * @returns {Promise<MembersAdded>}
   */
  addMembers(conversationId, usernames, options) {
    const data = { members: usernames };
    return this.#ask({ type: "add_members", conversationId, data }, options);
  }

  /**
   * @param {string} conversationId
   * @param {string} username
   * @param {Abortable} [options]
   * @returns {Promise<MemberRemoved>}
   */
  removeMember(conversationId, username, { signal } = {}) {
    const frame = { type: "remove_member", conversationId, data: { username } };
    return this.#ask(frame, { signal, repeatable: false });
  }

  /**
   * @param {string} conversationId
   * @param {Abortable} [options]
   * @returns {Promise<MemberRemoved>}
   */
  leave(conversationId, { signal } = {}) {
    return this.#ask({ type: "leave_conversation", conversationId }, { signal, repeatable: false });
  }

  /**
   * @param {Abortable & { cursor?: string, limit?: number }} [options]
   * @returns {Promise<{ items: Conversation[], cursor?: string }>}
   */
  async list({ signal, ...data } = {}) {
    const page = await this.#ask({ type: "list_conversations", data }, { signal });
    const isThere = (/** @type {Conversation} */ it) => !this.#left.has(it.conversation_id);
    return { ...page, items: page.items.filter(isThere) };
  }

  /**
   * @param {string} conversationId
   * @param {Abortable & { cursor?: string, limit?: number }} [options]
   * @returns {Promise<{ items: Member[], cursor?: string }>}
   */
  listMembers(conversationId, { signal, ...data } = {}) {
    return this.#ask({ type: "list_members", conversationId, data }, { signal });
  }

  /**
   * @param {Frame} frame
   * @param {Abortable & { repeatable?: boolean }} [options]
   */
  async #ask(frame, options) {
    const reply = await this.#session.call(() => frame, options);
    if (!reply.data) throw new ParleyError("internal", "The service's answer carries no data.");
    return reply.data;
  }
}
