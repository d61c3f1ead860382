import { messageOf } from "./changes.js";
import { recordChange } from "./conversation-changes.js";
import { membership } from "./messages.js";
import { Refusal } from "./refusal.js";

/** @import { Call, Service } from "./service.js" */

/**
 * Mutes, bans, slow mode and reports.
 * @param {Service} service
 */
export function moderationActions(service) {
  return { mute_member, ban_member, unban_member, list_bans, set_slow_mode, report_message };

  /** @param {Call} call */
  function mute_member(call) {
    const { conversation, user: by } = led(call);
    const { username, until } = call.frame.data;
    return recordChange(service, call, conversation, () => {
      const member = conversation.members.get(username);
      if (!member) throw new Refusal("conflict", "That person is not a member.");
      const isOn = Date.parse(until) > Date.parse(call.now);
      member.muted_until = isOn ? until : undefined;
      const about = { user_id: `user-${username}`, username, ...(isOn && { muted_until: until }) };
      const change = isOn ? "muted" : "unmuted";
      return { type: "conversation_changed", data: { change, by, at: call.now, ...about } };
    });
  }

  /** @param {Call} call */
  function ban_member(call) {
    const { conversation, user: by } = led(call);
    const { username } = call.frame.data;
    return recordChange(service, call, conversation, () => {
      conversation.members.delete(username);
      conversation.bans.set(username, { banned_at: call.now, by });
      service.touchInbox(username);
      const user = { user_id: `user-${username}`, username };
      return { type: "member_removed", data: { ...user, by, is_banned: true } };
    });
  }

  /** @param {Call} call */
  function unban_member(call) {
    const { conversation, user: by } = led(call);
    const { username } = call.frame.data;
    return recordChange(service, call, conversation, () => {
      conversation.bans.delete(username);
      const user = { user_id: `user-${username}`, username };
      return {
        type: "conversation_changed",
        data: { change: "unbanned", by, at: call.now, ...user },
      };
    });
  }

  /** @param {Call} call */
  function list_bans(call) {
    const { conversation } = led(call);
    const items = [...conversation.bans].map(([username, ban]) => ({
      user_id: `user-${username}`,
      username,
      ...ban,
    }));
    return { type: "bans", data: { conversation_id: conversation.conversation_id, items } };
  }

  /** @param {Call} call */
  function set_slow_mode(call) {
    const { conversation, user: by } = led(call);
    const { slow_seconds } = call.frame.data;
    return recordChange(service, call, conversation, () => {
      conversation.slow_seconds = slow_seconds;
      const data = { change: "slow_mode", by, at: call.now, slow_seconds };
      return { type: "conversation_changed", data };
    });
  }

  /** @param {Call} call */
  function report_message(call) {
    messageOf(service, call);
  }

  /** @param {Call} call */
  function led(call) {
    const found = membership(service, call, call.frame.conversationId);
    if (found.member.role === "member") {
      throw new Refusal("forbidden", "Only an owner or a moderator may do this.");
    }
    return found;
  }
}
