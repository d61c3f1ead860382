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
