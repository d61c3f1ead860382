import { ParleyError } from "./errors.js";
import { LeftConversations } from "./left-conversations.js";
import { ConversationStream } from "./stream.js";

/** @import { Conversation, Message, Page } from "./types.js" */
/** @import { Session } from "./session.js" */

/** How many conversations catch up at a time. */
const AT_ONCE = 10;
/** Codes that say that the user may not read the conversation. */
const ACCESS_REVOKED = new Set(["not_a_member", "forbidden"]);

/** The streams of all conversations that the client has heard of. */
export class ConversationStreams {
  /** @type {Map<string, ConversationStream>} */
  #streams = new Map();
  /** @type {Map<string, number>} how many times each is on show */
  #watched = new Map();
  /** @type {Map<string, number>} up to where those that moved on are to be caught up on */
  #behind = new Map();
  #catchingUp = 0;
  #session;
  #listeners;

  /**
   * @param {Session} session
   * @param {{
   *   onReceived: (message: Message) => void,
   *   onDeliver: (message: Message) => void,
   *   onAccessRevoked: (conversationId: string) => void,
   * }} listeners `onReceived`: a message arrived, in any order, any number of times.
   *   `onDeliver`: the next message in order, once. `onAccessRevoked`: the service no longer lets
   *   the user read the conversation
   */
  constructor(session, listeners) {
    this.#session = session;
    this.#listeners = listeners;
    this.left = new LeftConversations(session);
  }

  /** @param {Message} message */
  push(message) {
    this.#listeners.onReceived(message);
    this.of(message.conversation_id).push(message);
  }

  /** @param {string} conversationId */
  of(conversationId) {
    const stream = this.#streams.get(conversationId) ?? this.#create(conversationId);
    this.#streams.set(conversationId, stream);
    return stream;
  }

  /**
   * Begins after the last message that the conversation says is stored. `last_seq` may be of one
   * still being stored, and would make that one the past before it was ever seen.
   * @param {Conversation} conversation
   */
  begin({ conversation_id, last_message, last_seq }) {
    this.of(conversation_id).begin(last_message?.seq ?? last_seq);
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
      if (left) this.#watched.set(conversationId, left);
      else this.#watched.delete(conversationId);
    };
  }

  /** Pushes may have been missed. */
  resume() {
    for (const conversationId of this.#watched.keys()) this.#streams.get(conversationId)?.catchUp();
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
    for (const [id, upTo] of Object.entries(behind)) this.#behind.set(id, upTo);
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
   * @returns {Promise<Page>}
   */
  async history(conversationId, range, signal) {
    const frame = { type: "history", conversationId, data: range };
    const wasGone = this.left.has(conversationId);
    const { data } = await this.#session.call(() => frame, { signal });
    if (wasGone) this.left.end(conversationId);
    data.messages.forEach(this.#listeners.onReceived);
    return { messages: data.messages, hasMore: data.has_more };
  }

  /** @param {string} conversationId */
  #create(conversationId) {
    return new ConversationStream({
      clock: this.#session.clock,
      gapMs: this.#session.timing.gap,
      history: (range, signal) => this.history(conversationId, range, signal),
      deliver: this.#listeners.onDeliver,
      onFailed: (error) => this.#failed(conversationId, error),
    });
  }

  /**
   * After another failure the next heartbeat finds the messages still missing, and asks again.
   * @param {string} conversationId
   * @param {unknown} error
   */
  #failed(conversationId, error) {
    const code = error instanceof ParleyError ? error.code : "";
    if (ACCESS_REVOKED.has(code)) this.#listeners.onAccessRevoked(conversationId);
    this.#session.events.emit("error", error);
  }
}
