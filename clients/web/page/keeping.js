import { draftsOf, joinedDraft, outboxOf } from "./drafts.js";
import { SwitchedStorage, keysIn, tabStorage } from "./storage.js";
import { Belongings } from "./store/belongings.js";
import { forget, keep, openDatabase } from "./store/database.js";
import { EndedPages } from "./store/ended-pages.js";
import { SavedChat } from "./store/saved-chat.js";

/** @import { Chat, User } from "../src/index.js" */
/** @import { Entry } from "./entry.js" */
/** @import { TabStorage } from "./storage.js" */
/** @import { Database, Scope } from "./store/database.js" */

/** Nobody waits longer for the browser to open its database; the page works without it. */
const PATIENCE_MS = 2_000;

/**
 * What a page uses of its browser. `tab` is what the tab keeps over a reload. `report` hears why
 * something was not kept.
 * @typedef {{
 *   tab: TabStorage,
 *   locks: LockManager,
 *   openDatabase: () => Promise<Database>,
 *   openChannel: (name: string) => BroadcastChannel,
 *   wait: (ms: number) => Promise<void>,
 *   report: (error: unknown) => void,
 * }} Browser
 */

/**
 * What this device keeps of the user. Drafts and unsent messages are kept for this tab, over a
 * reload. If the user wants to stay signed in, they are kept for all tabs and later visits, and so
 * is what the user last had.
 */
export class Keeping {
  /** @type {SavedChat | null} what the user last had, if that is kept */
  saved = null;
  /** Called when there are drafts that another page had begun. */
  onDrafts = () => {};
  #page = "";
  #address;
  #browser;
  #tab;
  /** @type {Database | null} */
  #db = null;
  /** @type {Promise<Entry[]> | null} */
  #begun = null;
  /** @type {EndedPages | null} */
  #others = null;

  /** Whether the browser has what it takes. */
  static get isPossible() {
    return Boolean(globalThis.indexedDB && globalThis.BroadcastChannel && navigator.locks);
  }

  /** Whether drafts and unsent messages are there for other tabs, too. */
  get isForAllTabs() {
    return this.storage.now !== this.#tab;
  }

  /**
   * @param {string} address the service's
   * @param {Browser} [browser]
   */
  constructor(address, browser = thisBrowser()) {
    this.#address = address;
    this.#browser = browser;
    this.#tab = browser.tab;
    /** Where drafts and unsent messages are. */
    this.storage = new SwitchedStorage(this.#tab);
  }

  /**
   * Keeps what is the user's from now on, also for other tabs and later visits, and takes up what
   * pages that have ended left. If the browser denies that, all stays in this tab.
   * @param {User} user who is known to the chat
   * @param {Chat} chat
   * @returns {Promise<Entry[]>} the list of conversations that the user last had
   */
  begin(user, chat) {
    this.#begun ??= this.#begin(user, chat);
    return this.#begun;
  }

  /**
   * @param {User} user
   * @param {Chat} chat
   */
  async #begin({ userId }, chat) {
    this.#page = crypto.randomUUID();
    const belongings = new Belongings(this.#page, this.#browser.report);
    this.#moveItems(this.#tab, belongings);
    this.storage.now = belongings;
    try {
      const db = await within(this.#browser.openDatabase(), PATIENCE_MS);
      const scope = await keep(db, { service: this.#address, userId });
      const saved = new SavedChat(db, scope, this.#browser.report);
      const entries = await saved.read();
      this.#db = db;
      this.saved = saved;
      belongings.open(db, scope);
      this.#takeUpOthers(belongings, scope, chat);
      void belongings.settled().then(() => this.#removeItems(this.#tab));
      return entries;
    } catch (error) {
      this.#browser.report(error);
      this.#moveItems(belongings, this.#tab);
      this.storage.now = this.#tab;
      return [];
    }
  }

  /**
   * Forgets all of the user, on this page and for all others.
   * @param {User | null} user
   */
  async forget(user) {
    await this.#begun;
    this.#others?.end();
    this.#others = this.#begun = this.saved = null;
    this.storage.now = this.#tab;
    this.#removeItems(this.#tab);
    if (!user) return;
    try {
      this.#db ??= await within(this.#browser.openDatabase(), PATIENCE_MS);
      await forget(this.#db, { service: this.#address, userId: user.userId });
    } catch (error) {
      this.#browser.report(error);
    }
  }

  /**
   * @param {Belongings} belongings
   * @param {Scope} scope
   * @param {Chat} chat
   */
  #takeUpOthers(belongings, { service, userId, session }, chat) {
    const merge = (/** @type {string} */ name, /** @type {string} */ text) => {
      if (name.startsWith(outboxOf(this.#address))) return chat.adopt(only(name, text));
      belongings.setItem(name, joinedDraft(belongings.getItem(name) ?? "", text));
      this.onDrafts();
    };
    const name = `parley-page ${service} ${userId} ${session}`;
    const { locks, wait, openChannel, report } = this.#browser;
    this.#others = new EndedPages({
      ...{ name, page: this.#page, locks, wait, channel: openChannel(name) },
      pages: () => belongings.pages(),
      takeUp: (page) => belongings.takeUp(page, merge),
      onError: report,
    });
    void this.#others.begin(this.#becomeThePageOfTheTab());
  }

  /** @returns {string | null} the page that this tab showed before */
  #becomeThePageOfTheTab() {
    const key = `parley-page ${this.#address}`;
    const former = this.#tab.getItem(key);
    try {
      this.#tab.setItem(key, this.#page);
    } catch (error) {
      this.#browser.report(error);
    }
    return former;
  }

  /**
   * @param {TabStorage} from
   * @param {TabStorage} to
   */
  #moveItems(from, to) {
    try {
      for (const key of this.#keysIn(from)) to.setItem(key, from.getItem(key) ?? "");
    } catch (error) {
      this.#browser.report(error);
    }
  }

  /** @param {TabStorage} storage */
  #removeItems(storage) {
    for (const key of this.#keysIn(storage)) storage.removeItem(key);
  }

  /** @param {TabStorage} storage */
  #keysIn(storage) {
    const prefixes = [draftsOf(this.#address), outboxOf(this.#address)];
    return prefixes.flatMap((prefix) => keysIn(storage, prefix));
  }
}

/**
 * A storage with one item.
 * @param {string} name
 * @param {string} text
 */
function only(name, text) {
  const getItem = (/** @type {string} */ key) => (key === name ? text : null);
  return { getItem, setItem: () => {}, removeItem: () => {} };
}

/**
 * @template Value
 * @param {Promise<Value>} promise
 * @param {number} ms
 * @returns {Promise<Value>}
 */
function within(promise, ms) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("The browser's database is slow.")), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** @returns {Browser} */
function thisBrowser() {
  return {
    tab: tabStorage(),
    locks: navigator.locks,
    openDatabase,
    openChannel: (name) => new BroadcastChannel(name),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    report: (error) => console.warn("Something was not kept on this device.", error),
  };
}
