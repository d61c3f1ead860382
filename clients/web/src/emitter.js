/**
 * @template {Record<string, any>} Events
 */
export class Emitter {
  /** @type {Map<keyof Events, Set<(detail: any) => void>>} */
  #listeners = new Map();

  /**
   * Calls `listener` for every event of the type until the signal aborts or the returned function
   * is called.
   * @template {keyof Events} Type
   * @param {Type} type
   * @param {(detail: Events[Type]) => void} listener
   * @param {import("./types.js").Abortable} [options]
   * @returns {() => void}
   */
  on(type, listener, { signal } = {}) {
    if (signal?.aborted) return () => {};
    // Wrapped, so that one function registered twice is two registrations.
    const entry = (/** @type {Events[Type]} */ detail) => listener(detail);
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(entry));
    const off = () => {
      listeners.delete(entry);
      signal?.removeEventListener("abort", off);
    };
    signal?.addEventListener("abort", off);
    return off;
  }

  /**
   * Calls every listener. An error that one throws stops neither the others nor the caller: it
   * becomes the platform's uncaught error.
   * @template {keyof Events} Type
   * @param {Type} type
   * @param {Events[Type]} detail
   */
  emit(type, detail) {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) {
      try {
        listener(detail);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
