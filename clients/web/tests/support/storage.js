/** Where a page keeps things, and what another finds that comes after it. */
export class FakeStorage {
  /** @type {Map<string, string>} */
  kept = new Map();

  get length() {
    return this.kept.size;
  }

  /** @param {number} index */
  key(index) {
    return [...this.kept.keys()][index] ?? null;
  }

  /** @param {string} key */
  getItem(key) {
    return this.kept.get(key) ?? null;
  }

  /** @param {string} key @param {string} text */
  setItem(key, text) {
    this.kept.set(key, text);
  }

  /** @param {string} key */
  removeItem(key) {
    this.kept.delete(key);
  }

  /** As the page after a reload finds it, whatever becomes of the one before. */
  reloaded() {
    const storage = new FakeStorage();
    storage.kept = new Map(this.kept);
    return storage;
  }
}
