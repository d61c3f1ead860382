import { membership } from "./messages.js";
import { Refusal } from "./refusal.js";

/** @import { Call, Service } from "./service.js" */

/**
 * @typedef {{
 *   attachment_id: string, conversation_id: string, user_id: string,
 *   name: string, size: number, media_type: string, message_id?: string,
 * }} StoredUpload
 */

/**
 * The frames about files.
 * @param {Service} service
 */
export function fileActions(service) {
  let last = 0;
  return { request_upload, get_attachments };

  /** @param {Call} call */
  function request_upload(call) {
    const { conversation, user } = membership(service, call, call.frame.conversationId);
    const { name, size, media_type } = call.frame.data;
    const { maxUploadBytes } = service.options;
    if (size > maxUploadBytes) {
      const data = { limit_bytes: maxUploadBytes };
      throw new Refusal("too_large", "The file is too large.", { data });
    }
    const { conversation_id } = conversation;
    const attachment_id = `file-${++last}`;
    const file = { attachment_id, conversation_id, user_id: user.user_id, name, size, media_type };
    service.uploads.set(attachment_id, file);
    const target = service.fileStore.presignPost(keyOf(file), size, media_type);
    return { type: "upload_ready", data: { attachment_id, ...target } };
  }

  /** @param {Call} call */
  function get_attachments(call) {
    const { conversation } = membership(service, call, call.frame.conversationId);
    const { conversation_id } = conversation;
    /** @type {string[]} */
    const ids = call.frame.data.attachment_ids;
    if (ids.length > 50) throw new Refusal("bad_request", "Too many.");
    const items = ids.flatMap((attachment_id) => {
      const file = service.uploads.get(attachment_id);
      if (!file?.message_id || file.conversation_id !== conversation_id) return [];
      return [{ attachment_id, ...service.fileStore.presignGet(keyOf(file)) }];
    });
    return { type: "attachments", data: { conversation_id, items } };
  }
}

/**
 * Each file is there, this user's, of this conversation, and of no message yet.
 * @param {Service} service
 * @param {string} conversationId
 * @param {string} userId
 * @param {any[]} references
 */
export function checkAttachments(service, conversationId, userId, references) {
  const files = idsOf(references).map((id) => service.uploads.get(id));
  const isThere = (/** @type {StoredUpload | undefined} */ file) =>
    file?.conversation_id === conversationId &&
    file.user_id === userId &&
    service.fileStore.objects.has(keyOf(file));
  if (references.length > 10 || !files.every(isThere)) {
    const data = { field: "data.attachments" };
    throw new Refusal("bad_request", "There is no such upload.", { data });
  }
  if (files.some((file) => file?.message_id)) {
    throw new Refusal("conflict", "Another message has the file.");
  }
}

/**
 * The files as the message has them. From now on they are this message's.
 * @param {Service} service
 * @param {string} messageId
 * @param {any[]} references
 */
export function take(service, messageId, references) {
  for (const id of idsOf(references)) {
    const file = service.uploads.get(id);
    if (file) file.message_id = messageId;
  }
  return references.map((reference) => {
    const { name, size, media_type } = /** @type {StoredUpload} */ (
      service.uploads.get(reference.attachment_id)
    );
    return { ...reference, name, size, media_type };
  });
}

/**
 * @param {Service} service
 * @param {any[]} attachments
 */
export function removeFiles(service, attachments) {
  for (const id of idsOf(attachments)) {
    const file = service.uploads.get(id);
    if (file) service.fileStore.objects.delete(keyOf(file));
    service.uploads.delete(id);
  }
}

/** @param {any[]} references */
function idsOf(references) {
  return references.flatMap(({ attachment_id, thumbnail_id }) =>
    thumbnail_id ? [attachment_id, thumbnail_id] : [attachment_id],
  );
}

/** @param {StoredUpload} file */
function keyOf({ conversation_id, attachment_id }) {
  return `c/${conversation_id}/${attachment_id}`;
}
