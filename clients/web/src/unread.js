/** @import { Conversation, Message, Page } from "./types.js" */
/** @import { Session } from "./session.js" */

/** So far the service counts. */
const MOST = 100;

/**
 * `listed` is the service's number: of others' messages after `since`, up to `upTo`. `later` are
 * the numbers of others' messages that came after it, and `read` is how far the user has read.
 * @typedef {{ listed: number, since: number, upTo: number, read: number, later: number[] }} Count
 */

/** @type {Count} */
const NOTHING = Object.freeze({ listed: 0, since: 0, upTo: 0, read: 0, later: [] });

/**
 * How many messages of others the user has not read: the service's number, moved by what is read
 * and written since. As the service has it, a user who writes has read everything before.
 */
export class Unread {
  /** @type {Map<string, Count>} by conversation */
  #counts = new Map();
  #session;
  #history;

  /**
   * @param {Session} session
   * @param {(conversationId: string, range: Record<string, number>) => Promise<Page>} history
   */
  constructor(session, history) {
    this.#session = session;
    this.#history = history;
  }

  /** @param {string} conversationId */
  of(conversationId) {
    return total(this.#get(conversationId));
  }

  /** @param {Conversation} conversation as the service counts it now */
  setCount({ conversation_id, unread_count = 0, last_read_seq, last_message, last_seq }) {
    const { read, later } = this.#get(conversation_id);
    const upTo = last_message?.seq ?? last_seq;
    const counted = { listed: unread_count, since: last_read_seq, upTo, read: last_read_seq };
    this.#set(conversation_id, readUpTo({ ...counted, later: beyond(later, upTo) }, read));
  }

  /** @param {Message} message whose turn has come */
  seen({ conversation_id, user_id, seq }) {
    const count = this.#get(conversation_id);
    if (seq <= count.upTo) return;
    const isOwn = user_id === this.#session.user?.user_id;
    if (isOwn) this.#set(conversation_id, { ...count, listed: 0, later: [] });
    else if (seq > count.read) {
      this.#set(conversation_id, { ...count, later: [...count.later, seq] });
    }
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
    const { listed, since, read, upTo } = this.#get(conversationId);
    if (listed === 0 || since >= read) return;
    try {
      const left = await this.#count(conversationId, read, upTo);
      const now = this.#get(conversationId);
      if (now.read !== read || now.upTo !== upTo) return;
      this.#set(conversationId, { ...now, listed: left, since: read });
    } catch (error) {
      this.#session.events.emit("error", error);
    }
  }

  /** @param {string} conversationId */
  forget(conversationId) {
    this.#counts.delete(conversationId);
  }

  forgetAll() {
    this.#counts.clear();
  }

  /**
   * Others' messages after the one number, up to the other.
   * @param {string} conversationId
   * @param {number} after
   * @param {number} upTo
   */
  async #count(conversationId, after, upTo) {
    let count = 0;
    while (after < upTo && count < MOST) {
      const { messages, hasMore } = await this.#history(conversationId, {
        after_seq: after,
        limit: MOST,
      });
      for (const { seq, user_id } of messages) {
        if (seq <= upTo) count = user_id === this.#session.user?.user_id ? 0 : count + 1;
      }
      after = hasMore ? (messages.at(-1)?.seq ?? upTo) : upTo;
    }
    return count;
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
    const unread_count = total(count);
    if (unread_count !== before) {
      this.#session.events.emit("unread", { conversation_id, unread_count });
    }
  }
}

/** @param {Count} count */
function total({ listed, later }) {
  return listed + later.length;
}

/**
 * @param {Count} count
 * @param {number} seq
 * @returns {Count}
 */
function readUpTo(count, seq) {
  const read = Math.max(count.read, seq);
  const listed = read >= count.upTo ? 0 : count.listed;
  return { ...count, read, listed, later: beyond(count.later, read) };
}

/**
 * @param {number[]} numbers
 * @param {number} seq
 */
function beyond(numbers, seq) {
  return numbers.filter((number) => number > seq);
}
