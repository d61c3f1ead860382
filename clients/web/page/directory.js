import { ParleyError } from "../src/index.js";
import { emptyEntry, entryOf, previewOf } from "./entry.js";
import { wishOf } from "./notifications/levels.js";
import { words } from "./words/index.js";

/** @import { Chat, Conversation, ConversationChanged, Message, MessageChanged, User } from "../src/index.js" */
/** @import { Entry } from "./entry.js" */
/** @import { Wish } from "./notifications/levels.js" */

/** The user's conversations, kept up with what happens. */
export class Directory {
  /** @type {Map<string, Entry>} */
  #entries = new Map();
  #chat;
  #onChange;
  #onGone;
  #onMessage;

  /** Whether the service has lists of conversations and members; null while that is unknown. */
  /** @type {boolean | null} */
  hasLists = null;
  /** Whether all there are have been listed. */
  isWhole = false;

  /**
   * @param {Chat} chat
   * @param {{
   *   onChange: () => void,
   *   onGone: (entry: Entry, by: User | null) => void,
   *   onMessage?: (message: Message, after: number) => void,
   * }} listeners `onGone` hears of each conversation that the user is no longer in, and whose doing
   *   it was where that is known. `onMessage` hears of each message, and the number of the one before
   */
  constructor(chat, { onChange, onGone, onMessage = () => {} }) {
    this.#chat = chat;
    this.#onChange = onChange;
    this.#onGone = onGone;
    this.#onMessage = onMessage;
    chat.on("message", (message) => this.#message(message));
    chat.on("read", (receipt) => this.#read(receipt));
    chat.on("unread", ({ conversationId }) => this.#count(conversationId));
    chat.on("message_changed", (change) => this.#changed(change));
    chat.on("conversation_changed", (change) => this.#conversationChanged(change));
    chat.on("notifications_set", (set) => this.#setWish(set.conversationId, wishOf(set)));
    chat.on("conversations_changed", () => this.#again());
    chat.on("conversation_created", (conversation) => this.#add([conversation]));
    chat.on("member_removed", ({ conversationId, userId, by, newOwnerId }) => {
      if (userId === chat.user?.userId) this.#remove(conversationId, by);
      if (newOwnerId) this.#setRole(conversationId, newOwnerId, "owner");
    });
  }

  /** Latest activity first. */
  get entries() {
    return [...this.#entries.values()].sort(
      (a, b) => (b.lastAt?.getTime() ?? 0) - (a.lastAt?.getTime() ?? 0) || (a.id < b.id ? -1 : 1),
    );
  }

  /** @param {string | null} id */
  find(id) {
    return id === null ? undefined : this.#entries.get(id);
  }

  /**
   * All of them, again. The service orders each page by itself, so the latest may be on the last.
   * @param {string} fallback what to show where the service has no lists
   * @param {() => void} [onPage] after every page
   */
  async load(fallback, onPage = () => {}) {
    const missing = new Set(this.#entries.keys());
    try {
      for await (const page of this.#pages()) {
        this.hasLists = true;
        for (const { conversationId } of page) missing.delete(conversationId);
        this.#add(page);
        onPage();
      }
      for (const id of missing) this.#remove(id, null);
    } catch (error) {
      if (!(error instanceof ParleyError) || error.code !== "unknown_type") throw error;
      this.hasLists = false;
      this.know(fallback);
    }
    this.isWhole = true;
  }

  async *#pages() {
    for (let cursor; ;) {
      const options = cursor === undefined ? {} : { cursor };
      const page = await this.#chat.listConversations({ ...options, limit: 100 });
      yield page.items;
      cursor = page.cursor;
      if (cursor === undefined) return;
    }
  }

  /**
   * What was listed at an earlier time, to be shown until all is listed again.
   * @param {Entry[]} entries
   */
  restore(entries) {
    if (entries.length === 0 || this.hasLists !== null) return;
    this.hasLists = true;
    for (const entry of entries) this.#entries.set(entry.id, entry);
    this.#onChange();
  }

  /**
   * A conversation of which nothing is known but its id.
   * @param {string} id
   */
  know(id) {
    if (!this.#entries.has(id)) this.#entries.set(id, { ...emptyEntry(id), title: id });
    this.#onChange();
  }

  /**
   * @param {string} id
   * @param {User | null} by
   */
  #remove(id, by) {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    this.#onGone(entry, by);
    this.#onChange();
  }

  /**
   * @param {string} id
   * @param {string} otherId
   */
  meet(id, otherId) {
    const entry = this.#entries.get(id);
    if (!entry || entry.otherId === otherId) return;
    entry.otherId = otherId;
    this.#onChange();
  }

  /**
   * @param {string} id
   * @param {string} title
   */
  rename(id, title) {
    const entry = this.#entries.get(id);
    if (!entry || entry.title === title) return;
    entry.title = title;
    this.#onChange();
  }

  /**
   * The user has seen everything up to the number.
   * @param {string} id
   * @param {number} seq
   */
  seen(id, seq) {
    const entry = this.#entries.get(id);
    if (!entry || seq <= entry.readSeq) return;
    entry.readSeq = seq;
    this.#onChange();
  }

  /**
   * What the messages of the conversation, once loaded, say of its end.
   * @param {Message} message
   */
  latest(message) {
    const entry = this.#entries.get(message.conversationId);
    if (!entry || message.seq < entry.lastSeq) return;
    this.#show(entry, message);
    this.#onChange();
  }

  /** @param {Message} message */
  #message(message) {
    const entry = this.#entries.get(message.conversationId) ?? emptyEntry(message.conversationId);
    this.#recount(entry);
    this.#entries.set(entry.id, entry);
    this.#onMessage(message, entry.lastSeq);
    if (message.seq > entry.lastSeq) this.#show(entry, message);
    this.#onChange();
  }

  /**
   * @param {Entry} entry
   * @param {Message} message
   */
  #show(entry, message) {
    const isOwn = message.userId === this.#chat.user?.userId;
    entry.lastSeq = message.seq;
    entry.upTo = Math.max(entry.upTo, message.seq);
    entry.lastAt = new Date(message.createdAt);
    entry.lastAuthor = isOwn ? words("common.you") : message.username;
    entry.lastText = previewOf(message);
  }

  /** @param {{ conversationId: string, userId: string, seq: number }} receipt */
  #read({ conversationId, userId, seq }) {
    if (userId === this.#chat.user?.userId) this.seen(conversationId, seq);
  }

  /** @param {string} id */
  #count(id) {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#recount(entry);
    this.#onChange();
  }

  /** @param {Entry} entry */
  #recount(entry) {
    entry.unread = this.#chat.unread(entry.id);
    entry.mentions = this.#chat.mentions(entry.id);
  }

  /**
   * The newest message is shown as it is now.
   * @param {MessageChanged} change
   */
  #changed({ conversationId, seq, messageId, change, content, deletedAt }) {
    const entry = this.#entries.get(conversationId);
    if (entry) entry.upTo = Math.max(entry.upTo, seq);
    if (!entry || messageId !== `${conversationId}:${entry.lastSeq}`) return;
    if (change === "reacted") return;
    entry.lastText = previewOf({ content, deletedAt });
    this.#onChange();
  }

  /** @param {ConversationChanged} change */
  #conversationChanged({ conversationId, seq, change, title, role, userId, slowSeconds }) {
    const entry = this.#entries.get(conversationId);
    if (!entry) return;
    entry.upTo = Math.max(entry.upTo, seq);
    if (change === "renamed" && title !== undefined) this.rename(conversationId, title);
    if (change === "slow_mode") entry.slowSeconds = slowSeconds ?? 0;
    if (change === "role" && userId && role) this.#setRole(conversationId, userId, role);
    this.#onChange();
  }

  /**
   * @param {string} conversationId
   * @param {string} userId
   * @param {"owner" | "moderator" | "member"} role
   */
  #setRole(conversationId, userId, role) {
    const entry = this.#entries.get(conversationId);
    if (!entry || userId !== this.#chat.user?.userId) return;
    entry.role = role;
    this.#onChange();
  }

  /**
   * @param {string} id
   * @param {Readonly<Wish>} wish
   */
  #setWish(id, wish) {
    const entry = this.#entries.get(id);
    if (!entry) return;
    entry.wish = wish;
    this.#onChange();
  }

  /** The list is another one than this: a conversation was created or left on another device. */
  #again() {
    if (this.hasLists) this.load("").catch(() => {});
  }

  /** @param {Conversation[]} conversations */
  #add(conversations) {
    for (const conversation of conversations) {
      const entry = entryOf(conversation, this.#chat);
      const known = this.#entries.get(entry.id);
      if (known && !conversation.title) entry.title = known.title;
      this.#entries.set(entry.id, entry);
    }
    this.#onChange();
  }
}
