import { removeFiles } from "./files.js";
import { OUTDONE, underNextNumber } from "./log.js";
import { checkContent, membership } from "./messages.js";
import { Refusal } from "./refusal.js";

/** @import { Call, Service, StoredConversation } from "./service.js" */

/** How many different reactions a message may have, and how many one user may give it. */
const REACTIONS = 20;
const REACTIONS_OF_ONE = 5;

/**
 * The frames that change a message.
 * @param {Service} service
 */
export function changeActions(service) {
  return { edit_message, delete_message, react, list_reactions };

  /** @param {Call} call */
  async function edit_message(call) {
    const { conversation, target, user } = messageOf(service, call);
    const { content, type = "text", version, mentions = [] } = call.frame.data;
    if (content !== "" || !target.attachments) checkContent(content);
    if (target.user_id !== user.user_id) throw new Refusal("forbidden", "It is another user's.");
    const by = user;
    return underNextNumber(service, conversation, (seq) => {
      checkVersion(target, version);
      if ((target.version ?? 0) > seq) return edited(target, target.version, by);
      Object.assign(target, { content, type, version: seq, edited_at: service.time() });
      delete target.mentions;
      if (mentions.length > 0) target.mentions = mentions;
      return announce(call, conversation, seq, contentOf(target, by));
    });
  }

  /** @param {Call} call */
  async function delete_message(call) {
    const { conversation, target, user, member } = messageOf(service, call);
    if (target.user_id !== user.user_id && member.role === "member") {
      throw new Refusal("forbidden", "It is another user's.");
    }
    return underNextNumber(service, conversation, (seq) => {
      if (target.deleted_at) return contentOf(target, user).frame(target.version);
      if ((target.version ?? 0) > seq) return OUTDONE;
      removeFiles(service, target.attachments ?? []);
      const parts = ["mentions", "reactions", "edited_at", "attachments", "reply_to"];
      for (const field of parts) delete target[field];
      conversation.reactions.delete(target.seq);
      const deletion = { deleted_at: service.time(), deleted_by: user };
      Object.assign(target, { content: "", version: seq, ...deletion });
      return announce(call, conversation, seq, contentOf(target, user));
    });
  }

  /**
   * Own row first, then the number, then the sum: so a higher number never has an older sum.
   * @param {Call} call
   */
  async function react(call) {
    const { conversation, target, user } = messageOf(service, call);
    const { reaction, is_on } = call.frame.data;
    if (target.deleted_at) throw new Refusal("conflict", "The message is deleted.");
    setReaction(conversation, target.seq, user.username, reaction, is_on);
    const change = reactionsOf(target, { by: user, reaction, is_on });
    for (;;) {
      const seq = ++conversation.last_seq;
      await service.options.storing();
      const items = sumOf(conversation, target.seq);
      await service.options.storing();
      if (conversation.sealed.has(seq)) continue;
      const isStored = storeSum(target, seq, items);
      if (isStored) return announce(call, conversation, seq, change);
      conversation.sealed.add(seq);
      if (target.deleted_at) throw new Refusal("conflict", "The message is deleted.");
      return change.frame(target.reactions.version);
    }
  }

  /** @param {Call} call */
  function list_reactions(call) {
    const { conversation, target } = messageOf(service, call);
    const wanted = call.frame.data?.reaction;
    const items = [...(conversation.reactions.get(target.seq) ?? [])]
      .filter(([, given]) => wanted === undefined || given.has(wanted))
      .map(([username, given]) => ({
        user_id: `user-${username}`,
        username,
        reactions: [...given],
      }));
    return { type: "reactions", data: { message_id: target.message_id, items } };
  }

  /**
   * @param {Call} call
   * @param {StoredConversation} conversation
   * @param {number} seq
   * @param {import("./log.js").Change} change
   */
  function announce(call, conversation, seq, change) {
    conversation.changes.set(seq, change);
    const frame = change.frame(seq);
    service.pushTo(conversation.members.keys(), frame, call.connection);
    return frame;
  }
}

