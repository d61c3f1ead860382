import { ParleyError } from "../src/index.js";
import { summaryOf } from "./files.js";
import { DEFAULT_WISH, wishOf } from "./notifications/levels.js";
import { words } from "./words/index.js";

/** @import { Chat, Conversation, ConversationChanged, Message, MessageChanged, User } from "../src/index.js" */
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
    chat.on("unread", ({ conversation_id }) => this.#count(conversation_id));
    chat.on("message_changed", (change) => this.#changed(change));
    chat.on("conversation_changed", (change) => this.#conversationChanged(change));
    chat.on("notifications_set", (set) => this.#setWish(set.conversation_id, wishOf(set)));
    chat.on("conversations_changed", () => this.#again());
    chat.on("conversation_created", (conversation) => this.#add([conversation]));
    chat.on("member_removed", ({ conversation_id, user_id, by, new_owner_id }) => {
      if (user_id === chat.user?.user_id) this.#remove(conversation_id, by);
      if (new_owner_id) this.#setRole(conversation_id, new_owner_id, "owner");
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
        for (const { conversation_id } of page) missing.delete(conversation_id);
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
    const entry = this.#entries.get(message.conversation_id);
    if (!entry || message.seq < entry.lastSeq) return;
    this.#show(entry, message);
    this.#onChange();
  }

  /** @param {Message} message */
  #message(message) {
    const entry = this.#entries.get(message.conversation_id) ?? emptyEntry(message.conversation_id);
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
    const isOwn = message.user_id === this.#chat.user?.user_id;
    entry.lastSeq = message.seq;
    entry.upTo = Math.max(entry.upTo, message.seq);
    entry.lastAt = new Date(message.created_at);
    entry.lastAuthor = isOwn ? words("common.you") : message.username;
    entry.lastText = previewOf(message);
  }

  /** @param {{ conversation_id: string, user_id: string, seq: number }} receipt */
  #read({ conversation_id, user_id, seq }) {
    if (user_id === this.#chat.user?.user_id) this.seen(conversation_id, seq);
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
  #changed({ conversation_id, seq, message_id, change, content, deleted_at }) {
    const entry = this.#entries.get(conversation_id);
    if (entry) entry.upTo = Math.max(entry.upTo, seq);
    if (!entry || message_id !== `${conversation_id}:${entry.lastSeq}`) return;
    if (change === "reacted") return;
    entry.lastText = previewOf({ content, deleted_at });
    this.#onChange();
  }

  /** @param {ConversationChanged} change */
  #conversationChanged({ conversation_id, seq, change, title, role, user_id, slow_seconds }) {
    const entry = this.#entries.get(conversation_id);
    if (!entry) return;
    entry.upTo = Math.max(entry.upTo, seq);
    if (change === "renamed" && title !== undefined) this.rename(conversation_id, title);
    if (change === "slow_mode") entry.slowSeconds = slow_seconds ?? 0;
    if (change === "role" && user_id && role) this.#setRole(conversation_id, user_id, role);
    this.#onChange();
  }

  /**
   * @param {string} conversationId
   * @param {string} userId
   * @param {"owner" | "moderator" | "member"} role
   */
  #setRole(conversationId, userId, role) {
    const entry = this.#entries.get(conversationId);
    if (!entry || userId !== this.#chat.user?.user_id) return;
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
    const isOwn = last?.user_id === this.#chat.user?.user_id;
    const lastAuthor = (isOwn ? words("common.you") : last?.username) ?? "";
    return {
      id,
      kind: conversation.kind,
      title: conversation.title ?? "",
      role: conversation.role,
      lastAuthor,
      lastText: last && lastAuthor ? previewOf(last) : "",
      slowSeconds: conversation.slow_seconds ?? 0,
      lastAt: new Date(last?.created_at ?? activity ?? conversation.created_at),
      lastSeq: last?.seq ?? conversation.last_seq,
      upTo: conversation.last_seq,
      readSeq: conversation.last_read_seq,
      unread: this.#chat.unread(id),
      mentions: this.#chat.mentions(id),
      wish: wishOf(conversation.notifications),
    };
  }
}

/**
 * @param {string} id
 * @returns {Entry}
 */
function emptyEntry(id) {
  return {
    ...{ id, kind: "group", title: "", role: null, lastText: "", lastAt: null, slowSeconds: 0 },
    ...{ lastAuthor: "", lastSeq: 0, upTo: 0, readSeq: 0 },
    ...{ unread: 0, mentions: 0, wish: DEFAULT_WISH },
  };
}

/** @param {Partial<Message>} message */
function previewOf(message) {
  return message.deleted_at ? words("message.deleted") : summaryOf(message);
}

/**
 * What the conversation is called, also where nobody gave it a title.
 * @param {Entry} entry
 */
export function nameOf({ title, kind }) {
  if (title) return title;
  return words(kind === "direct" ? "conversation.direct" : "conversation.untitled");
}
