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
  /** @type {{ after: number, upTo: number }[]} numbers that were passed over without certainty */
  #doubts = [];
  /** @type {Set<number>} those of them that were delivered after all */
  #late = new Set();

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

  /** From here on something may have been passed over; undefined if nothing was. */
  get firstDoubt() {
    return this.#doubts[0]?.after;
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
    for (const frame of frames) if (this.#isWanted(frame.data.seq)) this.#hold(frame);
    return this.#release();
  }

  /**
   * Between the two numbers the service has no more than what was added.
   * @param {number} after
   * @param {number} upTo
   * @returns {Numbered[]} what may be delivered now, in order
   */
  settle(after, upTo) {
    this.#doubts = this.#doubts.filter((doubt) => doubt.after < after || doubt.upTo > upTo);
    if (this.#doubts.length === 0) this.#late.clear();
    this.#settled = Math.max(this.#settled, upTo);
    return this.#release();
  }

  /**
   * Passes over what is missing up to this number, though it may be there.
   * @param {number} upTo
   * @returns {Numbered[]} what may be delivered now, in order
   */
  passOver(upTo) {
    let after = this.position;
    for (const { data } of [...this.held, { data: { seq: upTo + 1 } }]) {
      const seq = Math.min(data.seq, upTo + 1);
      if (seq > after + 1) this.#doubts.push({ after, upTo: seq - 1 });
      after = Math.max(after, seq);
    }
    this.#settled = Math.max(this.#settled, upTo);
    return this.#release();
  }

  /** @param {number} seq */
  #isWanted(seq) {
    if (seq > this.#delivered) return true;
    const isDoubtful = this.#doubts.some(({ after, upTo }) => after < seq && seq <= upTo);
    return isDoubtful && !this.#late.has(seq);
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
      if (seq < this.#delivered) this.#late.add(seq);
      this.#delivered = Math.max(this.#delivered, seq);
    }
    return released;
  }
}
