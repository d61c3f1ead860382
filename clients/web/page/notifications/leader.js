/**
 * Of all tabs in which a user is online, one shows notifications: the one that holds a lock. If it
 * closes or loses its connection, the next one takes over.
 */
export class Leader {
  /** @type {AbortController | null} */
  #standing = null;
  #isLeading = false;

  get isLeading() {
    return this.#isLeading;
  }

  /** @param {string} userId */
  stand(userId) {
    this.resign();
    if (!navigator.locks) {
      this.#isLeading = true;
      return;
    }
    const standing = new AbortController();
    const { signal } = standing;
    this.#standing = standing;
    navigator.locks
      .request(`parley-notifies ${userId}`, { signal }, () => this.#lead(signal))
      .catch(() => {});
  }

  resign() {
    this.#standing?.abort();
    this.#standing = null;
    this.#isLeading = false;
  }

  /** @param {AbortSignal} signal */
  async #lead(signal) {
    if (signal.aborted) return;
    this.#isLeading = true;
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  }
}
