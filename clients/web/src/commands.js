import { changesOf } from "./changes.js";
import { ParleyError } from "./errors.js";
import { checkContent } from "./frames.js";

/** @import { Abortable, Ban, Conversation, ConversationChanged, Frame, Member, MemberRemoved, MembersAdded, Message, MessageChanged, Notifications, NotificationsSet, Reactor, Role, Subscription } from "./types.js" */
/** @import { Session } from "./session.js" */
/** @import { ConversationStreams } from "./streams.js" */

/** @typedef {Pick<Message, "message_id">} MessageRef */

/**
 * The requests of the client that get one reply: about conversations, and about messages that are
 * stored. Each waits for a connection. Each may be repeated without harm, but for those that can
 * end with `outcome_unknown`.
 */
export class Commands {
  #session;
  #streams;

  /**
   * @param {Session} session
   * @param {ConversationStreams} streams
   */
  constructor(session, streams) {
    this.#session = session;
    this.#streams = streams;
  }

  /**
   * @param {Abortable & { kind?: "group" | "direct", title?: string, members: string[] }} options
   * @returns {Promise<Conversation>}
   */
  createConversation({ kind = "group", title, members, signal }) {
    // Only a direct conversation is the same one when it is created again.
    const repeatable = kind === "direct";
    const data = { kind, title, members };
    return this.#request({ type: "create_conversation", data }, { signal, repeatable });
  }

  /**
   * @param {string} conversationId
   * @param {string[]} usernames
   * @param {Abortable} [options]
   * @returns {Promise<MembersAdded>}
   */
  addMembers(conversationId, usernames, options) {
    const data = { members: usernames };
    return this.#request({ type: "add_members", conversationId, data }, options);
  }

  /**
   * @param {string} conversationId
   * @param {string} username
   * @param {Abortable} [options]
   * @returns {Promise<MemberRemoved>}
   */
  removeMember(conversationId, username, { signal } = {}) {
    const frame = { type: "remove_member", conversationId, data: { username } };
    return this.#request(frame, { signal, repeatable: false });
  }

  /**
   * @param {string} conversationId
   * @param {Abortable} [options]
   * @returns {Promise<MemberRemoved>}
   */
  leaveConversation(conversationId, { signal } = {}) {
    const frame = { type: "leave_conversation", conversationId };
    return this.#request(frame, { signal, repeatable: false });
  }

  /**
   * For owners: makes the member an owner, a moderator or just a member.
   * @param {string} conversationId
   * @param {string} username
   * @param {Role} role
   * @param {Abortable} [options]
   * @returns {Promise<ConversationChanged>}
   */
  setRole(conversationId, username, role, options) {
    return this.#request({ type: "set_role", conversationId, data: { username, role } }, options);
  }

  /**
   * For owners and moderators.
   * @param {string} conversationId
   * @param {string} title
   * @param {Abortable} [options]
   * @returns {Promise<ConversationChanged>}
   */
  setTitle(conversationId, title, options) {
    return this.#request({ type: "set_title", conversationId, data: { title } }, options);
  }

  /**
   * For owners and moderators: the member sends nothing until then. A time that has passed ends it.
   * @param {string} conversationId
   * @param {string} username
   * @param {Date} until
   * @param {Abortable} [options]
   * @returns {Promise<ConversationChanged>}
   */
  mute(conversationId, username, until, options) {
    const data = { username, until: until.toISOString() };
    return this.#request({ type: "mute_member", conversationId, data }, options);
  }

  /**
   * For owners and moderators: removes a user, who cannot be added again.
   * @param {string} conversationId
   * @param {string} username
   * @param {Abortable} [options]
   * @returns {Promise<MemberRemoved>}
   */
  ban(conversationId, username, options) {
    return this.#request({ type: "ban_member", conversationId, data: { username } }, options);
  }

  /**
   * For owners and moderators.
   * @param {string} conversationId
   * @param {string} username
   * @param {Abortable} [options]
   * @returns {Promise<ConversationChanged>}
   */
  unban(conversationId, username, options) {
    return this.#request({ type: "unban_member", conversationId, data: { username } }, options);
  }

  /**
   * For owners and moderators.
   * @param {string} conversationId
   * @param {Abortable & { cursor?: string, limit?: number }} [options]
   * @returns {Promise<{ items: Ban[], cursor?: string }>}
   */
  listBans(conversationId, { signal, ...data } = {}) {
    return this.#request({ type: "list_bans", conversationId, data }, { signal });
  }

