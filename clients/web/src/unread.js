import { ParleyError } from "./errors.js";

/** @import { Conversation, Message, MessageChanged } from "./types.js" */
/** @import { Session } from "./session.js" */

/** The service counts up to this number. */
const MOST = 100;
/** How many conversations one request names. */
const AT_ONCE = 50;
/** Where the service was never asked, nobody wants to know. */
const NEVER = -1;
/** A mention of everybody. */
const EVERYBODY = "*";

/** @typedef {{ unread: number, mentions: number }} Numbers */

/**
 * `listed` are the service's numbers, of messages after `since` and up to `upTo`. `latest` is the
 * number of the newest message, `read` is how far the user has read, and `own` is the number of the
 * user's own last message. `request` is the number of the request that `listed` answers.
 * @typedef {{
 *   listed: Numbers, since: number, upTo: number, latest: number, read: number, own: number,
 *   request: number,
 * }} Count
 */

/** @type {Numbers} */
const ZERO = Object.freeze({ unread: 0, mentions: 0 });
/** @type {Count} */
const NOTHING = Object.freeze({
  ...{ listed: ZERO, since: NEVER, upTo: 0, latest: 0, read: 0, own: 0, request: 0 },
});

/**
 * How many messages of others the user has not read, and how many of them mention the user: the
 * service's numbers. If something happens that may change them, the service is asked again. Only
 * that everything is read is known without asking, and a user who writes has read everything
 * before.
 */
