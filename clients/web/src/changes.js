/** @import { Message, MessageChanged, Numbered } from "./types.js" */

/**
 * The message after the change. A message has two parts, its content and its reactions, and each
 * change brings the whole new value of one. The part with the higher version counts, so changes
 * may come in any order, any number of times. A deletion is final.
 * @param {Message} message
 * @param {MessageChanged} change
 * @returns {Message} the same object if the change brings nothing new
 */
export function applyChange(message, change) {
  if (message.message_id !== change.message_id || message.deleted_at) return message;
  if (change.deleted_at) return deleted(message, change);
  return change.reactions ? withReactions(message, change.reactions) : edited(message, change);
}

/**
 * Of two states of one message the later one, part by part.
 * @param {Message} a
 * @param {Message} b
 * @returns {Message}
 */
export function laterState(a, b) {
  if (a.deleted_at) return a;
  const later = b.deleted_at || versionOf(b) > versionOf(a) ? b : a;
  const { reactions } = later === a ? b : a;
  return reactions ? withReactions(later, reactions) : later;
}

/**
 * The message after what a frame says of it, if it does.
 * @param {Message} message
 * @param {Numbered} frame
 */
export function withFrame(message, { type, data }) {
  const news = /** @type {any} */ (data);
  if (type === "message_changed") return applyChange(message, news);
  const isState = type === "chat_message" && news.message_id === message.message_id;
  return isState ? laterState(message, news) : message;
}

/**
 * @template {readonly Message[]} Messages
 * @param {Messages} messages
 * @param {Numbered} frame
 * @returns {Messages} the same list if the frame brings nothing new
 */
export function allWithFrame(messages, frame) {
  const after = messages.map((it) => withFrame(it, frame));
  const isNew = after.some((it, index) => it !== messages[index]);
  return isNew ? /** @type {any} */ (after) : messages;
}

/**
 * The changes that made the message what it is, the last one of each part.
 * @param {Message} message
 * @returns {Numbered[]}
 */
export function changesOf(message) {
  const { conversation_id, message_id, version, reactions } = message;
  const place = { conversation_id, message_id };
  const changes = [];
  if (version) changes.push({ ...place, seq: version, ...lastEdit(message) });
  if (reactions) {
    changes.push({ ...place, seq: reactions.version, change: "reacted", reactions });
  }
  return changes.map((data) => ({ type: "message_changed", data }));
}

/** @param {Message} message */
function lastEdit({ user_id, username, ...message }) {
  const { content, type, mentions = [], version, edited_at, deleted_at, deleted_by } = message;
  if (deleted_at) {
    const by = deleted_by && { by: deleted_by };
    return { change: "deleted", ...by, at: deleted_at, content, version, deleted_at };
  }
  const by = { user_id, username };
  return { change: "edited", by, at: edited_at, content, type, mentions, version, edited_at };
}

/**
 * @param {Message} message
 * @param {MessageChanged} change
 * @returns {Message}
 */
function edited(message, { content = "", type, mentions = [], version = 0, edited_at }) {
  if (version <= versionOf(message)) return message;
  const { mentions: _, ...rest } = message;
  return {
    ...rest,
    ...{ content, version, type: type ?? message.type },
    ...(edited_at && { edited_at }),
    ...(mentions.length > 0 && { mentions }),
  };
}

/**
 * Only who wrote the message and when is left of it.
 * @param {Message} message
 * @param {MessageChanged} change
 * @returns {Message}
 */
function deleted(message, { version, deleted_at, by }) {
  const { mentions: _, reactions: __, attachments: ___, edited_at: ____, ...kept } = message;
  const { reply_to: _____, ...rest } = kept;
  const when = deleted_at && { deleted_at };
  return {
    ...rest,
    content: "",
    ...(version && { version }),
    ...when,
    ...(by && { deleted_by: by }),
  };
}

/**
 * @param {Message} message
 * @param {import("./types.js").Reactions} reactions
 * @returns {Message}
 */
function withReactions(message, reactions) {
  if (message.deleted_at || reactions.version <= (message.reactions?.version ?? 0)) return message;
  return { ...message, reactions };
}

/** @param {Message} message */
function versionOf({ version = 0 }) {
  return version;
}
