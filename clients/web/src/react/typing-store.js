import { Store } from "./store.js";

/** @import { Chat, TypingNotice, User } from "../index.js" */

/** @type {readonly User[]} */
const NOBODY = Object.freeze([]);
/** @type {Readonly<Record<string, readonly User[]>>} */
const NOWHERE = Object.freeze({});

/**
 * Who is typing, by conversation.
 * @extends {Store<Readonly<Record<string, readonly User[]>>>}
 */
export class TypingStore extends Store {
  /** @param {Chat} chat */
  constructor(chat) {
    super(chat, NOWHERE);
  }

  /** @override */
  begin() {
    this.listen({
      typing: (notice) => this.#notice(notice),
      // Notices of a user who signed out never end by themselves.
      signed_out: () => this.#clear(),
    });
  }

  /** @param {string} conversationId */
  of(conversationId) {
    return this.getSnapshot()[conversationId] ?? NOBODY;
  }

  /** @param {TypingNotice} notice */
  #notice({ conversationId, userId, username, isTyping }) {
    const before = this.of(conversationId);
    const isKnown = before.some((it) => it.userId === userId);
    if (isKnown === isTyping) return;
    const others = before.filter((it) => it.userId !== userId);
    const now = isTyping ? [...others, { userId, username }] : others;
    this.update({ [conversationId]: now.length ? now : NOBODY });
  }

  #clear() {
    const all = Object.keys(this.getSnapshot());
    this.update(Object.fromEntries(all.map((conversationId) => [conversationId, NOBODY])));
  }
}
