import { Refusal } from "./refusal.js";

/** @import { Call, Room, Service } from "./service.js" */

const DAY = 24 * 3_600_000;
/** How many conversations one heartbeat frame may name. */
const POSITIONS = 100;

/**
 * The frames of a conversation, and the heartbeat.
 * @param {Service} service
 */
export function messageActions(service) {
  return { chat_message, typing, read_receipt, history, heartbeat };

  /** @param {Call} call */
  async function chat_message(call) {
    const { room, user } = membership(service, call, call.frame.conversationId);
    const { content, type = "text" } = call.frame.data ?? {};
    checkContent(content);
    const id = call.frame.clientMessageId;
    const key = `${user.user_id}#${id}`;
    const known = id && room.sent.get(key);
    const message = known
      ? room.messages.get(known)
      : await store(room, key, { ...user, content, type, client_message_id: id });
    const frame = { type: "chat_message", data: message };
    service.pushTo(room.members.keys(), frame, call.connection);
    return frame;
  }

  /**
   * Numbered first, stored later; whoever read past the number meanwhile has sealed it, and the
   * message takes another.
   * @param {Room} room
   * @param {string} key
   * @param {any} fields
   */
  async function store(room, key, fields) {
    for (;;) {
      const seq = ++room.last_seq;
      await service.options.storing();
      const known = room.sent.get(key);
      if (known) return room.messages.get(known);
      if (room.sealed.has(seq)) continue;
      const { conversation_id } = room;
      const ids = { message_id: `${conversation_id}:${seq}`, conversation_id, seq };
      const message = { ...ids, ...fields, created_at: service.time() };
      room.messages.set(seq, message);
      if (fields.client_message_id) remember(room, key, seq);
      return message;
    }
  }

  /**
   * @param {Room} room
   * @param {string} key
   * @param {number} seq
   */
  function remember(room, key, seq) {
    room.sent.set(key, seq);
    service.clock.setTimeout(() => room.sent.delete(key), DAY);
  }

  /** @param {Call} call */
  function typing(call) {
    const { room, user } = membership(service, call, call.frame.conversationId);
    const is_typing = call.frame.data?.is_typing ?? true;
    const place = { conversation_id: room.conversation_id, ...user };
    const data = { ...place, is_typing, expires_in_seconds: 6 };
    service.pushTo(others(room, user), { type: "typing", data });
  }

  /** @param {Call} call */
  function read_receipt(call) {
    const [conversationId = "", seq] = String(call.frame.messageId).split(":");
    const { room, user, member } = membership(service, call, conversationId);
    const message = room.messages.get(Number(seq));
    if (!message) throw new Refusal("not_a_member", "There is no such message for you.");
    if (message.seq <= member.last_read_seq) return;
    member.last_read_seq = message.seq;
    const { conversation_id, message_id } = message;
    const data = { conversation_id, message_id, seq: message.seq, ...user, read_at: call.now };
    service.pushTo(room.members.keys(), { type: "read_receipt", data }, call.connection);
  }

  /** @param {Call} call */
  function history(call) {
    const { room } = membership(service, call, call.frame.conversationId);
    const { after_seq: after, before_seq: before } = call.frame.data ?? {};
    const limit = Math.min(call.frame.data?.limit ?? 50, service.options.historyLimit);
    if (after !== undefined) seal(room);
    const all = [...room.messages.values()].sort((a, b) => a.seq - b.seq);
    const asked = all.filter(({ seq }) => seq > (after ?? 0) && seq < (before ?? Infinity));
    const messages = after === undefined ? asked.slice(-limit) : asked.slice(0, limit);
    const has_more = messages.length < asked.length;
    const { conversation_id } = room;
    return { type: "history", data: { conversation_id, messages, has_more } };
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
      const room = service.rooms.get(id);
      if (room?.members.has(user.username) && room.last_seq > position) behind[id] = room.last_seq;
    }
    return { type: "heartbeat_ack", data: { server_time: call.now, behind } };
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
  const room = service.rooms.get(conversationId);
  const member = room?.members.get(user.username);
  if (!room || !member) throw new Refusal("not_a_member", "You are not in this conversation.");
  return { room, user, member };
}

/**
 * What history did not show on its way up will never be there.
 * @param {Room} room
 */
function seal(room) {
  for (let seq = 1; seq <= room.last_seq; seq++) {
    if (!room.messages.has(seq)) room.sealed.add(seq);
  }
}

/**
 * @param {Room} room
 * @param {{ username: string }} user
 */
function others(room, user) {
  return [...room.members.keys()].filter((username) => username !== user.username);
}

/** @param {unknown} content */
function checkContent(content) {
  if (typeof content !== "string" || content === "") {
    throw new Refusal("bad_request", "A message needs content.", { data: { field: "content" } });
  }
  if (new TextEncoder().encode(content).length > 16_384) {
    throw new Refusal("too_large", "The message is too long.");
  }
}
