/** @import { AttachmentRef, Outgoing } from "./types.js" */

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
export function frameOf({ conversationId, clientMessageId, content, type, ...extra }) {
  const { replyTo, mentions, attachments } = extra;
  const data = {
    content,
    type,
    ...(replyTo && { replyTo }),
    ...(mentions && { mentions }),
    ...(attachments && { attachments: attachments.map(referenceOf) }),
  };
  return { type: "chat_message", conversationId, clientMessageId, data };
}

/**
 * Name, size and type are known to the service.
 * @param {AttachmentRef} attachment
 */
function referenceOf({ name: _, size: __, mediaType: ___, ...reference }) {
  return reference;
}
