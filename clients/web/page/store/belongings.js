import { begin, under, whileKept } from "./database.js";

/** @import { TabStorage } from "../storage.js" */
/** @import { Database, Scope } from "./database.js" */

/**
 * What one page has begun: drafts and messages that are not sent. It is at hand at once, and written
 * behind the page's back. When the page has ended, another takes it up.
 * @implements {TabStorage}
 */
export class Belongings {
  /** @type {Map<string, string>} */
  #items = new Map();
  /** @type {Promise<unknown>} */
  #written = Promise.resolve();
  #page;
  #onError;
  /** @type {{ db: Database, scope: Scope } | null} */
  #place = null;

  /**
   * @param {string} page the id of this page
   * @param {(error: unknown) => void} onError something was not kept
   */
  constructor(page, onError) {
    this.#page = page;
    this.#onError = onError;
  }

  /**
   * From now on it is kept there, and what there is by now.
   * @param {Database} db
   * @param {Scope} scope
   */
  open(db, scope) {
    this.#place = { db, scope };
    for (const name of this.#items.keys()) this.#write(name);
  }

  get length() {
    return this.#items.size;
  }

  /** @param {number} index */
  key(index) {
    return [...this.#items.keys()][index] ?? null;
  }

  /** @param {string} name */
  getItem(name) {
    return this.#items.get(name) ?? null;
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  setItem(name, text) {
    if (this.#items.get(name) === text) return;
    this.#items.set(name, text);
    this.#write(name);
  }

  /** @param {string} name */
  removeItem(name) {
    if (this.#items.delete(name)) this.#write(name);
  }

  /** The ids of the other pages that have left something, or are about to. */
  async pages() {
    if (!this.#place) return [];
    const { db, scope } = this.#place;
    const rows = begin(db, "readonly").objectStore("pages");
    const keys = await rows.getAllKeys(under(...this.#scopeKey(scope)));
    const ids = new Set(keys.map(([, , , page = ""]) => page));
    ids.delete(this.#page);
    return [...ids];
  }

  /**
   * Makes what another page left this page's own. Either all of it is moved, or nothing.
   * @param {string} page one that has ended
   * @param {(name: string, text: string) => void} merge sets the item of that name to what it was
   *   and this
   */
  async takeUp(page, merge) {
    if (!this.#place) return;
    const { db, scope } = this.#place;
    const range = under(...this.#scopeKey(scope), page);
    await whileKept(db, scope, async (writing) => {
      const rows = writing.objectStore("pages");
      const [keys, texts] = await Promise.all([rows.getAllKeys(range), rows.getAll(range)]);
      for (const [index, key] of keys.entries()) {
        const name = key[4] ?? "";
        merge(name, texts[index] ?? "");
        const text = this.#items.get(name);
        if (text !== undefined) await rows.put(text, this.#keyOf(scope, name));
      }
      await rows.delete(range);
    });
  }

  /** Resolves when everything until now is written, or could not be. */
  async settled() {
    await this.#written;
  }

  /**
   * Committed in the same task, so that it is not lost if the page ends right after.
   * @param {string} name
   */
  #write(name) {
    if (!this.#place) return;
    const { db, scope } = this.#place;
    try {
      const text = this.#items.get(name);
      const writing = db.transaction("pages", "readwrite");
      const key = this.#keyOf(scope, name);
      const done = text === undefined ? writing.store.delete(key) : writing.store.put(text, key);
      writing.commit();
      this.#written = Promise.all([this.#written, done, writing.done]).catch(this.#onError);
    } catch (error) {
      this.#onError(error);
    }
  }

  /** @param {Scope} scope */
  #scopeKey({ service, userId, session }) {
    return [service, userId, session];
  }

  /**
   * @param {Scope} scope
   * @param {string} name
   */
  #keyOf(scope, name) {
    return [...this.#scopeKey(scope), this.#page, name];
  }
}