export class Unread {
  /** @type {Map<string, Count>} by conversation */
  #counts = new Map();
  /** @type {Set<string>} conversations whose numbers may have changed */
  #doubted = new Set();
  /** @type {Set<string>} where something happened before the first list, which may be older */
  #early = new Set();
  #stop = new AbortController();
  /** @type {unknown} */
  #timer = null;
  #askedAt = -Infinity;
  #hasLists = true;
  #session;

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
  }

  /**
   * @param {string} conversationId
   * @returns {Numbers}
   */
  of(conversationId) {
    return this.#get(conversationId).listed;
  }

  /**
   * @param {Conversation} conversation as the service counted it
   * @param {number} [request] of the list that it is in
   */
  setCount({ conversationId, lastReadSeq: since, lastMessage, ...counts }, request = 0) {
    const { read, own, latest, request: latestRequest } = this.#get(conversationId);
    // The answer to a later request has come before, and is newer.
    if (request < latestRequest) return;
    const upTo = lastMessage?.seq ?? 0;
    const { unreadCount: unread = 0, mentionCount: mentions = 0 } = counts;
    // The list may have been made before the user read or wrote.
    const listed = Math.max(read, own) >= upTo ? ZERO : { unread, mentions };
    const count = { listed, since, upTo, latest: Math.max(latest, upTo), own, request };
    this.#set(conversationId, { ...count, read: Math.max(read, since) });
    if (this.#early.delete(conversationId)) this.#doubt(conversationId);
  }

  /** @param {Message} message in any order, any number of times */
  messageReceived(message) {
    const { conversationId, seq } = message;
    const count = this.#get(conversationId);
    if (!this.#isOwn(message) || seq <= Math.max(count.own, count.upTo)) return;
    this.#set(conversationId, { ...count, own: seq, latest: Math.max(count.latest, seq) });
  }

  /** @param {Message} message the next in order */
  messageArrived(message) {
    const { conversationId, seq } = message;
    const count = this.#get(conversationId);
    const isCounted = seq <= Math.max(count.upTo, count.own, count.read);
    if (isCounted || this.#isOwn(message) || message.deletedAt) return;
    this.#set(conversationId, { ...count, latest: Math.max(count.latest, seq) });
    if (count.listed.unread < MOST || this.#isMention(message)) this.#doubt(conversationId);
  }

  /** @param {MessageChanged} change the next in order */
  messageChanged({ conversationId, messageId, reactions }) {
    const seq = Number(messageId.slice(messageId.lastIndexOf(":") + 1));
    const { read, own } = this.#get(conversationId);
    if (!reactions && seq > Math.max(read, own)) this.#doubt(conversationId);
  }

  /**
   * The user has read up to there.
   * @param {string} conversationId
   * @param {number} seq
   */
  read(conversationId, seq) {
    const count = this.#get(conversationId);
    if (seq > count.read) this.#set(conversationId, { ...count, read: seq });
  }

  /**
   * The service knows that the user has read up to there.
   * @param {string} conversationId
   * @param {number} seq
   */
  settle(conversationId, seq) {
    const { listed, since } = this.#get(conversationId);
    if (listed.unread > 0 && since < seq) this.#doubt(conversationId);
  }

  /** @param {string} conversationId */
  forget(conversationId) {
    this.#counts.delete(conversationId);
    this.#doubted.delete(conversationId);
    this.#early.delete(conversationId);
  }

  forgetAll() {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#session.clock.clearTimeout(this.#timer);
    this.#timer = null;
    this.#counts.clear();
    this.#doubted.clear();
    this.#early.clear();
  }

  /** @param {string} conversationId */
  #doubt(conversationId) {
    const { since } = this.#get(conversationId);
    if (since === NEVER) return void this.#early.add(conversationId);
    if (!this.#hasLists) return;
    this.#doubted.add(conversationId);
    this.#schedule();
  }

  /** Soon, but not again and again while many messages arrive. */
  #schedule() {
    if (this.#timer !== null || this.#doubted.size === 0) return;
    const { clock, timing } = this.#session;
    const { signal } = this.#stop;
    const next = this.#askedAt + timing.unreadAgain - clock.monotonic();
    this.#timer = clock.setTimeout(() => this.#askAll(signal), Math.max(timing.unread, next));
  }

  /** @param {AbortSignal} signal */
  async #askAll(signal) {
    const ids = [...this.#doubted].slice(0, AT_ONCE);
    for (const id of ids) this.#doubted.delete(id);
    this.#askedAt = this.#session.clock.monotonic();
    try {
      if (ids.length > 0) await this.#ask(ids, signal);
    } catch (error) {
      if (!signal.aborted) this.#onFailed(error);
    }
    if (signal.aborted) return;
    this.#timer = null;
    this.#schedule();
  }

  /**
   * The answer sets the counts, as every list of conversations does.
   * @param {string[]} ids
   * @param {AbortSignal} signal
   */
  async #ask(ids, signal) {
    const frame = { type: "list_conversations", data: { conversationIds: ids } };
    const { data } = await this.#session.call(() => frame, { signal });
    /** @type {Set<string>} */
    const listed = new Set(data?.items?.map((/** @type {Conversation} */ it) => it.conversationId));
    const missing = ids.filter((id) => !listed.has(id));
    // They did not fit the frame, or the user is in none of them.
    if (missing.length > 0 && missing.length < ids.length) await this.#ask(missing, signal);
  }

  /** @param {unknown} error */
  #onFailed(error) {
    const isUnknown = error instanceof ParleyError && error.code === "unknown_type";
    if (isUnknown) this.#hasLists = false;
    else this.#session.events.emit("error", error);
  }

  /** @param {Message} message */
  #isOwn({ userId }) {
    return userId === this.#session.user?.userId;
  }

  /** @param {Message} message */
  #isMention({ mentions = [] }) {
    const own = this.#session.user?.userId ?? "";
    return mentions.includes(own) || mentions.includes(EVERYBODY);
  }

  /** @param {string} conversationId */
  #get(conversationId) {
    return this.#counts.get(conversationId) ?? NOTHING;
  }

  /**
   * @param {string} conversationId
   * @param {Count} count
   */
  #set(conversationId, count) {
    const before = this.of(conversationId);
    const isRead = Math.max(count.read, count.own) >= count.latest;
    this.#counts.set(conversationId, isRead ? { ...count, listed: ZERO } : count);
    if (isRead) this.#doubted.delete(conversationId);
    const { unread, mentions } = this.of(conversationId);
    if (unread === before.unread && mentions === before.mentions) return;
    const counts = { unreadCount: unread, mentionCount: mentions };
    this.#session.events.emit("unread", { conversationId, ...counts });
  }
}
