/** @import { Clock } from "../../src/options.js" */

/** Those that are drawn at one time are asked for at one time. */
const WAIT_MS = 50;

/** Asks for users one request at a time: who is wanted while one is under way is in the next one. */
export class Lookup {
  /** @type {Set<string>} */
  #wanted = new Set();
  /** @type {readonly string[]} */
  #asked = [];
  #isAsking = false;
  #atOnce;
  #ask;
  #clock;

  /**
   * @param {number} atOnce how many one request asks for
   * @param {(userIds: string[]) => Promise<void>} ask never rejects
   * @param {Clock} clock
   */
  constructor(atOnce, ask, clock) {
    this.#atOnce = atOnce;
    this.#ask = ask;
    this.#clock = clock;
  }

  /** @param {string} userId */
  has(userId) {
    return this.#wanted.has(userId) || this.#asked.includes(userId);
  }

  /** @param {string} userId */
  want(userId) {
    this.#wanted.add(userId);
    this.#schedule();
  }

  /** @param {string} userId */
  forget(userId) {
    this.#wanted.delete(userId);
  }

  #schedule() {
    if (this.#isAsking || this.#wanted.size === 0) return;
    this.#isAsking = true;
    this.#clock.setTimeout(() => void this.#askNext(), WAIT_MS);
  }

  async #askNext() {
    const userIds = [...this.#wanted].slice(0, this.#atOnce);
    for (const userId of userIds) this.#wanted.delete(userId);
    this.#asked = userIds;
    if (userIds.length > 0) await this.#ask(userIds);
    this.#asked = [];
    this.#isAsking = false;
    this.#schedule();
  }
}
