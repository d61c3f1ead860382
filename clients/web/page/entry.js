import { summaryOf } from "./files.js";
import { DEFAULT_WISH, wishOf } from "./notifications/levels.js";
import { words } from "./words/index.js";

/** @import { Chat, Conversation, Message } from "../src/index.js" */
/** @import { Wish } from "./notifications/levels.js" */

/**
 * A conversation as the list shows it.
 * @typedef {{
 *   id: string,
 *   kind: "group" | "direct",
 *   title: string,
 *   role: "owner" | "moderator" | "member" | null,
 *   slowSeconds: number,
 *   lastAuthor: string,
 *   lastText: string,
 *   lastAt: Date | null,
 *   lastSeq: number,
 *   upTo: number,
 *   readSeq: number,
 *   unread: number,
 *   mentions: number,
 *   wish: Readonly<Wish>,
 *   otherId?: string,
 * }} Entry `upTo`: the highest number of the conversation that this takes into account. `otherId` is the other user in a direct conversation, once that is known
 */

/**
 * @param {Conversation} conversation
 * @param {Pick<Chat, "user" | "unread" | "mentions">} chat
 * @returns {Entry}
 */
export function entryOf(conversation, chat) {
  const { conversationId: id, lastMessage: last, lastActivityAt: activity } = conversation;
  const isOwn = last?.userId === chat.user?.userId;
  const lastAuthor = (isOwn ? words("common.you") : last?.username) ?? "";
  return {
    id,
    kind: conversation.kind,
    title: conversation.title ?? "",
    role: conversation.role,
    lastAuthor,
    lastText: last && lastAuthor ? previewOf(last) : "",
    slowSeconds: conversation.slowSeconds ?? 0,
    lastAt: new Date(last?.createdAt ?? activity ?? conversation.createdAt),
    lastSeq: last?.seq ?? conversation.lastSeq,
    upTo: conversation.lastSeq,
    readSeq: conversation.lastReadSeq,
    unread: chat.unread(id),
    mentions: chat.mentions(id),
    wish: wishOf(conversation.notifications),
  };
}

/**
 * @param {string} id
 * @returns {Entry}
 */
export function emptyEntry(id) {
  return {
    ...{ id, kind: "group", title: "", role: null, lastText: "", lastAt: null, slowSeconds: 0 },
    ...{ lastAuthor: "", lastSeq: 0, upTo: 0, readSeq: 0 },
    ...{ unread: 0, mentions: 0, wish: DEFAULT_WISH },
  };
}

/** @param {Partial<Message>} message */
export function previewOf(message) {
  return message.deletedAt ? words("message.deleted") : summaryOf(message);
}

/**
 * What the conversation is called, also where nobody gave it a title.
 * @param {Entry} entry
 */
export function nameOf({ title, kind }) {
  if (title) return title;
  return words(kind === "direct" ? "conversation.direct" : "conversation.untitled");
}
