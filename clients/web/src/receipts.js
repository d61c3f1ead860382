import { pause } from "./waiting.js";

/** @import { Message } from "./types.js" */
/** @import { Core } from "./core.js" */
/** @import { Unread } from "./unread.js" */

/** @typedef {Pick<Message, "conversation_id" | "message_id" | "seq">} Place */

/** How far the user has read: many marks become one receipt, and none goes back. */
export class Receipts {
  /** @type {Map<string, Place>} the furthest mark of each conversation */
  #marks = new Map();
  /** @type {Map<string, number>} what the service knows */
  #known = new Map();
  /** @type {Set<string>} conversations whose receipt is on its way */
  #busy = new Set();
  #stop = new AbortController();
  #core;
  #unread;

  /**
   * @param {Core} core
   * @param {Unread} unread
   */
  constructor(core, unread) {
    this.#core = core;
    this.#unread = unread;
  }

  /** @param {Place} place */
  mark(place) {
    const { conversation_id, seq } = place;
    this.#unread.read(conversation_id, seq);
    const marked = this.#marks.get(conversation_id)?.seq ?? 0;
    if (seq <= Math.max(marked, this.#read(conversation_id))) return;
    this.#marks.set(conversation_id, place);
    if (!this.#busy.has(conversation_id)) this.#run(conversation_id, this.#stop.signal);
  }

  /**
   * The service has it that the user has read up to there, on this connection or another.
   * @param {string} conversationId
   * @param {number} seq
   */
  know(conversationId, seq) {
    this.#known.set(conversationId, Math.max(seq, this.#read(conversationId)));
    this.#unread.read(conversationId, seq);
    this.#unread.settle(conversationId);
  }

  /** The marks were another user's. */
  forgetAll() {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#marks.clear();
    this.#known.clear();
    this.#busy.clear();
  }

  /**
   * @param {string} conversationId
   * @param {AbortSignal} signal
   */
  async #run(conversationId, signal) {
    this.#busy.add(conversationId);
    try {
      await pause(this.#core.clock, this.#core.timing.receipt, signal);
      while (this.#due(conversationId)) await this.#send(conversationId, signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#marks.delete(conversationId);
      this.#core.events.emit("error", error);
    }
    if (!signal.aborted) this.#busy.delete(conversationId);
  }

  /**
   * @param {string} conversationId
   * @param {AbortSignal} signal
   */
  async #send(conversationId, signal) {
    let place = /** @type {Place} */ (this.#due(conversationId));
    const frame = () => {
      // Made when it can be sent: by then the user may have read on.
      place = this.#marks.get(conversationId) ?? place;
      return { type: "read_receipt", messageId: place.message_id };
    };
    await this.#core.call(frame, { signal, patient: true });
    this.know(conversationId, place.seq);
  }

  /** @param {string} conversationId */
  #due(conversationId) {
    const mark = this.#marks.get(conversationId);
    return mark && mark.seq > this.#read(conversationId) ? mark : undefined;
  }

  /** @param {string} conversationId */
  #read(conversationId) {
    return this.#known.get(conversationId) ?? 0;
  }
}
