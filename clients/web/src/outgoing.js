/** @import { Outgoing } from "./types.js" */

/**
 * A `clientMessageId` names a message of one user in one conversation.
 * @param {Pick<Outgoing, "conversationId" | "clientMessageId">} outgoing
 */
export function keyOf({ conversationId, clientMessageId }) {
  return JSON.stringify([conversationId, clientMessageId]);
}

/**
 * The frame that sends it.
 * @param {Outgoing} outgoing
 */
export function frameOf({ conversationId, clientMessageId, content, type, replyTo, mentions }) {
  const data = {
    content,
    type,
    ...(replyTo && { reply_to: replyTo }),
    ...(mentions && { mentions }),
  };
  return { type: "chat_message", conversationId, clientMessageId, data };
}