  /**
   * For owners and moderators: so long members wait between two messages; 0 is not at all.
   * @param {string} conversationId
   * @param {number} seconds
   * @param {Abortable} [options]
   * @returns {Promise<ConversationChanged>}
   */
  setSlowMode(conversationId, seconds, options) {
    const data = { slow_seconds: seconds };
    return this.#request({ type: "set_slow_mode", conversationId, data }, options);
  }

  /**
   * Reports a message to the operator. Nobody else learns of it.
   * @param {MessageRef} message
   * @param {Abortable & { reason?: string }} [options]
   * @returns {Promise<void>}
   */
  async report(message, { reason, signal } = {}) {
    const data = { ...(reason && { reason }) };
    const messageId = message.message_id;
    await this.#session.call(() => ({ type: "report_message", messageId, data }), { signal });
  }

  /**
   * Of which messages of a conversation the user is notified, on all devices, and of none until
   * when. It replaces what was set before.
   * @param {string} conversationId
   * @param {{ level: Notifications["level"], mutedUntil?: Date | null }} notifications
   * @param {Abortable} [options]
   * @returns {Promise<NotificationsSet>}
   */
  setNotifications(conversationId, { level, mutedUntil }, options) {
    const data = { level, ...(mutedUntil && { muted_until: mutedUntil.toISOString() }) };
    return this.#request({ type: "set_notifications", conversationId, data }, options);
  }

  /**
   * Has notifications sent to this browser, also while the page is closed, until the user signs
   * out. To be called at every start of the page: a device is forgotten 60 days after the last time.
   * @param {Subscription | { toJSON(): any }} subscription a `PushSubscription`, made with
   *   `webPushKey`, or what its `toJSON` gives
   * @param {Abortable} [options]
   * @returns {Promise<{ device_id: string }>}
   * @throws {ParleyError} `unknown_type` if the service has no Web Push
   */
  registerDevice(subscription, options) {
    const plain = "toJSON" in subscription ? subscription.toJSON() : subscription;
    const data = { kind: "web_push", subscription: plain };
    return this.#request({ type: "register_device", data }, options);
  }

  /**
   * @param {string} deviceId
   * @param {Abortable} [options]
   * @returns {Promise<{ device_id: string }>}
   */
  unregisterDevice(deviceId, options) {
    return this.#request({ type: "unregister_device", data: { device_id: deviceId } }, options);
  }

  /**
   * @param {Abortable & { cursor?: string, limit?: number }} [options]
   * @returns {Promise<{ items: Conversation[], cursor?: string }>}
   */
  async listConversations({ signal, ...data } = {}) {
    const page = await this.#request({ type: "list_conversations", data }, { signal });
    const { left } = this.#streams;
    const isMember = (/** @type {Conversation} */ it) => !left.has(it.conversation_id);
    return { ...page, items: page.items.filter(isMember) };
  }

  /**
   * @param {string} conversationId
   * @param {Abortable & { cursor?: string, limit?: number }} [options]
   * @returns {Promise<{ items: Member[], cursor?: string }>}
   */
  listMembers(conversationId, { signal, ...data } = {}) {
    return this.#request({ type: "list_members", conversationId, data }, { signal });
  }

  /**
   * Replaces the content and the mentions of a message of the user's own. Its files stay.
   * @param {Pick<Message, "message_id" | "version" | "attachments">} message as the user saw it
   * @param {string} content may be empty if the message has files
   * @param {Abortable & { type?: string, mentions?: string[], overwrite?: boolean }} [options]
   *   `overwrite`: replaces a version that the user did not see, too
   * @returns {Promise<MessageChanged>}
   * @throws {ParleyError} `conflict` with `data.version` if it was edited meanwhile, or deleted
   */
  async edit(message, content, { type = "text", mentions, overwrite = false, signal } = {}) {
    const version = overwrite ? undefined : (message.version ?? 0);
    const text = checkContent(content, message.attachments);
    const data = { content: text, type, version, ...(mentions && { mentions }) };
    const messageId = message.message_id;
    try {
      return await this.#request({ type: "edit_message", messageId, data }, { signal });
    } catch (error) {
      const made = await this.#madeBefore(error, messageId, text, signal);
      if (!made) throw error;
      return made;
    }
  }

