import { isNumbered } from "./streams.js";

/** @import { Conversation, Frame, MemberRemoved, NotificationsSet, ReadReceipt, TypingNotice } from "./types.js" */
/** @import { Session } from "./session.js" */
/** @import { ConversationStreams } from "./streams.js" */
/** @import { Heartbeat } from "./heartbeat.js" */
/** @import { Presence, Told } from "./presence.js" */
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
   *   session: Session, streams: ConversationStreams, heartbeat: Heartbeat, receipts: Receipts,
   *   typing: Typing, unread: Unread, presence: Presence,
   *   onRemoved: (conversationId: string) => void,
   * }} parts
   */
  constructor(parts) {
    this.#parts = parts;
  }
  #parts;

  /** @param {Frame} frame */
  route(frame) {
    const { type, requestId, data } = frame;
    const { session, heartbeat } = this.#parts;
    if (typeof data !== "object" || data === null) return;
    switch (type) {
      case "connected":
        return heartbeat.setInterval(data.heartbeatSeconds);
      case "chat_message":
      case "message_changed":
      case "conversation_changed":
        return this.#numbered(frame);
      case "members_added":
        return isNumbered(frame) ? this.#numbered(frame) : this.#membersAdded(frame);
      case "member_removed":
        return this.#removed(frame);
      case "typing":
        return this.#typing(data);
      case "read_receipt":
        return this.#read(data);
      case "presence":
        return this.#presence(data);
      case "conversations":
        return data.items?.forEach((/** @type {Conversation} */ it) =>
          this.#update(it, Number(requestId)),
        );
      case "notifications_set":
        return this.#notificationsSet(data);
      case "conversation_created":
        this.#update(data);
        return session.events.emit("conversation_created", data);
    }
  }

  /** @param {Frame} frame */
  #numbered(frame) {
    const { streams } = this.#parts;
    if (!isNumbered(frame) || streams.left.has(frame.data.conversationId)) return;
    streams.push(frame);
  }

  /** @param {Frame} frame of a service that does not number changes */
  #membersAdded({ data }) {
    const { session, streams } = this.#parts;
    if (!streams.left.has(data.conversationId)) session.events.emit("members_added", data);
  }

  /** @param {NotificationsSet} data */
  #notificationsSet(data) {
    const { session, streams } = this.#parts;
    if (!streams.left.has(data.conversationId)) session.events.emit("notifications_set", data);
  }

  /** @param {TypingNotice} notice */
  #typing(notice) {
    const { session, streams, typing } = this.#parts;
    const isOwn = notice.userId === session.user?.userId;
    if (!isOwn && !streams.left.has(notice.conversationId)) typing.received(notice);
  }

  /** @param {Told} told */
  #presence(told) {
    const { streams, presence } = this.#parts;
    if (!streams.left.has(told.conversationId)) presence.received(told);
  }

  /** @param {ReadReceipt} receipt */
  #read(receipt) {
    const { session, streams, receipts } = this.#parts;
    const { userId, conversationId, seq } = receipt;
    if (streams.left.has(conversationId)) return;
    if (userId === session.user?.userId) receipts.confirm(conversationId, seq);
    session.events.emit("read", receipt);
  }

  /**
   * @param {Conversation} conversation
   * @param {number} [request] of the list that it is in
   */
  #update(conversation, request) {
    const { streams, receipts, unread } = this.#parts;
    const { conversationId, lastReadSeq } = conversation;
    streams.left.end(conversationId, request);
    if (streams.left.has(conversationId)) return;
    streams.begin(conversation);
    unread.setCount(conversation, request);
    receipts.confirm(conversationId, lastReadSeq);
  }

  /** @param {Frame} frame */
  #removed(frame) {
    const { session, streams, onRemoved } = this.#parts;
    const removal = /** @type {MemberRemoved} */ (frame.data);
    const isOwn = removal.userId === session.user?.userId;
    const isOutdated =
      isNumbered(frame) && streams.left.isOutdated(removal.conversationId, frame.data.seq);
    if (isNumbered(frame) && (!isOwn || isOutdated)) return this.#numbered(frame);
    if (isOwn) onRemoved(removal.conversationId);
    else if (streams.left.has(removal.conversationId)) return;
    session.events.emit("member_removed", removal);
  }
}
