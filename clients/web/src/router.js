/** @import { Conversation, Frame, MemberRemoved, Message, ReadReceipt, TypingNotice } from "./types.js" */
/** @import { Core } from "./core.js" */
/** @import { Feeds } from "./feeds.js" */
/** @import { Heartbeat } from "./heartbeat.js" */
/** @import { Receipts } from "./receipts.js" */
/** @import { Typing } from "./typing.js" */

/**
 * What each frame means, be it an answer or pushed: on the connection that asked, the answer is
 * all that tells of what happened.
 */
export class Router {
  /**
   * @param {{
   *   core: Core, feeds: Feeds, heartbeat: Heartbeat, receipts: Receipts, typing: Typing,
   *   onRemoved: (conversationId: string) => void,
   * }} parts
   */
  constructor(parts) {
    this.#parts = parts;
  }
  #parts;

  /** @param {Frame} frame */
  route({ type, data }) {
    const { core, heartbeat } = this.#parts;
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
        return data.items?.forEach(this.#know, this);
      case "conversation_created":
        this.#know(data);
        return core.events.emit("conversation_created", data);
      case "members_added":
        return core.events.emit("members_added", data);
      case "member_removed":
        return this.#removed(data);
    }
  }

  /** @param {Message} message */
  #message(message) {
    if (Number.isSafeInteger(message.seq) && message.conversation_id) {
      this.#parts.feeds.push(message);
    }
  }

  /** @param {TypingNotice} notice */
  #typing(notice) {
    if (notice.user_id !== this.#parts.core.user?.user_id) this.#parts.typing.heard(notice);
  }

  /** @param {ReadReceipt} receipt */
  #read(receipt) {
    const { core, receipts } = this.#parts;
    const { user_id, conversation_id, seq } = receipt;
    if (user_id === core.user?.user_id) receipts.know(conversation_id, seq);
    core.events.emit("read", receipt);
  }

  /** @param {Conversation} conversation */
  #know(conversation) {
    this.#parts.feeds.know(conversation);
    this.#parts.receipts.know(conversation.conversation_id, conversation.last_read_seq);
  }

  /** @param {MemberRemoved} removal */
  #removed(removal) {
    const { core, onRemoved } = this.#parts;
    if (removal.user_id === core.user?.user_id) onRemoved(removal.conversation_id);
    core.events.emit("member_removed", removal);
  }
}
