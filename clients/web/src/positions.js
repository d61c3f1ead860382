/** @import { Session } from "./session.js" */
/** @import { Store } from "./store.js" */
/** @import { ConversationStreams } from "./streams.js" */
/** @import { Numbered } from "./types.js" */

/** @typedef {{ conversationId: string, after: number | undefined }} Followed `after`: how far it is. */

/**
 * How far the program came in the conversations that it follows. A position moves when the listeners of
 * an event have returned, and is kept where it outlives the program.
 */
export class Positions {
  /** @type {Set<Followed>} */
  #followed = new Set();
  #session;
  #streams;
  #store;

  /**
   * @param {Session} session
   * @param {ConversationStreams} streams
   * @param {Store} store
   */
  constructor(session, streams, store) {
    this.#session = session;
    this.#streams = streams;
    this.#store = store;
  }

  /**
   * @param {string} conversationId
   * @param {number | { start?: number }} from
   * @returns {() => void} ends it
   */
  follow(conversationId, from) {
    const after = typeof from === "number" ? from : (this.#read(conversationId) ?? from.start);
    /** @type {Followed} */
    const followed = { conversationId, after };
    this.#followed.add(followed);
    const end = this.#streams.watch(conversationId);
    if (after !== undefined) this.#streams.beginAt(conversationId, after);
    if (this.#session.state === "online") this.#catchUp(followed);
    return () => {
      this.#followed.delete(followed);
      end();
    };
  }

  /** There is a connection. */
  resume() {
    for (const followed of this.#followed)
      if (followed.after === undefined) this.#catchUp(followed);
  }

  /** @param {Numbered} frame whose listeners have returned */
  delivered({ data: { conversationId, seq } }) {
    for (const followed of this.#followed) {
      if (followed.conversationId === conversationId) this.#move(followed, seq);
    }
  }

  /**
   * What comes from now on is known by the number that is the last one now.
   * @param {Followed} followed
   */
  async #catchUp(followed) {
    const { conversationId, after } = followed;
    const stream = this.#streams.of(conversationId);
    if (after !== undefined) return stream.catchUp();
    try {
      if (stream.position === undefined) await stream.newest(1);
      if (this.#followed.has(followed)) this.#move(followed, stream.position ?? 0);
    } catch (error) {
      if (this.#session.user) this.#session.events.emit("error", error);
    }
  }

  /**
   * @param {Followed} followed
   * @param {number} seq
   */
  #move(followed, seq) {
    const { conversationId, after = -1 } = followed;
    if (seq <= after) return;
    followed.after = seq;
    this.#streams.beginAt(conversationId, seq);
    this.#store.write("position", conversationId, seq);
  }

  /**
   * @param {string} conversationId
   * @returns {number | undefined}
   */
  #read(conversationId) {
    const seq = this.#store.read("position", conversationId);
    return Number.isSafeInteger(seq) ? seq : undefined;
  }
}
