import { openDB } from "idb";

/** @import { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from "idb" */
/** @import { Message } from "../../src/index.js" */
/** @import { Entry } from "../entry.js" */

/**
 * Whose rows they are. A `session` begins when a user signs in to stay signed in, and ends when the
 * user signs out: what belongs to another session is nobody's.
 * @typedef {{ service: string, userId: string, session: string }} Scope
 */

/**
 * A conversation as the list showed it; null once the user is no longer in it. `upTo`: the highest
 * number of the conversation that this takes into account.
 * @typedef {{ entry: Entry | null, upTo: number }} SavedConversation
 */

/**
 * Messages without gaps, ascending. `openedAt`: when the conversation was opened last.
 * @typedef {{
 *   service: string, userId: string, id: string, openedAt: number, messages: readonly Message[],
 * }} SavedMessages
 */

/**
 * - `users`: by service and user
 * - `conversations`: by service, user and conversation
 * - `messages`: by the same
 * - `pages`: the drafts and unsent messages of each page, by service, user, session, page and name
 * @typedef {DBSchema & {
 *   users: { key: string[], value: { session: string } },
 *   conversations: { key: string[], value: SavedConversation },
 *   messages: { key: string[], value: SavedMessages, indexes: { opened: (string | number)[] } },
 *   pages: { key: string[], value: string },
 * }} Schema
 */

/** @typedef {IDBPDatabase<Schema>} Database */
/** @typedef {StoreNames<Schema>} StoreName */
/** @typedef {IDBPTransaction<Schema, StoreName[], "readwrite">} Writing */

/** Those whose rows do not have their keys in them. */
const BY_KEY = /** @type {const} */ (["users", "conversations", "pages"]);
/** @type {StoreName[]} */
const STORES = ["users", "conversations", "messages", "pages"];

/** What lies on this device. Rejects if the browser denies it. */
export function openDatabase() {
  /** @type {Promise<Database>} */
  const opening = openDB("parley", 2, {
    upgrade(db, former) {
      // The first version named the fields of messages otherwise. The service has them all.
      if (former === 1) db.deleteObjectStore("messages");
      else for (const name of BY_KEY) db.createObjectStore(name);
      const messages = db.createObjectStore("messages", { keyPath: ["service", "userId", "id"] });
      messages.createIndex("opened", ["service", "userId", "openedAt"]);
    },
    // A later version of the web app wants to change it: this page works on without it.
    blocking: (_, __, event) => /** @type {IDBDatabase} */ (event.target).close(),
  });
  return opening;
}

/**
 * Begins to keep what is the user's, or goes on with it. Nothing is left of other users of the
 * service, nor of sessions that were ended.
 * @param {Database} db
 * @param {{ service: string, userId: string }} user
 * @returns {Promise<Scope>}
 */
export async function keep(db, { service, userId }) {
  const writing = begin(db, "readwrite");
  const users = writing.objectStore("users");
  for (const key of await users.getAllKeys(under(service))) {
    if (key[1] !== userId) removeUser(writing, key);
  }
  const { session } = (await users.get([service, userId])) ?? { session: crypto.randomUUID() };
  await users.put({ session }, [service, userId]);
  await removeLeftovers(writing, { service, userId, session });
  await writing.done;
  return { service, userId, session };
}

/**
 * Deletes all that is kept of the user; what other pages write for them later is not kept.
 * @param {Database} db
 * @param {{ service: string, userId: string }} user
 */
export async function forget(db, { service, userId }) {
  const writing = begin(db, "readwrite");
  removeUser(writing, [service, userId]);
  await writing.done;
}

/**
 * Changes what is kept in one transaction, unless the user has signed out meanwhile.
 * @param {Database} db
 * @param {Scope} scope
 * @param {(writing: Writing) => Promise<void>} act
 */
export async function whileKept(db, { service, userId, session }, act) {
  const writing = begin(db, "readwrite");
  const kept = await writing.objectStore("users").get([service, userId]);
  if (kept?.session === session) await act(writing);
  await writing.done;
}

/**
 * A transaction over everything. A failure of it is also one of its requests, which are waited for.
 * @template {"readonly" | "readwrite"} Mode
 * @param {Database} db
 * @param {Mode} mode
 * @returns {IDBPTransaction<Schema, StoreName[], Mode>}
 */
export function begin(db, mode) {
  const transaction = db.transaction(STORES, mode);
  transaction.done.catch(() => {});
  return transaction;
}

/**
 * All keys that begin like this.
 * @param {string[]} beginning
 */
export function under(...beginning) {
  return IDBKeyRange.bound(beginning, [...beginning, []]);
}

/**
 * @param {Writing} writing
 * @param {string[]} user
 */
function removeUser(writing, user) {
  writing.objectStore("users").delete(user);
  for (const name of STORES.slice(1)) writing.objectStore(name).delete(under(...user));
}

/**
 * A page that is late may have written for a session that is over.
 * @param {Writing} writing
 * @param {Scope} scope
 */
async function removeLeftovers(writing, { service, userId, session }) {
  const pages = writing.objectStore("pages");
  for (const key of await pages.getAllKeys(under(service))) {
    if (key[1] !== userId || key[2] !== session) pages.delete(key);
  }
}
