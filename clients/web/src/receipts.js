import { sleep } from "./waiting.js";

/** @import { Place } from "./options.js" */
/** @import { Session } from "./session.js" */
/** @import { Unread } from "./unread.js" */

/** How far the user has read: many marks become one receipt, and none goes back. */
export class Receipts {
  /** @type {Map<string, Place>} the furthest mark of each conversation */
  #marks = new Map();
  /** @type {Map<string, number>} what the service knows */
  #confirmed = new Map();
  /** @type {Set<string>} conversations whose receipt is on its way */
  #busy = new Set();
  #stop = new AbortController();
  #session;
  #unread;

  /**
   * @param {Session} session
   * @param {Unread} unread
   */
  constructor(session, unread) {
    this.#session = session;
    this.#unread = unread;
  }

  /** @param {Place} place */
  mark(place) {
    const { conversationId, seq } = place;
    this.#unread.read(conversationId, seq);
    const marked = this.#marks.get(conversationId)?.seq ?? 0;
    if (seq <= Math.max(marked, this.#read(conversationId))) return;
    this.#marks.set(conversationId, place);
    if (!this.#busy.has(conversationId)) this.#run(conversationId, this.#stop.signal);
  }

  /**
   * The service has it that the user has read up to there, on this connection or another.
   * @param {string} conversationId
   * @param {number} seq
   */
  confirm(conversationId, seq) {
    this.#confirmed.set(conversationId, Math.max(seq, this.#read(conversationId)));
    this.#unread.read(conversationId, seq);
    this.#unread.settle(conversationId, seq);
  }

  /** The marks were another user's. */
  forgetAll() {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#marks.clear();
    this.#confirmed.clear();
    this.#busy.clear();
  }

  /**
   * @param {string} conversationId
   * @param {AbortSignal} signal
   */
  async #run(conversationId, signal) {
    this.#busy.add(conversationId);
    try {
      await sleep(this.#session.clock, this.#session.timing.receipt, signal);
      while (this.#due(conversationId)) await this.#send(conversationId, signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#marks.delete(conversationId);
      this.#session.events.emit("error", error);
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
      return { type: "read_receipt", messageId: place.messageId };
    };
    await this.#session.call(frame, { signal, durable: true });
    this.confirm(conversationId, place.seq);
  }

  /** @param {string} conversationId */
  #due(conversationId) {
    const mark = this.#marks.get(conversationId);
    return mark && mark.seq > this.#read(conversationId) ? mark : undefined;
  }

  /** @param {string} conversationId */
  #read(conversationId) {
    return this.#confirmed.get(conversationId) ?? 0;
  }
}