  /**
   * Deletes the message for everybody, for good. Authors may, and owners and moderators.
   * @param {MessageRef} message
   * @param {Abortable} [options]
   * @returns {Promise<MessageChanged>}
   */
  remove(message, options) {
    return this.#request({ type: "delete_message", messageId: message.message_id }, options);
  }

  /**
   * Adds a reaction of the user to the message, or takes it away. 1 to 32 bytes of UTF-8.
   * @param {MessageRef} message
   * @param {string} reaction
   * @param {boolean} [isOn]
   * @param {Abortable} [options]
   * @returns {Promise<MessageChanged>}
   */
  react(message, reaction, isOn = true, options) {
    const data = { reaction, is_on: isOn };
    return this.#request({ type: "react", messageId: message.message_id, data }, options);
  }

  /**
   * Who reacted to the message, and how.
   * @param {MessageRef} message
   * @param {Abortable & { reaction?: string, cursor?: string, limit?: number }} [options]
   * @returns {Promise<{ message_id: string, items: Reactor[], cursor?: string }>}
   */
  listReactions(message, { signal, ...data } = {}) {
    const messageId = message.message_id;
    return this.#request({ type: "list_reactions", messageId, data }, { signal });
  }

  /**
   * For owners and moderators. A conversation has at most 50 pins.
   * @param {MessageRef} message
   * @param {Abortable} [options]
   * @returns {Promise<ConversationChanged>}
   */
  pin(message, options) {
    return this.#request({ type: "pin_message", messageId: message.message_id }, options);
  }

  /**
   * @param {MessageRef} message
   * @param {Abortable} [options]
   * @returns {Promise<ConversationChanged>}
   */
  unpin(message, options) {
    return this.#request({ type: "unpin_message", messageId: message.message_id }, options);
  }

  /**
   * The pinned messages, as they are now, the one pinned last first.
   * @param {string} conversationId
   * @param {Abortable} [options]
   * @returns {Promise<Message[]>}
   */
  async listPins(conversationId, { signal } = {}) {
    const messages = await this.#readAll(conversationId, { pinned: true }, signal);
    return messages.filter((each) => !each.deleted_at);
  }

  /**
   * Messages by their ids, at most 50, as they are now: what a reply refers to, or a pin.
   * @param {string} conversationId
   * @param {string[]} messageIds
   * @param {Abortable} [options]
   * @returns {Promise<Message[]>} those that exist
   */
  async getMessages(conversationId, messageIds, { signal } = {}) {
    return this.#readAll(conversationId, { message_ids: messageIds }, signal);
  }

  /**
   * @param {string} conversationId
   * @param {{ pinned: true } | { message_ids: string[] }} wanted
   * @param {AbortSignal} [signal]
   * @returns {Promise<Message[]>} also those that do not fit one frame
   */
  async #readAll(conversationId, wanted, signal) {
    const frame = { type: "get_messages", conversationId, data: wanted };
    const { messages, left_out } = await this.#streams.messages(frame, signal);
    if (!left_out?.length) return messages;
    return [
      ...messages,
      ...(await this.#readAll(conversationId, { message_ids: left_out }, signal)),
    ];
  }

  /**
   * The edit that a `conflict` reports may be this one: the service made it, and its reply was lost.
   * @param {unknown} error
   * @param {string} messageId
   * @param {string} content
   * @param {AbortSignal} [signal]
   * @returns {Promise<MessageChanged | null>}
   */
  async #madeBefore(error, messageId, content, signal) {
    const version =
      error instanceof ParleyError && error.code === "conflict" && error.data?.version;
    if (!version) return null;
    const conversationId = messageId.slice(0, messageId.lastIndexOf(":"));
    const [message] = await this.getMessages(conversationId, [messageId], { signal });
    const isSame = message?.version === version && message?.content === content;
    const [edit] = message && isSame ? changesOf(message) : [];
    return edit ? /** @type {any} */ (edit.data) : null;
  }

  /**
   * @param {Frame} frame
   * @param {Abortable & { repeatable?: boolean }} [options]
   */
  async #request(frame, options) {
    const reply = await this.#session.call(() => frame, options);
    if (!reply.data) throw new ParleyError("internal", "The service's reply carries no data.");
    return reply.data;
  }
}
