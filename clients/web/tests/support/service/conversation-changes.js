import { messageOf } from "./changes.js";
import { underNextNumber } from "./log.js";
import { membership } from "./messages.js";
import { Refusal } from "./refusal.js";

/** @import { Call, Service, StoredConversation } from "./service.js" */

/**
 * Titles, roles and pins.
 * @param {Service} service
 */
export function conversationChangeActions(service) {
  return { set_title, set_role, pin_message, unpin_message };

  /** @param {Call} call */
  function set_title(call) {
    const { conversation, user: by } = moderated(call, call.frame.conversationId);
    return recordChange(service, call, conversation, () => {
      const { title } = call.frame.data;
      conversation.title = title;
      const data = { change: "renamed", by, at: call.now, title };
      return { type: "conversation_changed", data };
    });
  }

  /** @param {Call} call */
  function set_role(call) {
    const { conversation, user: by } = owned(service, call);
    return recordChange(service, call, conversation, () => {
      const { username, role } = call.frame.data;
      const member = conversation.members.get(username);
      if (!member) throw new Refusal("bad_request", "That is no member.");
      member.role = role;
      const user = { user_id: `user-${username}`, username };
      return {
        type: "conversation_changed",
        data: { change: "role", by, at: call.now, ...user, role },
      };
    });
  }

  /** @param {Call} call */
  function pin_message(call) {
    return pinned(call, "pinned");
  }

  /** @param {Call} call */
  function unpin_message(call) {
    return pinned(call, "unpinned");
  }

  /**
   * @param {Call} call
   * @param {"pinned" | "unpinned"} kind
   */
  function pinned(call, kind) {
    const { conversation, target } = messageOf(service, call);
    const { user: by } = moderated(call, conversation.conversation_id);
    const { message_id } = target;
    return recordChange(service, call, conversation, () => {
      if (kind === "pinned") conversation.pins.add(message_id);
      else conversation.pins.delete(message_id);
      const data = { change: kind, by, at: call.now, message_id };
      return { type: "conversation_changed", data };
    });
  }

  /**
   * @param {Call} call
   * @param {string} conversationId
   */
  function moderated(call, conversationId) {
    const found = membership(service, call, conversationId);
    if (found.member.role === "member") {
      throw new Refusal("forbidden", "Only an owner or a moderator may do this.");
    }
    return found;
  }
}

/**
 * Stores a change under the next number, if the service numbers changes, and then announces it.
 * @param {Service} service
 * @param {Call} call
 * @param {StoredConversation} conversation
 * @param {(seq?: number) => { type: string, data: object }} make makes the change, or throws
 */
export async function recordChange(service, call, conversation, make) {
  const before = [...conversation.members.keys()];
  const frame = service.options.changes
    ? await underNextNumber(service, conversation, (seq) => {
        const { type, data } = make(seq);
        const { conversation_id } = conversation;
        const frame = { type, data: { conversation_id, seq, ...data } };
        conversation.changes.set(seq, { part: `number ${seq}`, frame: () => frame });
        return frame;
      })
    : make();
  const everybody = new Set([...before, ...conversation.members.keys()]);
  service.pushTo(everybody, frame, call.connection);
  return frame;
}

/**
 * The conversation that the frame names, if the caller owns it.
 * @param {Service} service
 * @param {Call} call
 */
export function owned(service, call) {
  const { conversation, user, member } = membership(service, call, call.frame.conversationId);
  if (conversation.kind === "direct")
    throw new Refusal("conflict", "Two people talk here, for good.");
  if (member.role !== "owner") throw new Refusal("forbidden", "Only an owner may do this.");
  return { conversation, user };
}
