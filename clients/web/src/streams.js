import { withFrame } from "./changes.js";
import { Emitter } from "./emitter.js";
import { ParleyError } from "./errors.js";
import { LeftConversations } from "./left-conversations.js";
import { ConversationStream } from "./stream.js";

/** @import { Conversation, Frame, Member, Message, Numbered, HistoryPage } from "./types.js" */
/** @import { Session } from "./session.js" */

/** How many conversations catch up at a time. */
const AT_ONCE = 10;
/**
 * How many conversations catch up after a heartbeat that have changed nothing since they were
 * listed: the list does not say which of their numbers were still being stored.
 */
const LISTED_AT_ONCE = 10;
/** Codes that say that the user may not read the conversation. */
const ACCESS_REVOKED = new Set(["not_a_member", "forbidden"]);

/** The streams of all conversations that the client has heard of. */
export class ConversationStreams {
  /**
   * `received`: a message or a change arrived, in any order, any number of times. `delivered`: the
   * next one in order, once. `access_revoked`: the user may no longer read the conversation.
   * @type {Emitter<{ received: Numbered, delivered: Numbered, access_revoked: string }>}
   */
  events = new Emitter(["received", "delivered", "access_revoked"]);
  /** @type {Map<string, ConversationStream>} */
  #streams = new Map();
  /** @type {Map<string, number>} how many times each is watched */
  #watched = new Map();
  /** @type {Map<string, number>} where a program goes on that follows the conversation */
  #starts = new Map();
  /** @type {Map<string, number>} the last number of each when it was listed */
  #listed = new Map();
  /** @type {Map<string, number>} up to where those that are behind have to catch up */
  #behind = new Map();
  /** @type {Set<{ conversationId: string, frames: Numbered[] }>} one for each request */
  #readings = new Set();
  #catchingUp = 0;
  /** Whether the service is known to number changes, too: one answer has said so. */
  hasChanges = false;
  #session;

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
    this.left = new LeftConversations(session);
  }

  /** @param {Numbered} frame */
  push(frame) {
    this.#receive(frame);
    this.of(frame.data.conversationId).push(frame);
  }

  /** @param {string} conversationId */
  of(conversationId) {
    const known = this.#streams.get(conversationId);
    if (known) return known;
    const stream = this.#create(conversationId);
    this.#streams.set(conversationId, stream);
    const start = this.#starts.get(conversationId);
    if (start !== undefined) stream.begin(start);
    return stream;
  }

  /**
   * Begins after the last message that is stored, of which the conversation has none if it is
   * absent. `lastSeq` may be of something that is still being stored, and would make it the past
   * before it was ever seen.
   * @param {Conversation} conversation
   */
  begin({ conversationId, lastMessage, lastSeq }) {
    this.#listed.set(conversationId, lastSeq);
    this.of(conversationId).begin(lastMessage?.seq ?? 0);
  }

  /**
   * The stream begins after the number, unless it has begun. So does any other stream of the
   * conversation, after the user was removed from it, or signed out.
   * @param {string} conversationId
   * @param {number} after
   */
  beginAt(conversationId, after) {
    this.#starts.set(conversationId, after);
    this.of(conversationId).begin(after);
  }

  /**
   * The user is no longer in the conversation.
   * @param {string} conversationId
   */
  leave(conversationId) {
    this.left.add(conversationId);
    this.#forget(conversationId);
  }

  /** @param {string} conversationId */
  #forget(conversationId) {
    this.#streams.get(conversationId)?.stop();
    this.#streams.delete(conversationId);
    this.#listed.delete(conversationId);
  }

  forgetAll() {
    for (const conversationId of [...this.#streams.keys()]) this.#forget(conversationId);
    this.left.forgetAll();
  }

  /**
   * A watched conversation catches up as soon as the client is online, without waiting for a
   * heartbeat.
   * @param {string} conversationId
   * @returns {() => void} ends it
   */
  watch(conversationId) {
    this.#watched.set(conversationId, (this.#watched.get(conversationId) ?? 0) + 1);
    return () => {
      const left = (this.#watched.get(conversationId) ?? 1) - 1;
      if (left) return void this.#watched.set(conversationId, left);
      this.#watched.delete(conversationId);
      this.#starts.delete(conversationId);
    };
  }

  /** Pushes may have been missed. */
  resume() {
    for (const conversationId of this.#watched.keys()) this.of(conversationId).catchUp();
  }

  /** The position of each conversation. */
  positions() {
    /** @type {Record<string, number>} */
    const positions = {};
    for (const [id, { position }] of this.#streams) {
      if (position !== undefined) positions[id] = position;
    }
    return positions;
  }

  /** @param {Record<string, number>} behind what a `heartbeat_ack` says has moved on */
  behind(behind) {
    const isNew = (/** @type {[string, number]} */ [id, upTo]) =>
      upTo > (this.#listed.get(id) ?? 0) || this.#watched.has(id);
    const all = Object.entries(behind);
    const listed = all.filter((entry) => !isNew(entry)).slice(0, LISTED_AT_ONCE);
    for (const [id, upTo] of [...all.filter(isNew), ...listed]) this.#behind.set(id, upTo);
    while (this.#catchingUp < AT_ONCE && this.#behind.size > 0) this.#catchUp();
  }

  /** In one conversation after another, until there is none left. */
  async #catchUp() {
    this.#catchingUp++;
    for (const [id, upTo] of this.#behind) {
      this.#behind.delete(id);
      await this.#streams.get(id)?.catchUp(upTo);
    }
    this.#catchingUp--;
  }

  /**
   * @param {string} conversationId
   * @param {Record<string, number | undefined>} range
   * @param {AbortSignal} [signal]
   * @returns {Promise<HistoryPage>}
   */
  async history(conversationId, range, signal) {
    const wasGone = this.left.has(conversationId);
    const data = await this.messages({ type: "history", conversationId, data: range }, signal);
    if (wasGone) this.left.end(conversationId);
    const { messages, changes = [], upTo, hasMore } = data;
    if (upTo !== undefined && !this.hasChanges) this.#noteChanges();
    const page = { messages, changes: changes.filter(isNumbered), hasMore };
    for (const data of messages) this.#receive({ type: "chat_message", data });
    page.changes.forEach(this.#receive, this);
    return upTo === undefined ? page : { ...page, upTo };
  }

  /** The service numbers changes, perhaps since a moment ago: what was passed over is asked for. */
  #noteChanges() {
    this.hasChanges = true;
    for (const [id, { hasDoubts }] of this.#streams) if (hasDoubts) this.#behind.set(id, 0);
    this.behind({});
  }

  /**
   * The data of an answer that has messages. What changed while it was on its way may be newer
   * than the answer, so it is applied to them.
   * @param {Frame & { conversationId: string }} frame
   * @param {AbortSignal} [signal]
   */
  async messages(frame, signal) {
    /** @type {{ conversationId: string, frames: Numbered[] }} */
    const reading = { conversationId: frame.conversationId, frames: [] };
    this.#readings.add(reading);
    try {
      const { data } = await this.#session.call(() => frame, { signal });
      const asNow = (/** @type {Message} */ it) => reading.frames.reduce(withFrame, it);
      return { ...data, messages: data.messages.map(asNow) };
    } finally {
      this.#readings.delete(reading);
    }
  }

  /** @param {Numbered} frame */
  #receive(frame) {
    this.#noteAdded(frame);
    for (const { conversationId, frames } of this.#readings) {
      if (conversationId === frame.data.conversationId) frames.push(frame);
    }
    this.events.emit("received", frame);
  }

  /** @param {Numbered} frame */
  #noteAdded({ type, data }) {
    if (type !== "members_added") return;
    const isOwn = (/** @type {Member} */ it) => it.userId === this.#session.user?.userId;
    if (data["members"]?.some(isOwn)) this.left.noteAdded(data.conversationId, data.seq);
  }

  /** @param {string} conversationId */
  #create(conversationId) {
    return new ConversationStream({
      clock: this.#session.clock,
      gapMs: this.#session.timing.gap,
      hasChanges: () => this.hasChanges,
      history: (range, signal) => this.history(conversationId, range, signal),
      deliver: (frame) => this.events.emit("delivered", frame),
      onFailed: (error) => this.#failed(conversationId, error),
    });
  }

  /**
   * After another failure the next heartbeat finds that something is still missing, and asks again.
   * @param {string} conversationId
   * @param {unknown} error
   */
  #failed(conversationId, error) {
    const code = error instanceof ParleyError ? error.code : "";
    if (ACCESS_REVOKED.has(code)) this.events.emit("access_revoked", conversationId);
    this.#session.events.emit("error", error);
  }
}

/**
 * Whether the frame is of something that takes a number in a conversation.
 * @param {Frame} frame
 * @returns {frame is Numbered}
 */
export function isNumbered(frame) {
  const { type, data } = frame;
  if (!type || !data?.conversationId || !Number.isSafeInteger(data.seq)) return false;
  return type !== "message_changed" || typeof data.messageId === "string";
}
