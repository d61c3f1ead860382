/** @import { TextStorage } from "./options.js" */

/**
 * What outlives the program, as JSON in a storage; without one nothing does. A storage that fails
 * costs what it would have kept, and nothing else.
 */
export class Store {
  #options;

  /**
   * @param {{ url: string, storage?: TextStorage | undefined, onFailed: (error: unknown) => void }}
   *   options `onFailed`: the storage threw an error
   */
  constructor(options) {
    this.#options = options;
  }

  /**
   * What another client of the same service keeps.
   * @param {TextStorage} storage
   */
  in(storage) {
    return new Store({ ...this.#options, storage });
  }

  /**
   * @param {string} kind
   * @param {string} owner
   * @returns {any} null if there is nothing
   */
  read(kind, owner) {
    const read = (/** @type {TextStorage} */ it) =>
      JSON.parse(it.getItem(this.#key(kind, owner)) ?? "null");
    return this.#try(read) ?? null;
  }

  /**
   * @param {string} kind
   * @param {string} owner
   * @param {unknown} value
   */
  write(kind, owner, value) {
    this.#try((storage) => storage.setItem(this.#key(kind, owner), JSON.stringify(value)));
  }

  /**
   * @param {string} kind
   * @param {string} owner
   */
  remove(kind, owner) {
    this.#try((storage) => storage.removeItem(this.#key(kind, owner)));
  }

  /** @param {(storage: TextStorage) => any} use */
  #try(use) {
    const { storage, onFailed } = this.#options;
    try {
      return storage && use(storage);
    } catch (error) {
      onFailed(error);
    }
  }

  /**
   * @param {string} kind
   * @param {string} owner
   */
  #key(kind, owner) {
    return `parley-${kind} ${this.#options.url} ${owner}`;
  }
}
