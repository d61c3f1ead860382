/** @import { Conversation, Message, MessageChanged } from "./types.js" */
/** @import { Session } from "./session.js" */
/** @import { ConversationStreams } from "./streams.js" */

/** The service counts up to this number. */
const MOST = 100;
/** A mention of everybody. */
const EVERYBODY = "*";

/** @typedef {{ unread: number, mentions: number }} Numbers */

/**
 * `listed` are the service's numbers: of others' messages after `since`, up to `upTo`. `later` are
 * others' messages that arrived after it, `read` is how far the user has read, and `own` is the
 * number of the user's own last message.
 * @typedef {{
 *   listed: Numbers, since: number, upTo: number, read: number, own: number,
 *   later: { seq: number, isMention: boolean }[],
 * }} Count
 */

/** @type {Numbers} */
const ZERO = Object.freeze({ unread: 0, mentions: 0 });
/** @type {Count} */
const NOTHING = Object.freeze({ listed: ZERO, since: 0, upTo: 0, read: 0, own: 0, later: [] });

/**
 * How many messages of others the user has not read, and how many of them mention the user: the
 * service's numbers, and what arrived since. If what the service counted is read in part, deleted
 * or edited, its messages are asked for. A user who writes has read everything before.
 */
export class Unread {
  /** @type {Map<string, Count>} by conversation */
  #counts = new Map();
  #session;
  #streams;

  /**
   * @param {Session} session
   * @param {ConversationStreams} streams
   */
  constructor(session, streams) {
    this.#session = session;
    this.#streams = streams;
  }

  /**
   * @param {string} conversationId
   * @returns {Numbers}
   */
  of(conversationId) {
    const { listed, later } = this.#get(conversationId);
    const mentions = later.filter(({ isMention }) => isMention).length;
    return { unread: listed.unread + later.length, mentions: listed.mentions + mentions };
  }

  /** @param {Conversation} conversation as the service counts it now */
  setCount({ conversation_id, last_read_seq, last_message, ...counts }) {
    const { read, own, later } = this.#get(conversation_id);
    const upTo = last_message?.seq ?? 0;
    const { unread_count: unread = 0, mention_count: mentions = 0 } = counts;
    // The list may have been made before the user wrote.
    const listed = own > upTo ? ZERO : { unread, mentions };
    const counted = { listed, since: last_read_seq, upTo };
    const count = { ...counted, read: last_read_seq, own, later: beyond(later, upTo) };
    this.#set(conversation_id, readUpTo(count, read));
  }

  /** @param {Message} message in any order, any number of times */
  messageReceived(message) {
    const { conversation_id, seq } = message;
    const count = this.#get(conversation_id);
    if (!this.#isOwn(message) || seq <= Math.max(count.own, count.upTo)) return;
    const later = beyond(count.later, seq);
    this.#set(conversation_id, { ...count, own: seq, listed: ZERO, later });
  }

  /** @param {Message} message the next in order */
  messageArrived(message) {
    const { conversation_id, seq } = message;
    const { upTo, own, read, ...count } = this.#get(conversation_id);
    const isRead = seq <= Math.max(upTo, own, read);
    if (isRead || this.#isOwn(message) || message.deleted_at) return;
    const later = [...count.later, { seq, isMention: this.#isMention(message) }];
    this.#set(conversation_id, { ...count, upTo, own, read, later });
  }

  /** @param {MessageChanged} change the next in order */
  messageChanged(change) {
    const { conversation_id: id, message_id, deleted_at } = change;
    const seq = Number(message_id.slice(message_id.lastIndexOf(":") + 1));
    const count = this.#get(id);
    if (change.reactions || seq <= count.read) return;
    const isMention = this.#isMention(change);
    const later = count.later
      .filter((it) => it.seq !== seq || !deleted_at)
      .map((it) => (it.seq === seq ? { seq, isMention } : it));
    this.#set(id, { ...count, later });
    const isAffected = deleted_at || isMention || count.listed.mentions > 0;
    if (seq <= count.upTo && count.listed.unread > 0 && isAffected) this.#recount(id);
  }

  /**
   * The user has read up to there.
   * @param {string} conversationId
   * @param {number} seq
   */
  read(conversationId, seq) {
    const count = this.#get(conversationId);
    if (seq > count.read) this.#set(conversationId, readUpTo(count, seq));
  }

  /**
   * The service knows how far the user has read. If it is into what it had counted, only its
   * messages say how many of them are left.
   * @param {string} conversationId
   */
  async settle(conversationId) {
    const { listed, since, read } = this.#get(conversationId);
    if (listed.unread > 0 && since < read) await this.#recount(conversationId);
  }

  /** @param {string} conversationId */
  forget(conversationId) {
    this.#counts.delete(conversationId);
  }

  forgetAll() {
    this.#counts.clear();
  }

  /** @param {string} conversationId */
  async #recount(conversationId) {
    const { read, upTo, own } = this.#get(conversationId);
    try {
      const listed = await this.#count(conversationId, read, upTo);
      const now = this.#get(conversationId);
      if (now.read !== read || now.upTo !== upTo || now.own !== own) return;
      this.#set(conversationId, { ...now, listed, since: read });
    } catch (error) {
      this.#session.events.emit("error", error);
    }
  }

  /**
   * Others' messages after the one number, up to the other.
   * @param {string} conversationId
   * @param {number} after
   * @param {number} upTo
   */
  async #count(conversationId, after, upTo) {
    let numbers = ZERO;
    while (after < upTo && numbers.unread < MOST) {
      const range = { after_seq: after, limit: MOST };
      const page = await this.#streams.history(conversationId, range);
      for (const message of page.messages) {
        if (message.seq <= upTo) numbers = this.#counting(numbers, message);
      }
      const last = page.upTo ?? page.messages.at(-1)?.seq ?? upTo;
      after = page.hasMore && last > after ? last : upTo;
    }
    return numbers;
  }

  /**
   * @param {Numbers} numbers
   * @param {Message} message
   */
  #counting({ unread, mentions }, message) {
    if (this.#isOwn(message)) return ZERO;
    if (message.deleted_at) return { unread, mentions };
    return { unread: unread + 1, mentions: mentions + Number(this.#isMention(message)) };
  }

  /** @param {Message} message */
  #isOwn({ user_id }) {
    return user_id === this.#session.user?.user_id;
  }

  /** @param {{ mentions?: string[] }} message */
  #isMention({ mentions = [] }) {
    const own = this.#session.user?.user_id ?? "";
    return mentions.includes(own) || mentions.includes(EVERYBODY);
  }

  /** @param {string} conversationId */
  #get(conversationId) {
    return this.#counts.get(conversationId) ?? NOTHING;
  }

  /**
   * @param {string} conversation_id
   * @param {Count} count
   */
  #set(conversation_id, count) {
    const before = this.of(conversation_id);
    this.#counts.set(conversation_id, count);
    const { unread, mentions } = this.of(conversation_id);
    if (unread === before.unread && mentions === before.mentions) return;
    const counts = { unread_count: unread, mention_count: mentions };
    this.#session.events.emit("unread", { conversation_id, ...counts });
  }
}

/**
 * @param {Count} count
 * @param {number} seq
 * @returns {Count}
 */
function readUpTo(count, seq) {
  const read = Math.max(count.read, seq);
  const listed = read >= count.upTo ? ZERO : count.listed;
  return { ...count, read, listed, later: beyond(count.later, read) };
}

/**
 * @param {Count["later"]} later
 * @param {number} seq
 */
function beyond(later, seq) {
  return later.filter((it) => it.seq > seq);
}
