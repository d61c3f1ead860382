/** @typedef {Pick<Storage, "length" | "key" | "getItem" | "setItem" | "removeItem">} TabStorage */

/**
 * What this tab keeps over a reload. Where storage is switched off the page works all the same, and
 * only a reload forgets.
 * @returns {TabStorage}
 */
export function tabStorage() {
  try {
    return sessionStorage;
  } catch {
    return new Memory();
  }
}

/**
 * What all tabs keep, also for later visits; null where storage is switched off.
 * @returns {TabStorage | null}
 */
export function sharedStorage() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/**
 * @param {TabStorage} storage
 * @param {string} prefix
 */
export function keysIn(storage, prefix) {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
  return keys.filter((key) => key.startsWith(prefix));
}

/**
 * A storage in the place of which another can be put.
 * @implements {TabStorage}
 */
export class SwitchedStorage {
  /** @param {TabStorage} storage */
  constructor(storage) {
    this.now = storage;
  }

  get length() {
    return this.now.length;
  }

  /** @param {number} index */
  key(index) {
    return this.now.key(index);
  }

  /** @param {string} key */
  getItem(key) {
    return this.now.getItem(key);
  }

  /**
   * @param {string} key
   * @param {string} value
   */
  setItem(key, value) {
    this.now.setItem(key, value);
  }

  /** @param {string} key */
  removeItem(key) {
    this.now.removeItem(key);
  }
}

/** @implements {TabStorage} */
class Memory {
  /** @type {Map<string, string>} */
  #items = new Map();

  get length() {
    return this.#items.size;
  }

  /** @param {number} index */
  key(index) {
    return [...this.#items.keys()][index] ?? null;
  }

  /** @param {string} key */
  getItem(key) {
    return this.#items.get(key) ?? null;
  }

  /**
   * @param {string} key
   * @param {string} value
   */
  setItem(key, value) {
    this.#items.set(key, value);
  }

  /** @param {string} key */
  removeItem(key) {
    this.#items.delete(key);
  }
}
