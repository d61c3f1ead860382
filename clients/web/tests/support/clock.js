/** Time that passes when the test says so. */
export class FakeClock {
  #now = 0;
  #midnight = Date.parse("2026-01-01T00:00:00Z");
  #last = 0;
  /** @type {Map<number, { at: number, run: () => void }>} */
  #timers = new Map();

  now = () => this.#midnight + this.#now;

  monotonic = () => this.#now;

  /**
   * Somebody sets the clock: no time passes.
   * @param {number} ms forward, or back where it is negative
   */
  set(ms) {
    this.#midnight += ms;
  }

  setTimeout = (/** @type {() => void} */ run, /** @type {number} */ ms) => {
    this.#timers.set(++this.#last, { at: this.#now + Math.max(0, ms), run });
    return this.#last;
  };

  clearTimeout = (/** @type {number} */ timer) => {
    this.#timers.delete(timer);
  };

  get pending() {
    return this.#timers.size;
  }

  /**
   * Lets time pass, and everything happen that is due in it, in order.
   * @param {number} ms
   */
  async pass(ms) {
    const end = this.#now + ms;
    await settled();
    for (let next; (next = this.#next()) && next[1].at <= end;) {
      this.#timers.delete(next[0]);
      this.#now = Math.max(this.#now, next[1].at);
      next[1].run();
      await settled();
    }
    this.#now = end;
  }

  #next() {
    /** @type {[number, { at: number, run: () => void }] | undefined} */
    let first;
    for (const entry of this.#timers) if (!first || entry[1].at < first[1].at) first = entry;
    return first;
  }
}

/** Until everything that was going to happen without time passing has happened. */
export async function settled() {
  await new Promise((resolve) => setImmediate(resolve));
}
