/** @import { Chat, Events } from "../index.js" */

/** @typedef {{ [Type in keyof Events]?: (detail: Events[Type]) => void }} Listeners */

/**
 * What components read of a chat, as `useSyncExternalStore` wants it: a snapshot is the same object
 * until something in it changes. A store works only while somebody subscribes to it.
 * @template {object} Snapshot
 */
export class Store {
  /** @type {Set<() => void>} */
  #subscribers = new Set();
  #isBegun = false;
  /** @type {(() => void)[]} what ends the work */
  #ends = [];
  /** @type {Snapshot} */
  #snapshot;

  /**
   * @param {Chat} chat
   * @param {Snapshot} empty what there is before there is anything, and on a server
   */
  constructor(chat, empty) {
    this.chat = chat;
    this.empty = empty;
    this.#snapshot = empty;
  }

  getSnapshot = () => this.#snapshot;

  getServerSnapshot = () => this.empty;

  /** @param {() => void} onChange */
  subscribe = (onChange) => {
    const entry = () => onChange();
    this.#subscribers.add(entry);
    if (!this.#isBegun) this.#begin();
    return () => {
      this.#subscribers.delete(entry);
      // StrictMode, and a component that takes another's place, subscribe again at once.
      queueMicrotask(() => this.#endIfUnused());
    };
  };

  /** Starts the work. */
  begin() {}

  /**
   * Calls the listeners for the chat's events until the work ends.
   * @param {Listeners} listeners
   */
  listen(listeners) {
    for (const [type, listener] of Object.entries(listeners)) {
      this.onEnd(this.chat.on(/** @type {any} */ (type), /** @type {any} */ (listener)));
    }
  }

  /** @param {() => void} end */
  onEnd(end) {
    this.#ends.push(end);
  }

  /** @param {Partial<Snapshot>} news fields that are the same as before change nothing */
  update(news) {
    const fields = /** @type {(keyof Snapshot)[]} */ (Object.keys(news));
    if (fields.every((field) => Object.is(news[field], this.#snapshot[field]))) return;
    this.#snapshot = Object.freeze({ ...this.#snapshot, ...news });
    this.notify();
  }

  /** There is another snapshot. */
  notify() {
    for (const subscriber of [...this.#subscribers]) subscriber();
  }

  #begin() {
    this.#isBegun = true;
    this.begin();
  }

  #endIfUnused() {
    if (this.#subscribers.size > 0 || !this.#isBegun) return;
    this.#isBegun = false;
    for (const end of this.#ends.splice(0)) end();
    this.#snapshot = this.empty;
  }
}
