/** @import { Message } from "./types.js" */

/**
 * Orders the messages of one conversation. It takes messages in any order, any number of times, and
 * returns each once, as soon as all before it were returned.
 */
export class Sequence {
  /** @type {Map<number, Message>} came too early */
  #held = new Map();
  /** Up to here the service has answered: what it did not send does not exist. */
  #settled;
  /** The last one delivered. */
  #delivered;

  /** @param {number} after the messages up to this one are not wanted */
  constructor(after) {
    this.#settled = after;
    this.#delivered = after;
  }

  get delivered() {
    return this.#delivered;
  }

  /** Everything up to here is known. A heartbeat reports this number. */
  get position() {
    return Math.max(this.#delivered, this.#settled);
  }

  /** The highest number seen beyond a gap; 0 where there is no gap. */
  get beyondGap() {
    return Math.max(0, ...this.#held.keys());
  }

  /**
   * @param {Message[]} messages
   * @returns {Message[]} what may be delivered now, in order
   */
  add(messages) {
    for (const message of messages) {
      if (message.seq > this.#delivered) this.#held.set(message.seq, message);
    }
    return this.#release();
  }

  /**
   * The service has no more up to this number than what was added.
   * @param {number} seq
   * @returns {Message[]} what may be delivered now, in order
   */
  settle(seq) {
    this.#settled = Math.max(this.#settled, seq);
    return this.#release();
  }

  #release() {
    const released = [];
    for (const seq of [...this.#held.keys()].sort((a, b) => a - b)) {
      if (seq > this.position + 1) break;
      released.push(/** @type {Message} */ (this.#held.get(seq)));
      this.#held.delete(seq);
      this.#delivered = seq;
    }
    return released;
  }
}
