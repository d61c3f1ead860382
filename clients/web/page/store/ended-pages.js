/** A page that is being loaded again is back by then, and takes up what it had itself. */
const GRACE_MS = 3_000;
/** So long a page waits for the one before it in its tab to end. */
const PATIENCE_MS = 1_000;

/**
 * Finds the pages of the user that have ended. Each is taken up by one page: the next one in its
 * tab, or else one of the others. A page holds a lock of its own for as long as it lives.
 */
export class EndedPages {
  /** @type {Set<string>} */
  #watched = new Set();
  #stop = new AbortController();
  #options;

  /**
   * @param {{
   *   locks: LockManager, channel: BroadcastChannel, name: string, page: string,
   *   pages: () => Promise<string[]>, takeUp: (page: string) => Promise<void>,
   *   onError: (error: unknown) => void, wait: (ms: number) => Promise<void>,
   * }} options `name`: of what the pages have in common. `page`: the id of this one. `pages`: the
   *   ids of those that may have ended
   */
  constructor(options) {
    this.#options = options;
  }

  /**
   * @param {string | null} former the page before this one in its tab
   * @returns {Promise<void>} when the former page is taken up, if it has ended
   */
  async begin(former) {
    const { channel, page, pages, onError } = this.#options;
    this.#hold();
    channel.addEventListener("message", ({ data }) => this.#meet(data));
    channel.postMessage(page);
    if (former !== null) await this.#takeUpFormer(former);
    pages().then((all) => all.forEach((it) => this.#watch(it, 0)), onError);
  }

  /** Gives this page up: whatever it still has is for others. */
  end() {
    this.#stop.abort();
    this.#options.channel.close();
  }

  /**
   * Two pages know of each other, whichever began first.
   * @param {string} page
   */
  #meet(page) {
    if (this.#watched.has(page)) return;
    this.#options.channel.postMessage(this.#options.page);
    void this.#watch(page);
  }

  #hold() {
    const { locks, page, onError } = this.#options;
    const { signal } = this.#stop;
    const ended = new Promise((resolve) => signal.addEventListener("abort", resolve));
    locks.request(this.#lockOf(page), () => ended).catch(onError);
  }

  /** @param {string} former */
  async #takeUpFormer(former) {
    const { locks, takeUp, wait } = this.#options;
    const patience = new AbortController();
    void wait(PATIENCE_MS).then(() => patience.abort());
    const { signal } = patience;
    try {
      await locks.request(this.#lockOf(former), { signal }, () => takeUp(former));
    } catch {
      // A tab that was duplicated: the page lives on in the other one.
      void this.#watch(former);
    }
  }

  /**
   * @param {string} page
   * @param {number} [grace]
   */
  async #watch(page, grace = GRACE_MS) {
    const { onError } = this.#options;
    if (page === this.#options.page || this.#watched.has(page)) return;
    this.#watched.add(page);
    try {
      while (!this.#stop.signal.aborted && !(await this.#takeUpOnceEnded(page, grace)));
    } catch (error) {
      if (!this.#stop.signal.aborted) onError(error);
    }
    this.#watched.delete(page);
  }

  /**
   * @param {string} page
   * @param {number} grace
   * @returns {Promise<boolean>} false if it lives again
   */
  async #takeUpOnceEnded(page, grace) {
    const { locks, takeUp, wait } = this.#options;
    const name = this.#lockOf(page);
    await locks.request(name, { mode: "shared", signal: this.#stop.signal }, () => {});
    await wait(grace);
    return locks.request(name, { ifAvailable: true }, async (lock) => {
      if (lock && !this.#stop.signal.aborted) await takeUp(page);
      return lock !== null;
    });
  }

  /** @param {string} page */
  #lockOf(page) {
    return `${this.#options.name} ${page}`;
  }
}
