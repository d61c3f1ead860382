import { checkAttachments, take } from "./files.js";
import { ordered, pageDown, pageOfMessages, pageUp, underNextNumber } from "./log.js";
import { Refusal } from "./refusal.js";

/** @import { Call, StoredConversation, Service } from "./service.js" */

const DAY = 24 * 3_600_000;
/** How many conversations one heartbeat frame may name. */
const POSITIONS = 100;
/** How many messages a page of a search has. */
const SEARCH_PAGE = 50;

/**
 * The frames of a conversation, and the heartbeat.
 * @param {Service} service
 */
export function messageActions(service) {
  return { chat_message, typing, read_receipt, history, get_messages, search, heartbeat };

  /** @param {Call} call */
  async function chat_message(call) {
    const { conversation, user, member } = membership(service, call, call.frame.conversationId);
    if (Date.parse(member.muted_until ?? "") > Date.parse(call.now)) {
      throw new Refusal("muted", "You are muted.", { data: { until: member.muted_until } });
    }
    const { content, type = "text", reply_to, mentions = [] } = call.frame.data ?? {};
    const { attachments = [] } = call.frame.data ?? {};
    if (content !== "" || attachments.length === 0) checkContent(content);
    const extra = { ...(reply_to && { reply_to }), ...(mentions.length > 0 && { mentions }) };
    const id = call.frame.clientMessageId;
    const key = `${user.user_id}#${id}`;
    const known = id && conversation.sent.get(key);
    const message = known
      ? conversation.messages.get(known)
      : await store(
          conversation,
          key,
          { ...user, content, type, ...extra, client_message_id: id },
          attachments,
        );
    const frame = { type: "chat_message", data: message };
    service.pushTo(conversation.members.keys(), frame, call.connection);
    return frame;
  }

  /**
   * @param {StoredConversation} conversation
   * @param {string} key
   * @param {any} fields
   * @param {any[]} references to uploads
   */
  function store(conversation, key, fields, references) {
    return underNextNumber(service, conversation, (seq) => {
      const known = conversation.sent.get(key);
      if (known) return conversation.messages.get(known);
      const { conversation_id } = conversation;
      const ids = { message_id: `${conversation_id}:${seq}`, conversation_id, seq };
      checkAttachments(service, conversation_id, fields.user_id, references);
      const attachments = take(service, ids.message_id, references);
      const files = attachments.length > 0 && { attachments };
      const message = { ...ids, ...fields, ...files, created_at: service.time() };
      conversation.messages.set(seq, message);
      if (fields.client_message_id) remember(conversation, key, seq);
      return message;
    });
  }

  /**
   * @param {StoredConversation} conversation
   * @param {string} key
   * @param {number} seq
   */
  function remember(conversation, key, seq) {
    conversation.sent.set(key, seq);
    service.clock.setTimeout(() => conversation.sent.delete(key), DAY);
  }

  /** @param {Call} call */
  function typing(call) {
    const { conversation, user } = membership(service, call, call.frame.conversationId);
    const is_typing = call.frame.data?.is_typing ?? true;
    const place = { conversation_id: conversation.conversation_id, ...user };
    const data = { ...place, is_typing, expires_in_seconds: 6 };
    service.pushTo(others(conversation, user), { type: "typing", data });
  }

  /** @param {Call} call */
  function read_receipt(call) {
    const [conversationId = "", seq] = String(call.frame.messageId).split(":");
    const { conversation, user, member } = membership(service, call, conversationId);
    const message = conversation.messages.get(Number(seq));
    if (!message) throw new Refusal("not_a_member", "There is no such message for you.");
    if (message.seq <= member.last_read_seq) return;
    member.last_read_seq = message.seq;
    const { conversation_id, message_id } = message;
    const data = { conversation_id, message_id, seq: message.seq, ...user, read_at: call.now };
    service.pushTo(conversation.members.keys(), { type: "read_receipt", data }, call.connection);
  }

  /** @param {Call} call */
  function history(call) {
    const { conversation } = membership(service, call, call.frame.conversationId);
    const { after_seq: after, before_seq: before } = call.frame.data ?? {};
    const limit = Math.min(call.frame.data?.limit ?? 50, service.options.historyLimit);
    const { conversation_id } = conversation;
    return { type: "history", data: { conversation_id, ...page() } };

    function page() {
      if (!service.options.changes) return pageOfMessages(conversation, { after, before, limit });
      if (after === undefined) return pageDown(conversation, before ?? Infinity, limit);
      return pageUp(conversation, after, limit);
    }
  }

  /** @param {Call} call */
  function get_messages(call) {
    const { conversation } = membership(service, call, call.frame.conversationId);
    const { message_ids, pinned } = call.frame.data;
    const wanted = pinned ? conversation.pins : new Set(message_ids);
    const messages = ordered(conversation).filter(
      ({ message_id, deleted_at }) => wanted.has(message_id) && !(pinned && deleted_at),
    );
    const { conversation_id } = conversation;
    return { type: "messages", data: { conversation_id, messages } };
  }

  /** @param {Call} call */
  function search(call) {
    const { conversation } = membership(service, call, call.frame.conversationId);
    const { text, before_seq: before = Infinity } = call.frame.data;
    const wanted = folded(text.trim());
    if (!wanted) throw new Refusal("bad_request", "A text.", { data: { field: "data.text" } });
    const found = ordered(conversation)
      .filter(({ seq, content }) => seq < before && folded(content).includes(wanted))
      .reverse();
    const messages = found.slice(0, SEARCH_PAGE);
    const cursor = found.length > messages.length && { cursor: messages.at(-1)?.seq };
    const { conversation_id } = conversation;
    return { type: "search_results", data: { conversation_id, messages, ...cursor } };
  }

  /** @param {Call} call */
  function heartbeat(call) {
    const user = service.userOf(call);
    /** @type {Record<string, number>} */
    const behind = {};
    const positions = Object.entries(call.frame.data?.positions ?? {});
    if (positions.length > POSITIONS) {
      throw new Refusal("bad_request", "Too many.", { data: { field: "data.positions" } });
    }
    for (const [id, position] of positions) {
      const conversation = service.conversations.get(id);
      const isMember = conversation?.members.has(user.username);
      const last = conversation?.last_seq ?? 0;
      if (isMember && last > position) behind[id] = last;
    }
    const inbox = service.inboxes.get(user.username);
    const isNew = inbox !== undefined && inbox !== call.frame.data?.inbox;
    return {
      type: "heartbeat_ack",
      data: { server_time: call.now, behind, ...(isNew && { inbox }) },
    };
  }
}

/**
 * The caller's conversation; anybody else's does not exist to them.
 * @param {Service} service
 * @param {Call} call
 * @param {string} conversationId
 */
export function membership(service, call, conversationId) {
  const user = service.userOf(call);
  const conversation = service.conversations.get(conversationId);
  const member = conversation?.members.get(user.username);
  if (!conversation || !member)
    throw new Refusal("not_a_member", "You are not in this conversation.");
  return { conversation, user, member };
}

/**
 * @param {StoredConversation} conversation
 * @param {{ username: string }} user
 */
function others(conversation, user) {
  return [...conversation.members.keys()].filter((username) => username !== user.username);
}

/** @param {string} text */
function folded(text) {
  return text.normalize("NFC").toLowerCase().normalize("NFC");
}

/** @param {unknown} content */
export function checkContent(content) {
  if (typeof content !== "string" || content === "") {
    throw new Refusal("bad_request", "A message needs content.", { data: { field: "content" } });
  }
  if (new TextEncoder().encode(content).length > 16_384) {
    throw new Refusal("too_large", "The message is too long.");
  }
}
