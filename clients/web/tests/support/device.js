import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";

import { unwrap } from "idb";

import { keep, openDatabase } from "../../page/store/database.js";
import { settled } from "./clock.js";
import { FakeChannels, FakeLocks } from "./locks.js";

/** @import { Database } from "../../page/store/database.js" */

export const SERVICE = "wss://service.test/";

/** One device: what all pages in its browser share, and pages that may end at any moment. */
export class Device {
  locks = new FakeLocks();
  channels = new FakeChannels();
  #factory = new IDBFactory();
  /** @type {Set<Connection>} */
  #connections = new Set();

  /** Opens what the pages share, as one of them. */
  async open() {
    this.isUsed();
    const connection = new Connection(await openDatabase());
    this.#connections.add(connection);
    return connection;
  }

  /** From now on this program is on this device. */
  isUsed() {
    Object.assign(globalThis, { indexedDB: this.#factory });
  }

  /** Until nothing is being read or written any more. */
  async rests() {
    for (let quiet = 0; quiet < 5; quiet++) {
      await settled();
      if ([...this.#connections].some(({ isBusy }) => isBusy)) quiet = 0;
    }
  }

  /** @param {string} userId */
  async openAs(userId) {
    const connection = await this.open();
    const scope = await keep(connection.db, { service: SERVICE, userId });
    return Object.assign(connection, { scope });
  }

  /** All that lies on the device, as text. */
  async dump() {
    const { db } = await this.open();
    const names = /** @type {const} */ (["users", "conversations", "messages", "pages"]);
    const all = await Promise.all(
      names.map(async (name) => [name, await db.getAllKeys(name), await db.getAll(name)]),
    );
    db.close();
    return JSON.stringify(all);
  }
}

/** A page's connection to the database. What is committed stays; all else goes with the page. */
export class Connection {
  /** @type {Set<IDBTransaction>} */
  #live = new Set();
  #isOver = false;
  /** @type {Error | null} what every write fails with: the device is full, for example */
  failure = null;

  /** @param {Database} db */
  constructor(db) {
    this.db = db;
    const raw = unwrap(db);
    const begin = raw.transaction.bind(raw);
    raw.transaction = (...options) => {
      if (this.#isOver) throw new Error("This page has ended.");
      if (this.failure && options[1] === "readwrite") throw this.failure;
      const transaction = begin(...options);
      this.#live.add(transaction);
      transaction.addEventListener("complete", () => this.#live.delete(transaction));
      transaction.addEventListener("abort", () => this.#live.delete(transaction));
      return transaction;
    };
  }

  get isBusy() {
    return this.#live.size > 0;
  }

  /** The page ends here and now. */
  crash() {
    this.#isOver = true;
    for (const transaction of this.#live) {
      try {
        transaction.abort();
      } catch {
        // It is being committed.
      }
    }
  }
}
