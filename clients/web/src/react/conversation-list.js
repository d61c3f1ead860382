import { applyChange } from "../changes.js";
import { Store } from "./store.js";

/** @import { Chat, Conversation, ConversationChanged, MemberRemoved, Message, MessageChanged } from "../index.js" */

/**
 * The user's conversations, the one with the latest activity first. `isLoaded`: all are there.
 * `error`: why the list cannot be had; `retry` tries again.
 * @typedef {Readonly<{
 *   conversations: readonly Conversation[],
 *   isLoaded: boolean,
 *   error: unknown,
 *   retry: () => Promise<void>,
 * }>} ConversationsView
 */

/** As many as one page has. */
const PAGE = 100;

/** @type {ConversationsView} */
const NO_LIST = Object.freeze({
  conversations: Object.freeze([]),
  isLoaded: false,
  error: null,
  retry: async () => {},
});

/**
 * The list of conversations, kept up with what happens.
 * @extends {Store<ConversationsView>}
 */
export class ConversationList extends Store {
  /** @type {Map<string, Conversation>} */
  #all = new Map();
  /** @type {AbortController} ends a load that another one, or nobody, takes the place of */
  #load = new AbortController();

  /** @param {Chat} chat */
  constructor(chat) {
    super(chat, NO_LIST);
  }

  /** @override */
  begin() {
    const again = () => void this.#loadAll();
    const isMine = (/** @type {{ userId: string }} */ it) => it.userId === this.chat.user?.userId;
    this.listen({
      authenticated: again,
      conversations_changed: again,
      signed_out: () => this.#clear(),
      conversation_created: (conversation) => this.#put(conversation),
      message: (message) => this.#message(message),
      message_changed: (change) => this.#messageChanged(change),
      conversation_changed: (change) => this.#changed(change),
      notifications_set: ({ conversationId, ...set }) =>
        this.#change(conversationId, { notifications: set }),
      unread: ({ conversationId, ...counts }) => this.#change(conversationId, counts),
      read: (receipt) =>
        isMine(receipt) && this.#change(receipt.conversationId, { lastReadSeq: receipt.seq }),
      member_removed: (removal) => this.#memberRemoved(removal),
    });
    this.onEnd(() => this.#clear());
    this.update({ retry: () => this.#loadAll() });
    if (this.chat.state === "online") again();
  }

  /** All of them, again. The service orders each page by itself, so the latest may be on the last. */
  async #loadAll() {
    this.#load.abort();
    const { signal } = (this.#load = new AbortController());
    const missing = new Set(this.#all.keys());
    try {
      for await (const conversation of this.#listed(signal)) {
        missing.delete(conversation.conversationId);
        this.#take(conversation);
      }
    } catch (error) {
      if (!signal.aborted) this.update({ error });
      return;
    }
    if (signal.aborted) return;
    for (const id of missing) this.#all.delete(id);
    this.update({ conversations: this.#sorted(), isLoaded: true, error: null });
  }

  /** @param {AbortSignal} signal */
  async *#listed(signal) {
    /** @type {string | undefined} */
    let cursor;
    do {
      const from = cursor === undefined ? {} : { cursor };
      const page = await this.chat.listConversations({ ...from, limit: PAGE, signal });
      yield* page.items;
      cursor = page.cursor;
    } while (cursor !== undefined);
  }

  #clear() {
    this.#load.abort();
    this.#all.clear();
    this.update({ ...this.empty, retry: this.getSnapshot().retry });
  }

  /** @param {Conversation} conversation as the service has it now, or had it a moment ago */
  #take(conversation) {
    const { conversationId: id, lastMessage } = conversation;
    const known = this.#all.get(id);
    const isOlder = (known?.lastMessage?.seq ?? 0) > (lastMessage?.seq ?? 0);
    const latest = known && isOlder ? latestOf(known) : {};
    const counts = { unreadCount: this.chat.unread(id), mentionCount: this.chat.mentions(id) };
    this.#all.set(id, { ...conversation, ...latest, ...counts });
  }

  /** @param {Conversation} conversation */
  #put(conversation) {
    this.#take(conversation);
    this.#show();
  }

  /**
   * @param {string} id
   * @param {Partial<Conversation>} news
   */
  #change(id, news) {
    const known = this.#all.get(id);
    if (!known) return;
    this.#all.set(id, { ...known, ...news });
    this.#show();
  }

  /** @param {Message} message */
  #message(message) {
    const { conversationId: id, seq, createdAt } = message;
    const known = this.#all.get(id);
    // The client may bring a message of a conversation of which the list does not know yet.
    if (!known && this.getSnapshot().isLoaded) return void this.#loadAll();
    if (!known || seq <= (known.lastMessage?.seq ?? 0)) return;
    this.#change(id, { lastMessage: message, lastSeq: seq, lastActivityAt: createdAt });
  }

  /** @param {MessageChanged} change */
  #messageChanged(change) {
    const { conversationId: id } = change;
    const lastMessage = this.#all.get(id)?.lastMessage;
    if (lastMessage?.messageId !== change.messageId) return;
    this.#change(id, { lastMessage: applyChange(/** @type {Message} */ (lastMessage), change) });
  }

  /** @param {ConversationChanged} change */
  #changed({ conversationId, change, ...news }) {
    const { title = "", slowSeconds = 0, role, mutedUntil } = news;
    const isMine = news.userId === this.chat.user?.userId;
    if (change === "renamed") this.#change(conversationId, { title });
    if (change === "slow_mode") this.#change(conversationId, { slowSeconds });
    if (change === "role" && isMine && role) this.#change(conversationId, { role });
    // A time that has passed mutes nobody.
    if (change === "muted" && isMine && mutedUntil) this.#change(conversationId, { mutedUntil });
    if (change === "unmuted" && isMine) this.#change(conversationId, { mutedUntil: news.at });
  }

  /** @param {MemberRemoved} removal */
  #memberRemoved({ conversationId, userId, newOwnerId }) {
    const me = this.chat.user?.userId;
    if (userId === me && this.#all.delete(conversationId)) this.#show();
    if (newOwnerId === me) this.#change(conversationId, { role: "owner" });
  }

  #show() {
    this.update({ conversations: this.#sorted() });
  }

  #sorted() {
    const at = (/** @type {Conversation} */ it) => it.lastMessage?.createdAt ?? it.lastActivityAt;
    const all = [...this.#all.values()];
    return all.sort(
      (a, b) =>
        Date.parse(at(b)) - Date.parse(at(a)) || (a.conversationId < b.conversationId ? -1 : 1),
    );
  }
}

/** @param {Conversation} conversation */
function latestOf({ lastMessage, lastSeq, lastActivityAt }) {
  return { lastSeq, lastActivityAt, ...(lastMessage && { lastMessage }) };
}
