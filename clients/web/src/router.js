/** @import { Conversation, Frame, MemberRemoved, Message, ReadReceipt, TypingNotice } from "./types.js" */
/** @import { Session } from "./session.js" */
/** @import { ConversationStreams } from "./streams.js" */
/** @import { Heartbeat } from "./heartbeat.js" */
/** @import { Receipts } from "./receipts.js" */
/** @import { Typing } from "./typing.js" */
/** @import { Unread } from "./unread.js" */

/**
 * Hands each frame, a reply or a push, to the part that it concerns. A connection gets no push of
 * its own request, so a reply counts as well.
 */
export class Router {
  /**
   * @param {{
   *   session: Session, streams: ConversationStreams, heartbeat: Heartbeat, receipts: Receipts, typing: Typing,
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
    const { session, streams, heartbeat } = this.#parts;
    if (typeof data !== "object" || data === null) return;
    switch (type) {
      case "connected":
        return heartbeat.setInterval(data.heartbeat_seconds);
      case "chat_message":
        return this.#message(data);
      case "typing":
        return this.#typing(data);
      case "read_receipt":
        return this.#read(data);
      case "conversations":
        return data.items?.forEach((/** @type {Conversation} */ it) =>
          this.#update(it, Number(requestId)),
        );
      case "conversation_created":
        this.#update(data);
        return session.events.emit("conversation_created", data);
      case "members_added":
        if (streams.left.has(data.conversation_id)) return;
        return session.events.emit("members_added", data);
      case "member_removed":
        return this.#removed(data);
    }
  }

  /** @param {Message} message */
  #message(message) {
    const { streams } = this.#parts;
    const { conversation_id, seq } = message;
    if (!Number.isSafeInteger(seq) || !conversation_id) return;
    if (!streams.left.has(conversation_id)) streams.push(message);
  }

  /** @param {TypingNotice} notice */
  #typing(notice) {
    const { session, streams, typing } = this.#parts;
    const isOwn = notice.user_id === session.user?.user_id;
    if (!isOwn && !streams.left.has(notice.conversation_id)) typing.received(notice);
  }

  /** @param {ReadReceipt} receipt */
  #read(receipt) {
    const { session, streams, receipts } = this.#parts;
    const { user_id, conversation_id, seq } = receipt;
    if (streams.left.has(conversation_id)) return;
    if (user_id === session.user?.user_id) receipts.confirm(conversation_id, seq);
    session.events.emit("read", receipt);
  }

  /**
   * @param {Conversation} conversation
   * @param {number} [request] of the list that it is in
   */
  #update(conversation, request) {
    const { streams, receipts, unread } = this.#parts;
    const { conversation_id, last_read_seq } = conversation;
    streams.left.end(conversation_id, request);
    if (streams.left.has(conversation_id)) return;
    streams.begin(conversation);
    unread.setCount(conversation);
    receipts.confirm(conversation_id, last_read_seq);
  }

  /** @param {MemberRemoved} removal */
  #removed(removal) {
    const { session, streams, onRemoved } = this.#parts;
    const isOwn = removal.user_id === session.user?.user_id;
    if (isOwn) onRemoved(removal.conversation_id);
    else if (streams.left.has(removal.conversation_id)) return;
    session.events.emit("member_removed", removal);
  }
}
