import { membership } from "./messages.js";
import { Refusal } from "./refusal.js";

/** @import { Call, Room, Service } from "./service.js" */

/**
 * Section 4 of the protocol.
 * @param {Service} service
 */
export function conversationActions(service) {
  return {
    create_conversation,
    add_members,
    remove_member,
    leave_conversation,
    list_conversations,
    list_members,
  };

  /** @param {Call} call */
  function create_conversation(call) {
    const user = service.userOf(call);
    const { kind, title, members = [] } = call.frame.data ?? {};
    const names = [...new Set([user.username, ...members])].sort();
    known(names);
    if (kind === "direct" && names.length !== 2) {
      throw new Refusal("bad_request", "Two people talk directly.", { data: { field: "members" } });
    }
    const id = kind === "direct" ? `direct-${names.join("-")}` : `group-${service.rooms.size + 1}`;
    const room =
      service.rooms.get(id) ?? addRoom(service, id, names, { kind, title, owner: user.username });
    announce(room, names, call.connection);
    return { type: "conversation_created", data: asSeenBy(room, user.username) };
  }

  /** @param {Call} call */
  function add_members(call) {
    const { room, user } = owned(call);
    const names = call.frame.data.members;
    known(names);
    const added = names.filter((/** @type {string} */ name) => !room.members.has(name));
    for (const name of added) room.members.set(name, newMember("member", room.last_seq));
    const members = added.map((/** @type {string} */ name) => memberOf(room, name));
    const data = { conversation_id: room.conversation_id, members, by: user };
    service.pushTo(room.members.keys(), { type: "members_added", data }, call.connection);
    announce(room, added);
    return { type: "members_added", data };
  }

  /** @param {Call} call */
  function remove_member(call) {
    const { room, user } = owned(call);
    return removed(room, call.frame.data.username, user, call);
  }

  /** @param {Call} call */
  function leave_conversation(call) {
    const { room, user } = membership(service, call, call.frame.conversationId);
    return removed(room, user.username, user, call);
  }

  /** @param {Call} call */
  function list_conversations(call) {
    const { username } = service.userOf(call);
    const { cursor = "0", limit = 50 } = call.frame.data ?? {};
    const all = [...service.rooms.values()]
      .filter(({ members }) => members.has(username))
      .map((room) => asSeenBy(room, username))
      .sort((a, b) => b.last_activity_at.localeCompare(a.last_activity_at));
    return { type: "conversations", data: pageOf(all, cursor, limit) };
  }

  /** @param {Call} call */
  function list_members(call) {
    const { room } = membership(service, call, call.frame.conversationId);
    const { cursor = "0", limit = 50 } = call.frame.data ?? {};
    const all = [...room.members.keys()].map((name) => memberOf(room, name));
    const data = { conversation_id: room.conversation_id, ...pageOf(all, cursor, limit) };
    return { type: "members", data };
  }

  /** @param {Call} call */
  function owned(call) {
    const { room, user, member } = membership(service, call, call.frame.conversationId);
    if (room.kind === "direct") throw new Refusal("conflict", "Two people talk here, for good.");
    if (member.role !== "owner") throw new Refusal("forbidden", "Only an owner may do this.");
    return { room, user };
  }

  /** @param {string[]} names */
  function known(names) {
    if (names.every((name) => service.knows(name))) return;
    throw new Refusal("bad_request", "There is nobody of that name.", {
      data: { field: "members" },
    });
  }

  /**
   * @param {Room} room
   * @param {string} username
   * @param {{ user_id: string, username: string }} by
   * @param {Call} call
   */
  function removed(room, username, by, call) {
    if (!room.members.has(username)) throw new Refusal("bad_request", "That is no member.");
    const { conversation_id } = room;
    const data = { conversation_id, user_id: `user-${username}`, username, by };
    const frame = { type: "member_removed", data };
    service.pushTo(room.members.keys(), frame, call.connection);
    room.members.delete(username);
    const owners = [...room.members.values()].some(({ role }) => role === "owner");
    const [eldest] = room.members.values();
    if (!owners && eldest) eldest.role = "owner";
    return frame;
  }

  /**
   * @param {Room} room
   * @param {string[]} names
   * @param {import("./service.js").Connection} [except]
   */
  function announce(room, names, except) {
    for (const name of names) {
      const frame = { type: "conversation_created", data: asSeenBy(room, name) };
      service.pushTo([name], frame, except);
    }
  }

  /**
   * @param {Room} room
   * @param {string} username
   */
  function memberOf(room, username) {
    const { role, last_read_seq } = /** @type {any} */ (room.members.get(username));
    const online = service.connectionsOf([username]).length > 0;
    return { user_id: `user-${username}`, username, role, last_read_seq, online };
  }
}

/**
 * @param {Service} service
 * @param {string} conversation_id
 * @param {string[]} names
 * @param {{ kind?: "group" | "direct", title?: string, owner?: string }} [options]
 * @returns {Room}
 */
export function addRoom(service, conversation_id, names, { kind = "group", title, owner } = {}) {
  const members = new Map(
    names.map((name) => [name, newMember(name === owner ? "owner" : "member", 0)]),
  );
  const room = {
    ...{ conversation_id, kind, created_at: service.time(), members, last_seq: 0 },
    ...(title && { title }),
    ...{ messages: new Map(), sealed: new Set(), sent: new Map() },
  };
  service.rooms.set(conversation_id, room);
  return room;
}

/**
 * @param {"owner" | "member"} role
 * @param {number} last_read_seq
 */
function newMember(role, last_read_seq) {
  return { role, last_read_seq };
}

/**
 * @param {Room} room
 * @param {string} username
 */
function asSeenBy(room, username) {
  const { conversation_id, kind, title, created_at, last_seq } = room;
  const { role, last_read_seq } = /** @type {any} */ (room.members.get(username));
  const messages = [...room.messages.values()].sort((a, b) => a.seq - b.seq);
  const last_message = messages.at(-1);
  const own = messages.filter((it) => it.username === username).at(-1)?.seq ?? 0;
  const unread = messages.filter(({ seq }) => seq > Math.max(own, last_read_seq));
  return {
    ...{ conversation_id, kind, role, last_seq, last_read_seq, created_at },
    ...(title && { title }),
    ...(last_message && { last_message }),
    last_activity_at: last_message?.created_at ?? created_at,
    unread_count: Math.min(100, unread.length),
  };
}

/**
 * @template Item
 * @param {Item[]} all
 * @param {string} cursor
 * @param {number} limit
 */
function pageOf(all, cursor, limit) {
  const from = Number(cursor);
  const items = all.slice(from, from + limit);
  return from + limit < all.length ? { items, cursor: String(from + limit) } : { items };
}
