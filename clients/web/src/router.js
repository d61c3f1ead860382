/** @import { Conversation, Frame, MemberRemoved, Message, ReadReceipt, TypingNotice } from "./types.js" */
/** @import { Core } from "./core.js" */
/** @import { Feeds } from "./feeds.js" */
/** @import { Heartbeat } from "./heartbeat.js" */
/** @import { Receipts } from "./receipts.js" */
/** @import { Typing } from "./typing.js" */
/** @import { Unread } from "./unread.js" */

/**
 * What each frame means, be it an answer or pushed: on the connection that asked, the answer is
 * all that tells of what happened.
 */
export class Router {
  /**
   * @param {{
   *   core: Core, feeds: Feeds, heartbeat: Heartbeat, receipts: Receipts, typing: Typing,
   *   unread: Unread,
   *   onRemoved: (conversationId: string) => void,
   * }} parts
   */
  constructor(parts) {
    this.#parts = parts;
  }
  #parts;

  /** @param {Frame} frame */
  route({ type, requestId, data }) {
    const { core, feeds, heartbeat } = this.#parts;
    if (typeof data !== "object" || data === null) return;
    switch (type) {
      case "connected":
        return heartbeat.every(data.heartbeat_seconds);
      case "chat_message":
        return this.#message(data);
      case "typing":
        return this.#typing(data);
      case "read_receipt":
        return this.#read(data);
      case "conversations":
        return data.items?.forEach((/** @type {Conversation} */ it) =>
          this.#know(it, Number(requestId)),
        );
      case "conversation_created":
        this.#know(data);
        return core.events.emit("conversation_created", data);
      case "members_added":
        if (feeds.departures.has(data.conversation_id)) return;
        return core.events.emit("members_added", data);
      case "member_removed":
        return this.#removed(data);
    }
  }

  /** @param {Message} message */
  #message(message) {
    const { feeds } = this.#parts;
    const { conversation_id, seq } = message;
    if (!Number.isSafeInteger(seq) || !conversation_id) return;
    if (!feeds.departures.has(conversation_id)) feeds.push(message);
  }

  /** @param {TypingNotice} notice */
  #typing(notice) {
    const { core, feeds, typing } = this.#parts;
    const isOwn = notice.user_id === core.user?.user_id;
    if (!isOwn && !feeds.departures.has(notice.conversation_id)) typing.heard(notice);
  }

  /** @param {ReadReceipt} receipt */
  #read(receipt) {
    const { core, feeds, receipts } = this.#parts;
    const { user_id, conversation_id, seq } = receipt;
    if (feeds.departures.has(conversation_id)) return;
    if (user_id === core.user?.user_id) receipts.know(conversation_id, seq);
    core.events.emit("read", receipt);
  }

  /**
   * @param {Conversation} conversation
   * @param {number} [request] of the list that it is in
   */
  #know(conversation, request) {
    const { feeds, receipts, unread } = this.#parts;
    const { conversation_id, last_read_seq } = conversation;
    feeds.departures.end(conversation_id, request);
    if (feeds.departures.has(conversation_id)) return;
    feeds.know(conversation);
    unread.know(conversation);
    receipts.know(conversation_id, last_read_seq);
  }

  /** @param {MemberRemoved} removal */
  #removed(removal) {
    const { core, feeds, onRemoved } = this.#parts;
    const isOwn = removal.user_id === core.user?.user_id;
    if (isOwn) onRemoved(removal.conversation_id);
    else if (feeds.departures.has(removal.conversation_id)) return;
    core.events.emit("member_removed", removal);
  }
}