/**
 * The message that the frame names, if the caller may see it.
 * @param {Service} service
 * @param {Call} call
 */
export function messageOf(service, call) {
  const [conversationId = "", seq] = String(call.frame.messageId).split(":");
  const found = membership(service, call, conversationId);
  const target = found.conversation.messages.get(Number(seq));
  if (!target) throw new Refusal("not_a_member", "There is no such message for you.");
  return { ...found, target };
}

/**
 * @param {any} target
 * @param {number | undefined} version
 */
function checkVersion(target, version) {
  if (target.deleted_at) throw new Refusal("conflict", "The message is deleted.");
  const now = target.version ?? 0;
  if (version === undefined || version === now) return;
  throw new Refusal("conflict", "It was edited meanwhile.", { data: { version: now } });
}

/**
 * @param {any} target
 * @param {number} seq
 * @param {any} by
 */
function edited(target, seq, by) {
  return contentOf(target, by).frame(seq);
}

/**
 * @param {any} target
 * @param {any} by
 * @returns {import("./log.js").Change}
 */
function contentOf(target, by) {
  const frame = (/** @type {number} */ seq) => {
    const { conversation_id, message_id, content, type, version, mentions = [] } = target;
    const place = { conversation_id, seq, message_id };
    const { edited_at, deleted_at, deleted_by } = target;
    const data = deleted_at
      ? {
          ...place,
          change: "deleted",
          by: deleted_by,
          at: deleted_at,
          content: "",
          version,
          deleted_at,
        }
      : {
          ...place,
          change: "edited",
          by,
          at: edited_at,
          content,
          type,
          mentions,
          version,
          edited_at,
        };
    return { type: "message_changed", data };
  };
  return { target: target.seq, part: `content ${target.seq}`, frame };
}

/**
 * @param {any} target
 * @param {{ by: any, reaction: string, is_on: boolean }} what
 * @returns {import("./log.js").Change}
 */
function reactionsOf(target, what) {
  const frame = (/** @type {number} */ seq) => {
    if (target.deleted_at) return contentOf(target, what.by).frame(seq);
    const { conversation_id, message_id, reactions } = target;
    const place = { conversation_id, seq, message_id };
    const data = { ...place, change: "reacted", at: "2026-01-01T00:00:00Z", ...what, reactions };
    return { type: "message_changed", data };
  };
  return { target: target.seq, part: `reactions ${target.seq}`, frame };
}

/**
 * @param {StoredConversation} conversation
 * @param {number} seq
 * @param {string} username
 * @param {string} reaction
 * @param {boolean} isOn
 */
function setReaction({ reactions }, seq, username, reaction, isOn) {
  const rows = reactions.get(seq) ?? new Map();
  const given = new Set(rows.get(username));
  if (isOn) given.add(reaction);
  else given.delete(reaction);
  const all = new Set([...rows.values(), given].flatMap((it) => [...it]));
  if (given.size > REACTIONS_OF_ONE || all.size > REACTIONS) {
    throw new Refusal("conflict", "There are too many reactions.");
  }
  reactions.set(seq, rows.set(username, given));
}

/**
 * @param {any} target
 * @param {number} seq
 * @param {ReturnType<typeof sumOf>} items
 */
function storeSum(target, seq, items) {
  if (target.deleted_at || (target.reactions?.version ?? 0) > seq) return false;
  const total = items.reduce((sum, { count }) => sum + count, 0);
  target.reactions = { version: seq, total, items };
  return true;
}

/**
 * @param {StoredConversation} conversation
 * @param {number} seq
 */
function sumOf({ reactions }, seq) {
  /** @type {Map<string, string[]>} */
  const users = new Map();
  for (const [username, given] of reactions.get(seq) ?? []) {
    for (const reaction of given) users.set(reaction, [...(users.get(reaction) ?? []), username]);
  }
  return [...users].map(([reaction, names]) => {
    return { reaction, count: names.length, users: names.slice(0, 3) };
  });
}
