/** Waiting that can be given up: every wait of the client ends when its signal aborts. */

/** @import { Clock } from "./options.js" */

/**
 * A promise that rejects with the signal's reason when that aborts first. `start` returns what
 * undoes it; that runs once, however the promise settles.
 * @template Value
 * @param {AbortSignal | undefined} signal
 * @param {(resolve: (value: Value) => void, reject: (error: unknown) => void) => () => void} start
 * @returns {Promise<Value>}
 */
export function cancellable(signal, start) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => end(() => reject(signal?.reason));
    const end = (/** @type {() => void} */ settle) => {
      signal?.removeEventListener("abort", abort);
      undo();
      settle();
    };
    signal?.addEventListener("abort", abort);
    const undo = start(
      (value) => end(() => resolve(value)),
      (error) => end(() => reject(error)),
    );
  });
}

/**
 * @param {Clock} clock
 * @param {number} ms
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export function sleep(clock, ms, signal) {
  return cancellable(signal, (resolve) => {
    const timer = clock.setTimeout(() => resolve(), ms);
    return () => clock.clearTimeout(timer);
  });
}

/** Lets callers through while open, keeps them waiting while shut, turns them away while refusing. */
export class Gate {
  /** @type {"open" | "closed" | Error} */
  #state = "closed";
  /** @type {Set<{ resolve: (value: void) => void, reject: (error: unknown) => void }>} */
  #waiting = new Set();

  /**
   * @param {AbortSignal} [signal]
   * @returns {Promise<void>}
   */
  async pass(signal) {
    signal?.throwIfAborted();
    if (this.#state === "open") return;
    if (this.#state instanceof Error) throw this.#state;
    await cancellable(signal, (resolve, reject) => {
      const waiter = { resolve, reject };
      this.#waiting.add(waiter);
      return () => this.#waiting.delete(waiter);
    });
  }

  open() {
    this.#state = "open";
    for (const waiter of [...this.#waiting]) waiter.resolve();
  }

  close() {
    this.#state = "closed";
  }

  /** @param {Error} error */
  reject(error) {
    this.#state = error;
    for (const waiter of [...this.#waiting]) waiter.reject(error);
  }
}
