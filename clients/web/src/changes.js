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
  if (message.messageId !== change.messageId || message.deletedAt) return message;
  if (change.deletedAt) return deleted(message, change);
  return change.reactions ? withReactions(message, change.reactions) : edited(message, change);
}

/**
 * Of two states of one message the later one, part by part.
 * @param {Message} a
 * @param {Message} b
 * @returns {Message}
 */
export function laterState(a, b) {
  if (a.deletedAt) return a;
  const later = b.deletedAt || versionOf(b) > versionOf(a) ? b : a;
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
  const isState = type === "chat_message" && news.messageId === message.messageId;
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
  const { conversationId, messageId, version, reactions } = message;
  const place = { conversationId, messageId };
  const changes = [];
  if (version) changes.push({ ...place, seq: version, ...lastEdit(message) });
  if (reactions) {
    changes.push({ ...place, seq: reactions.version, change: "reacted", reactions });
  }
  return changes.map((data) => ({ type: "message_changed", data }));
}

/** @param {Message} message */
function lastEdit({ userId, username, ...message }) {
  const { content, type, mentions = [], version, editedAt, deletedAt, deletedBy } = message;
  if (deletedAt) {
    const by = deletedBy && { by: deletedBy };
    return { change: "deleted", ...by, at: deletedAt, content, version, deletedAt };
  }
  const by = { userId, username };
  return { change: "edited", by, at: editedAt, content, type, mentions, version, editedAt };
}

/**
 * @param {Message} message
 * @param {MessageChanged} change
 * @returns {Message}
 */
function edited(message, { content = "", type, mentions = [], version = 0, editedAt }) {
  if (version <= versionOf(message)) return message;
  const { mentions: _, ...rest } = message;
  return {
    ...rest,
    ...{ content, version, type: type ?? message.type },
    ...(editedAt && { editedAt }),
    ...(mentions.length > 0 && { mentions }),
  };
}

/**
 * Only who wrote the message and when is left of it.
 * @param {Message} message
 * @param {MessageChanged} change
 * @returns {Message}
 */
function deleted(message, { version, deletedAt, by }) {
  const { mentions: _, reactions: __, attachments: ___, editedAt: ____, ...kept } = message;
  const { replyTo: _____, ...rest } = kept;
  const when = deletedAt && { deletedAt };
  return {
    ...rest,
    content: "",
    ...(version && { version }),
    ...when,
    ...(by && { deletedBy: by }),
  };
}

/**
 * @param {Message} message
 * @param {import("./types.js").Reactions} reactions
 * @returns {Message}
 */
function withReactions(message, reactions) {
  if (message.deletedAt || reactions.version <= (message.reactions?.version ?? 0)) return message;
  return { ...message, reactions };
}

/** @param {Message} message */
function versionOf({ version = 0 }) {
  return version;
}
