import { ParleyError } from "../src/index.js";

/** @import { Chat, Conversation, Message } from "../src/index.js" */

/**
 * A conversation as the list shows it.
 * @typedef {{
 *   id: string,
 *   kind: "group" | "direct",
 *   title: string,
 *   role: "owner" | "member" | null,
 *   lastText: string,
 *   lastAt: Date | null,
 *   lastSeq: number,
 *   readSeq: number,
 *   unread: number,
 * }} Entry
 */

/** The user's conversations, kept up with what happens. */
export class Directory {
  /** @type {Map<string, Entry>} */
  #entries = new Map();
  /** @type {string | undefined} */
  #cursor;
  #chat;
  #onChange;

  /** Whether the service has lists of conversations and members; null while that is unknown. */
  /** @type {boolean | null} */
  hasLists = null;

  /**
   * @param {Chat} chat
   * @param {() => void} onChange
   */
  constructor(chat, onChange) {
    this.#chat = chat;
    this.#onChange = onChange;
    chat.on("message", (message) => this.#message(message));
    chat.on("read", (receipt) => this.#read(receipt));
    chat.on("conversation_created", (conversation) => this.#add([conversation]));
    chat.on("member_removed", ({ conversation_id, user_id }) => {
      if (user_id === chat.user?.user_id) this.remove(conversation_id);
    });
  }

  /** Latest activity first. */
  get entries() {
    return [...this.#entries.values()].sort(
      (a, b) => (b.lastAt?.getTime() ?? 0) - (a.lastAt?.getTime() ?? 0) || (a.id < b.id ? -1 : 1),
    );
  }

  get hasMore() {
    return this.#cursor !== undefined;
  }

  get unread() {
    return this.entries.reduce((sum, { unread }) => sum + unread, 0);
  }

  /** @param {string | null} id */
  find(id) {
    return id === null ? undefined : this.#entries.get(id);
  }

  /**
   * The first page, anew.
   * @param {string} fallback what to show where the service has no lists
   */
  async load(fallback) {
    try {
      const { items, cursor } = await this.#chat.listConversations({ limit: 50 });
      this.hasLists = true;
      this.#cursor = cursor;
      this.#add(items);
    } catch (error) {
      if (!(error instanceof ParleyError) || error.code !== "unknown_type") throw error;
      this.hasLists = false;
      this.know(fallback);
    }
  }

  async loadMore() {
    if (this.#cursor === undefined) return;
    const page = await this.#chat.listConversations({ cursor: this.#cursor, limit: 50 });
    this.#cursor = page.cursor;
    this.#add(page.items);
  }

  /**
   * A conversation of which nothing is known but its id.
   * @param {string} id
   */
  know(id) {
    if (!this.#entries.has(id)) this.#entries.set(id, emptyEntry(id));
    this.#onChange();
  }

  /** @param {string} id */
  remove(id) {
    this.#entries.delete(id);
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
    // A later message of others was counted when it came; between, there may be the user's own.
    entry.unread = Math.min(entry.unread, Math.max(0, entry.lastSeq - seq));
    this.#onChange();
  }

  /**
   * What the messages of the conversation, once loaded, say of its end.
   * @param {Message} message
   */
  latest(message) {
    const entry = this.#entries.get(message.conversation_id);
    if (!entry || message.seq < entry.lastSeq) return;
    this.#show(entry, message);
    this.#onChange();
  }

  /** @param {Message} message */
  #message(message) {
    const entry = this.#entries.get(message.conversation_id) ?? emptyEntry(message.conversation_id);
    this.#entries.set(entry.id, entry);
    // The list counted the messages up to its own last one.
    if (message.seq > entry.lastSeq) {
      const isOwn = message.user_id === this.#chat.user?.user_id;
      if (!isOwn) entry.unread++;
      this.#show(entry, message);
    }
    this.#onChange();
  }

  /**
   * @param {Entry} entry
   * @param {Message} message
   */
  #show(entry, message) {
    const isOwn = message.user_id === this.#chat.user?.user_id;
    entry.lastSeq = message.seq;
    entry.lastAt = new Date(message.created_at);
    entry.lastText = `${isOwn ? "You" : message.username}: ${message.content}`;
  }

  /** @param {{ conversation_id: string, user_id: string, seq: number }} receipt */
  #read({ conversation_id, user_id, seq }) {
    if (user_id === this.#chat.user?.user_id) this.seen(conversation_id, seq);
  }

  /** @param {Conversation[]} conversations */
  #add(conversations) {
    for (const conversation of conversations) {
      const entry = this.#entryOf(conversation);
      const known = this.#entries.get(entry.id);
      if (known && !conversation.title) entry.title = known.title;
      this.#entries.set(entry.id, entry);
    }
    this.#onChange();
  }

  /**
   * @param {Conversation} conversation
   * @returns {Entry}
   */
  #entryOf(conversation) {
    const { conversation_id: id, last_message: last, last_activity_at: activity } = conversation;
    const author = last?.user_id === this.#chat.user?.user_id ? "You" : last?.username;
    return {
      id,
      kind: conversation.kind,
      title: conversation.title ?? "",
      role: conversation.role,
      lastText: [author, last?.content].filter(Boolean).join(": "),
      lastAt: new Date(last?.created_at ?? activity ?? conversation.created_at),
      lastSeq: last?.seq ?? conversation.last_seq,
      readSeq: conversation.last_read_seq,
      unread: conversation.unread_count,
    };
  }
}

/**
 * @param {string} id
 * @returns {Entry}
 */
function emptyEntry(id) {
  return {
    ...{ id, kind: "group", title: "", role: null, lastText: "", lastAt: null },
    ...{ lastSeq: 0, readSeq: 0, unread: 0 },
  };
}

/**
 * What the conversation is called, also where nobody gave it a title.
 * @param {Entry} entry
 */
export function nameOf({ id, title, kind }) {
  if (title) return title;
  if (/^[a-z][a-z0-9-]{0,31}$/.test(id)) return id;
  return kind === "direct" ? "Direct conversation" : "Untitled conversation";
}
