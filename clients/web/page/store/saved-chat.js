import { beginningOf } from "../text/characters.js";
import { begin, under, whileKept } from "./database.js";
import { appended, changed, joined, newest } from "./runs.js";

/** @import { Message, MessageChanged } from "../../src/index.js" */
/** @import { Entry } from "../entry.js" */
/** @import { Database, Scope, Writing } from "./database.js" */
/** @import { Run } from "./runs.js" */

/** Of so many conversations messages are kept: those that were opened last. */
const CONVERSATIONS = 30;
/** No line of the list is longer. */
const PREVIEW = 200;

/**
 * What the user last had: the list of conversations, and the newest messages of those that were
 * opened last. All tabs of the user write it. A state never takes the place of a later one, and
 * nothing comes back of what was deleted, or of a conversation that the user is no longer in.
 */
export class SavedChat {
  /** @type {Map<string, Run>} the messages by conversation, as this page knows them */
  #runs = new Map();
  /** @type {Map<string, string>} each entry of the list as it was written */
  #written = new Map();
  /** @type {((writing: Writing) => Promise<unknown>)[]} */
  #waiting = [];
  /** @type {Promise<void> | null} */
  #running = null;
  #db;
  #scope;
  #onError;

  /**
   * @param {Database} db
   * @param {Scope} scope
   * @param {(error: unknown) => void} onError something was not kept: the device is full, for example
   */
  constructor(db, scope, onError) {
    this.#db = db;
    this.#scope = scope;
    this.#onError = onError;
  }

  /**
   * Reads what there is.
   * @returns {Promise<Entry[]>} the list of conversations
   */
  async read() {
    const range = under(this.#scope.service, this.#scope.userId);
    const reading = begin(this.#db, "readonly");
    const [rows, runs] = await Promise.all([
      reading.objectStore("conversations").getAll(range),
      reading.objectStore("messages").getAll(range),
    ]);
    for (const { id, messages } of runs) this.#runs.set(id, messages);
    const entries = rows.flatMap(({ entry }) => entry ?? []);
    for (const entry of entries) this.#written.set(entry.id, JSON.stringify(entry));
    return entries;
  }

  /**
   * @param {string} id
   * @returns {Run}
   */
  messagesOf(id) {
    return this.#runs.get(id) ?? [];
  }

  /**
   * The newest messages of a conversation were loaded, because it was opened.
   * @param {string} id
   * @param {Run} messages
   */
  opened(id, messages) {
    const run = newest(messages);
    this.#runs.set(id, run);
    this.#write(async (writing) => {
      await this.#merge(writing, id, (known) => joined(known, run), Date.now());
      await this.#removeEldest(writing);
    });
  }

  /**
   * @param {Message} message the next one in its conversation
   * @param {number} after the number of the one before
   */
  received(message, after) {
    this.#apply(message.conversationId, (run) => appended(run, message, after));
  }

  /** @param {MessageChanged} change */
  changed(change) {
    this.#apply(change.conversationId, (run) => changed(run, change));
  }

  /**
   * The list of conversations is this now.
   * @param {readonly Entry[]} entries
   */
  listed(entries) {
    for (const it of entries) {
      const entry = { ...it, lastText: beginningOf(it.lastText, PREVIEW) };
      const look = JSON.stringify(entry);
      if (this.#written.get(entry.id) === look) continue;
      this.#written.set(entry.id, look);
      this.#write((writing) => this.#putEntry(writing, entry));
    }
  }

  /** @param {Entry} entry of a conversation that the user is no longer in */
  left({ id, upTo }) {
    this.#runs.delete(id);
    this.#written.delete(id);
    this.#write(async (writing) => {
      const conversations = writing.objectStore("conversations");
      const known = await conversations.get(this.#key(id));
      const gone = { entry: null, upTo: Math.max(upTo, known?.upTo ?? 0) };
      await conversations.put(gone, this.#key(id));
      await writing.objectStore("messages").delete(this.#key(id));
    });
  }

  /** Keeps no message and no conversation any more; what was written and not sent stays. */
  forgetMessages() {
    this.#runs.clear();
    this.#written.clear();
    this.#write(async (writing) => {
      const range = under(this.#scope.service, this.#scope.userId);
      await writing.objectStore("conversations").delete(range);
      await writing.objectStore("messages").delete(range);
    });
  }

  /** Resolves when everything until now is written, or could not be. */
  async settled() {
    await this.#running;
  }

  /**
   * @param {string} id
   * @param {(run: Run) => Run} change
   */
  #apply(id, change) {
    const run = this.#runs.get(id);
    if (run) this.#runs.set(id, change(run));
    this.#write((writing) => this.#merge(writing, id, change));
  }

  /**
   * @param {Writing} writing
   * @param {string} id
   * @param {(run: Run) => Run} change
   * @param {number} [openedAt] only messages that were opened are kept
   */
  async #merge(writing, id, change, openedAt) {
    const known = await writing.objectStore("messages").get(this.#key(id));
    const conversation = await writing.objectStore("conversations").get(this.#key(id));
    const isGone = conversation?.entry === null;
    const opened = openedAt ?? known?.openedAt;
    if (isGone || opened === undefined) return;
    const { service, userId } = this.#scope;
    const messages = change(known?.messages ?? []);
    await writing.objectStore("messages").put({ service, userId, id, openedAt: opened, messages });
  }

  /** @param {Writing} writing */
  async #removeEldest(writing) {
    const { service, userId } = this.#scope;
    const messages = writing.objectStore("messages");
    const keys = await messages.index("opened").getAllKeys(under(service, userId));
    for (const key of keys.slice(0, -CONVERSATIONS)) await messages.delete(key);
  }

  /**
   * @param {Writing} writing
   * @param {Entry} entry
   */
  async #putEntry(writing, entry) {
    const conversations = writing.objectStore("conversations");
    const known = await conversations.get(this.#key(entry.id));
    const isOutdated = known && known.upTo > entry.upTo;
    const isGone = known?.entry === null && known.upTo === entry.upTo;
    if (isOutdated || isGone) return;
    const read = known?.entry && known.entry.readSeq > entry.readSeq ? known.entry : entry;
    const { readSeq, unread, mentions } = read;
    const counted = { ...entry, readSeq, unread, mentions };
    await conversations.put({ entry: counted, upTo: entry.upTo }, this.#key(entry.id));
  }

  /** @param {string} id */
  #key(id) {
    return [this.#scope.service, this.#scope.userId, id];
  }

  /**
   * In the order of the calls; many at once in one transaction.
   * @param {(writing: Writing) => Promise<unknown>} act
   */
  #write(act) {
    this.#waiting.push(act);
    this.#running ??= this.#run().finally(() => (this.#running = null));
  }

  async #run() {
    for (let acts; (acts = this.#waiting.splice(0)).length > 0;) {
      const all = acts;
      const write = async (/** @type {Writing} */ writing) => {
        for (const act of all) await act(writing);
      };
      await whileKept(this.#db, this.#scope, write).catch(this.#onError);
    }
  }
}
