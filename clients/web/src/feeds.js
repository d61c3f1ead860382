import { ParleyError } from "./errors.js";
import { Departures } from "./departures.js";
import { Feed } from "./feed.js";

/** @import { Conversation, Message, Page } from "./types.js" */
/** @import { Core } from "./core.js" */

/** In so many conversations at once is asked for what was missed. */
const AT_ONCE = 10;
/** The service no longer lets the user read the conversation. */
const SHUT_OUT = new Set(["not_a_member", "forbidden"]);

/** The feeds of all conversations that the client has heard of. */
export class Feeds {
  /** @type {Map<string, Feed>} */
  #feeds = new Map();
  /** @type {Map<string, number>} how many times each is on show */
  #shown = new Map();
  /** @type {Map<string, number>} up to where those that moved on are to be caught up on */
  #behind = new Map();
  #catchingUp = 0;
  #core;
  #listeners;

  /**
   * @param {Core} core
   * @param {{
   *   onSeen: (message: Message) => void,
   *   onTurn: (message: Message) => void,
   *   onShutOut: (conversationId: string) => void,
   * }} listeners `onSeen` hears of every message as it comes, `onTurn` of each once, in order, and
   *   `onShutOut` of a conversation that the service no longer lets the user read
   */
  constructor(core, listeners) {
    this.#core = core;
    this.#listeners = listeners;
    this.departures = new Departures(core);
  }

  /** @param {Message} message */
  push(message) {
    this.#listeners.onSeen(message);
    this.of(message.conversation_id).push(message);
  }

  /** @param {string} conversationId */
  of(conversationId) {
    const feed = this.#feeds.get(conversationId) ?? this.#create(conversationId);
    this.#feeds.set(conversationId, feed);
    return feed;
  }

  /**
   * Begins after the last message that the conversation says is stored. `last_seq` may be of one
   * still being stored, and would make that one the past before it was ever seen.
   * @param {Conversation} conversation
   */
  know({ conversation_id, last_message, last_seq }) {
    this.of(conversation_id).begin(last_message?.seq ?? last_seq);
  }

  /**
   * The user is no longer in the conversation.
   * @param {string} conversationId
   */
  leave(conversationId) {
    this.departures.add(conversationId);
    this.#forget(conversationId);
  }

  /** @param {string} conversationId */
  #forget(conversationId) {
    this.#feeds.get(conversationId)?.stop();
    this.#feeds.delete(conversationId);
  }

  forgetAll() {
    for (const conversationId of [...this.#feeds.keys()]) this.#forget(conversationId);
    this.departures.forgetAll();
  }

  /**
   * A conversation on show is caught up on as soon as there is a connection, without waiting for
   * what a heartbeat says.
   * @param {string} conversationId
   * @returns {() => void} ends it
   */
  show(conversationId) {
    this.#shown.set(conversationId, (this.#shown.get(conversationId) ?? 0) + 1);
    return () => {
      const left = (this.#shown.get(conversationId) ?? 1) - 1;
      if (left) this.#shown.set(conversationId, left);
      else this.#shown.delete(conversationId);
    };
  }

  /** Pushes may have been missed. */
  resume() {
    for (const conversationId of this.#shown.keys()) this.#feeds.get(conversationId)?.catchUp();
  }

  /** How far each conversation has come. */
  positions() {
    /** @type {Record<string, number>} */
    const positions = {};
    for (const [id, { position }] of this.#feeds) {
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
      await this.#feeds.get(id)?.catchUp(upTo);
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
    const wasGone = this.departures.has(conversationId);
    const { data } = await this.#core.call(() => frame, { signal });
    if (wasGone) this.departures.end(conversationId);
    data.messages.forEach(this.#listeners.onSeen);
    return { messages: data.messages, hasMore: data.has_more };
  }

  /** @param {string} conversationId */
  #create(conversationId) {
    return new Feed({
      clock: this.#core.clock,
      gapMs: this.#core.timing.gap,
      history: (range, signal) => this.history(conversationId, range, signal),
      deliver: this.#listeners.onTurn,
      onFailed: (error) => this.#failed(conversationId, error),
    });
  }

  /**
   * What failed otherwise is asked for again when the next heartbeat finds it still missing.
   * @param {string} conversationId
   * @param {unknown} error
   */
  #failed(conversationId, error) {
    const code = error instanceof ParleyError ? error.code : "";
    if (SHUT_OUT.has(code)) this.#listeners.onShutOut(conversationId);
    this.#core.events.emit("error", error);
  }
}
