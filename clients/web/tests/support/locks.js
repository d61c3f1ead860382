/** @typedef {{ page: object, mode: "exclusive" | "shared", grant: (lock: object | null) => void, isHeld: boolean }} Request */

/** The locks that all pages of a browser share (Web Locks), and what becomes of them when one ends. */
export class FakeLocks {
  /** @type {Map<string, Request[]>} by name: those that hold the lock, and then those that wait */
  #requests = new Map();

  /**
   * What a page sees of them.
   * @param {object} page
   * @returns {LockManager}
   */
  of(page) {
    const request = (/** @type {string} */ name, /** @type {any[]} */ ...rest) =>
      this.#request(page, name, rest.length > 1 ? rest[0] : {}, rest.at(-1));
    return /** @type {any} */ ({ request });
  }

  /** @param {object} page what it holds is free, and what it waits for it does not get */
  end(page) {
    for (const [name, requests] of this.#requests) {
      this.#requests.set(
        name,
        requests.filter((it) => it.page !== page),
      );
      this.#grant(name);
    }
  }

  /**
   * @param {object} page
   * @param {string} name
   * @param {LockOptions} options
   * @param {(lock: object | null) => unknown} use
   */
  async #request(page, name, { mode = "exclusive", ifAvailable = false, signal }, use) {
    signal?.throwIfAborted();
    const over = new AbortController();
    const lock = await new Promise((grant, reject) => {
      /** @type {Request} */
      const request = { page, mode, grant, isHeld: false };
      this.#requests.set(name, [...(this.#requests.get(name) ?? []), request]);
      this.#grant(name);
      if (request.isHeld) return;
      if (ifAvailable) this.#drop(name, request);
      if (ifAvailable) grant(null);
      const abort = () => {
        if (!request.isHeld) this.#drop(name, request);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { signal: over.signal });
    }).finally(() => over.abort());
    try {
      return await use(lock);
    } finally {
      if (lock) this.#drop(name, lock);
    }
  }

  /**
   * @param {string} name
   * @param {object} request
   */
  #drop(name, request) {
    const all = this.#requests.get(name) ?? [];
    this.#requests.set(
      name,
      all.filter((it) => it !== request),
    );
    this.#grant(name);
  }

  /** @param {string} name */
  #grant(name) {
    const all = this.#requests.get(name) ?? [];
    for (const [index, request] of all.entries()) {
      const isFirst = index === 0;
      const isShared = all.slice(0, index + 1).every(({ mode }) => mode === "shared");
      if (request.isHeld) continue;
      if (!isFirst && !isShared) return;
      request.isHeld = true;
      request.grant(request);
    }
  }
}

/** A channel on which every page hears all others (`BroadcastChannel`), each a moment later. */
export class FakeChannels {
  /** @type {Map<EventTarget, object>} the page of each */
  #open = new Map();

  /**
   * @param {object} page
   * @returns {BroadcastChannel}
   */
  open(page) {
    const channel = new EventTarget();
    this.#open.set(channel, page);
    const postMessage = (/** @type {unknown} */ data) => {
      for (const other of this.#open.keys()) {
        if (other === channel) continue;
        queueMicrotask(() => other.dispatchEvent(Object.assign(new Event("message"), { data })));
      }
    };
    const close = () => void this.#open.delete(channel);
    return /** @type {any} */ (Object.assign(channel, { postMessage, close }));
  }

  /** @param {object} page */
  end(page) {
    for (const [channel, whose] of this.#open) if (whose === page) this.#open.delete(channel);
  }
}
