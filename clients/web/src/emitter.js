import { ParleyError } from "./errors.js";

/** @import { Abortable } from "./options.js" */

/**
 * Calls listeners, by the type of an event.
 * @template {object} Events what a listener gets, by type
 */
export class Emitter {
  /** @type {Map<keyof Events, Set<(detail: any) => void>>} */
  #listeners;

  /** @param {readonly (keyof Events)[]} types all that there are */
  constructor(types) {
    this.#listeners = new Map(types.map((type) => [type, new Set()]));
  }

  /**
   * Calls `listener` for every event of the type until the signal aborts or the returned function
   * is called.
   * @template {keyof Events} Type
   * @param {Type} type
   * @param {(detail: Events[Type]) => void} listener
   * @param {Abortable} [options]
   * @returns {() => void}
   * @throws {ParleyError} `bad_request` if there is no such type
   */
  on(type, listener, { signal } = {}) {
    const listeners = this.#listeners.get(type) ?? this.#reject(type);
    if (signal?.aborted) return () => {};
    // Wrapped, so that one function registered twice is two registrations.
    const entry = (/** @type {Events[Type]} */ detail) => listener(detail);
    listeners.add(entry);
    const off = () => {
      listeners.delete(entry);
      signal?.removeEventListener("abort", off);
    };
    signal?.addEventListener("abort", off);
    return off;
  }

  /**
   * Calls `listener` for the next event of the type.
   * @template {keyof Events} Type
   * @param {Type} type
   * @param {(detail: Events[Type]) => void} listener
   * @param {Abortable} [options]
   * @returns {() => void}
   * @throws {ParleyError} `bad_request` if there is no such type
   */
  once(type, listener, options) {
    const handle = (/** @type {Events[Type]} */ detail) => {
      off();
      listener(detail);
    };
    const off = this.on(type, handle, options);
    return off;
  }

  /**
   * Whether somebody listens to the type.
   * @param {keyof Events} type
   */
  has(type) {
    return Boolean(this.#listeners.get(type)?.size);
  }

  /**
   * Calls every listener. An error that one throws stops neither the others nor the caller: it
   * becomes the platform's uncaught error.
   * @template {keyof Events} Type
   * @param {Type} type
   * @param {Events[Type]} detail
   */
  emit(type, detail) {
    const listeners = this.#listeners.get(type) ?? new Set();
    for (const listener of [...listeners]) {
      try {
        // Another listener may have ended it.
        if (listeners.has(listener)) listener(detail);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /**
   * @param {keyof Events} type
   * @returns {never}
   */
  #reject(type) {
    const types = [...this.#listeners.keys()].join(", ");
    const message = `There is no event "${String(type)}". The events are: ${types}.`;
    throw new ParleyError("bad_request", message, { data: { field: "type" } });
  }
}
