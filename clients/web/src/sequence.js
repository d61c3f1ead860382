import { withFrame } from "./changes.js";

/** @import { Numbered } from "./types.js" */

/**
 * Orders what takes a number in one conversation: messages and changes. It takes their frames in
 * any order, any number of times, and returns each once, as soon as all before it were returned.
 */
export class Sequence {
  /** @type {Map<number, Numbered>} arrived before one that precedes it */
  #held = new Map();
  /** Up to here the service has answered: what it did not send does not exist. */
  #settled;
  /** The last one delivered. */
  #delivered;

  /** @param {number} after what has a number up to this one is not wanted */
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

  /** The highest number seen beyond a gap; 0 if there is no gap. */
  get beyondGap() {
    return Math.max(0, ...this.#held.keys());
  }

  /** What waits beyond a gap, in order. */
  get held() {
    return [...this.#held.values()].sort((a, b) => a.data.seq - b.data.seq);
  }

  /**
   * @param {Numbered[]} frames
   * @returns {Numbered[]} what may be delivered now, in order
   */
  add(frames) {
    for (const frame of frames) if (frame.data.seq > this.#delivered) this.#hold(frame);
    return this.#release();
  }

  /**
   * The service has no more up to this number than what was added.
   * @param {number} seq
   * @returns {Numbered[]} what may be delivered now, in order
   */
  settle(seq) {
    this.#settled = Math.max(this.#settled, seq);
    return this.#release();
  }

  /** @param {Numbered} frame */
  #hold(frame) {
    const { type, data } = frame;
    const held = this.#held.get(data.seq) ?? frame;
    // A message may have come before, in an older state.
    const isMessage = type === "chat_message" && held.type === type;
    const state = isMessage ? withFrame(/** @type {any} */ (held.data), frame) : held.data;
    this.#held.set(data.seq, { ...held, data: /** @type {any} */ (state) });
  }

  #release() {
    const released = [];
    for (const frame of this.held) {
      const { seq } = frame.data;
      if (seq > this.position + 1) break;
      released.push(frame);
      this.#held.delete(seq);
      this.#delivered = seq;
    }
    return released;
  }
}
