import { owned, recordChange } from "./conversation-changes.js";
import { ordered } from "./log.js";
import { membership } from "./messages.js";
import { profileOf } from "./profiles.js";
import { Refusal } from "./refusal.js";

/** @import { Call, StoredConversation, Service } from "./service.js" */

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
    const id =
      kind === "direct" ? `direct-${names.join("-")}` : `group-${service.conversations.size + 1}`;
    const conversation =
      service.conversations.get(id) ??
      addConversation(service, id, names, { kind, title, owner: user.username });
    announce(conversation, names, call.connection);
    return { type: "conversation_created", data: asSeenBy(conversation, user.username) };
  }

  /** @param {Call} call */
  async function add_members(call) {
    const { conversation, user } = owned(service, call);
    const names = call.frame.data.members;
    known(names);
    const isNew = (/** @type {string} */ name) => !conversation.members.has(name);
    /** @type {string[]} */
    let added = [];
    const frame = await recordChange(service, call, conversation, (seq) => {
      added = names.filter(isNew);
      for (const name of added) {
        conversation.members.set(name, newMember("member", seq ?? conversation.last_seq));
      }
      const members = added.map((name) => memberOf(conversation, name));
      const { conversation_id } = conversation;
      return { type: "members_added", data: { conversation_id, members, by: user } };
    });
    announce(conversation, added);
    return frame;
  }

  /** @param {Call} call */
  function remove_member(call) {
    const { conversation, user } = owned(service, call);
    return removed(conversation, call.frame.data.username, user, call);
  }

  /** @param {Call} call */
  function leave_conversation(call) {
    const { conversation, user } = membership(service, call, call.frame.conversationId);
    return removed(conversation, user.username, user, call);
  }

  /** @param {Call} call */
  function list_conversations(call) {
    const { username } = service.userOf(call);
    const { cursor = "0", limit = 50, conversation_ids: named } = call.frame.data ?? {};
    const all = [...service.conversations.values()]
      .filter(({ members }) => members.has(username))
      .filter(({ conversation_id: id }) => !named || named.includes(id))
      .map((conversation) => asSeenBy(conversation, username))
      .sort((a, b) => b.last_activity_at.localeCompare(a.last_activity_at));
    return { type: "conversations", data: pageOf(all, cursor, limit) };
  }

  /** @param {Call} call */
  function list_members(call) {
    const { conversation } = membership(service, call, call.frame.conversationId);
    const { cursor = "0", limit = 50 } = call.frame.data ?? {};
    const all = [...conversation.members.keys()].map((name) => memberOf(conversation, name));
    const data = { conversation_id: conversation.conversation_id, ...pageOf(all, cursor, limit) };
    return { type: "members", data };
  }

  /** @param {string[]} names */
  function known(names) {
    if (names.every((name) => service.knows(name))) return;
    throw new Refusal("bad_request", "There is nobody of that name.", {
      data: { field: "members" },
    });
  }

  /**
   * @param {StoredConversation} conversation
   * @param {string} username
   * @param {{ user_id: string, username: string }} by
   * @param {Call} call
   */
  function removed(conversation, username, by, call) {
    return recordChange(service, call, conversation, () => {
      if (!conversation.members.delete(username)) {
        throw new Refusal("bad_request", "That is no member.");
      }
      service.touchInbox(username);
      const { conversation_id } = conversation;
      const data = { conversation_id, user_id: `user-${username}`, username, by };
      const hasOwner = [...conversation.members.values()].some(({ role }) => role === "owner");
      const [[heir, membership] = []] = conversation.members;
      if (hasOwner || !membership) return { type: "member_removed", data };
      membership.role = "owner";
      return { type: "member_removed", data: { ...data, new_owner_id: `user-${heir}` } };
    });
  }

  /**
   * @param {StoredConversation} conversation
   * @param {string[]} names
   * @param {import("./service.js").Connection} [except]
   */
  function announce(conversation, names, except) {
    for (const name of names) {
      service.touchInbox(name);
      const frame = { type: "conversation_created", data: asSeenBy(conversation, name) };
      service.pushTo([name], frame, except);
    }
  }

  /**
   * @param {StoredConversation} conversation
   * @param {string} username
   */
  function memberOf(conversation, username) {
    const { role, last_read_seq } = /** @type {any} */ (conversation.members.get(username));
    const online = service.connectionsOf([username]).length > 0;
    const user_id = `user-${username}`;
    return { ...profileOf(service, { user_id, username }), role, last_read_seq, online };
  }
}

/**
 * @param {Service} service
 * @param {string} conversation_id
 * @param {string[]} names
 * @param {{ kind?: "group" | "direct", title?: string, owner?: string }} [options]
 * @returns {StoredConversation}
 */
export function addConversation(
  service,
  conversation_id,
  names,
  { kind = "group", title, owner } = {},
) {
  const members = new Map(
    names.map((name) => [name, newMember(name === owner ? "owner" : "member", 0)]),
  );
  const conversation = {
    ...{ conversation_id, kind, created_at: service.time(), members, last_seq: 0 },
    ...(title && { title }),
    ...{ messages: new Map(), changes: new Map(), reactions: new Map(), pins: new Set() },
    ...{ sealed: new Set(), sent: new Map(), bans: new Map(), slow_seconds: 0 },
  };
  service.conversations.set(conversation_id, conversation);
  return conversation;
}

/**
 * @param {"owner" | "moderator" | "member"} role
 * @param {number} last_read_seq
 */
function newMember(role, last_read_seq) {
  return { role, last_read_seq };
}

/**
 * @param {StoredConversation} conversation
 * @param {string} username
 */
export function asSeenBy(conversation, username) {
  const { conversation_id, kind, title, created_at, last_seq } = conversation;
  const { role, last_read_seq, notifications } = /** @type {any} */ (
    conversation.members.get(username)
  );
  const messages = ordered(conversation);
  const last_message = messages.at(-1);
  const own = messages.filter((it) => it.username === username).at(-1)?.seq ?? 0;
  const unread = messages
    .filter(({ seq, deleted_at }) => seq > Math.max(own, last_read_seq) && !deleted_at)
    .slice(-100);
  const isMention = (/** @type {any} */ { mentions = [] }) =>
    mentions.includes(`user-${username}`) || mentions.includes("*");
  return {
    ...{ conversation_id, kind, role, last_seq, last_read_seq, created_at },
    ...(title && { title }),
    ...(last_message && { last_message }),
    last_activity_at: last_message?.created_at ?? created_at,
    unread_count: unread.length,
    mention_count: unread.filter(isMention).length,
    ...(notifications && { notifications }),
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
