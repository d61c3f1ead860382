import { ParleyError } from "./errors.js";
import { checkContent, encode, wellFormed } from "./frames.js";
import { frameOf, keyOf } from "./outgoing.js";
import { restored, savedOf } from "./saved-outbox.js";

/** @import { Abortable, TextStorage } from "./options.js" */
/** @import { AttachmentRef, Message, Outgoing } from "./types.js" */
/** @import { Session } from "./session.js" */
/** @import { Saved, SavedOutbox } from "./saved-outbox.js" */

/**
 * @typedef {{
 *   outgoing: Outgoing,
 *   done: boolean,
 *   since: number | null,
 *   stop: AbortController,
 *   resolve: (message: Message) => void,
 *   reject: (error: unknown) => void,
 * }} Entry
 */

/**
 * Messages on their way to the service. Each is sent until there is an outcome, under one
 * `clientMessageId` and so stored once; in a conversation each waits for the one before it, so
 * that they are numbered in the order in which they were written.
 */
export class Outbox {
  /** @type {Map<string, Entry[]>} by conversation */
  #queues = new Map();
  /** @type {Map<string, Outgoing>} by `keyOf`, for the user to send again or discard */
  #failed = new Map();
  /** @type {string | null} whose they are; null while nobody has authenticated */
  #owner = null;
  #session;
  #saved;

  /**
   * @param {Session} session
   * @param {SavedOutbox} saved
   */
  constructor(session, saved) {
    this.#session = session;
    this.#saved = saved;
  }

  /**
   * The user is authenticated: what was kept for them when the page ended is sent now, and then
   * what was written in the meantime.
   */
  resume() {
    const userId = this.#session.user?.userId ?? null;
    if (userId === null || userId === this.#owner) return;
    this.#owner = userId;
    const written = [...this.#queues.values()].flat();
    const known = this.#known;
    this.#queues.clear();
    this.#restoreAll(this.#saved.read(userId), known);
    for (const entry of written) this.#join(entry);
    this.#save();
  }

  /**
   * Sends what another page of the user kept and does not send any more.
   * @param {TextStorage} storage that page's
   */
  adopt(storage) {
    if (this.#owner === null) return;
    this.#restoreAll(this.#saved.read(this.#owner, storage), this.#known);
  }

  /**
   * @param {string} conversationId
   * @param {string} content
   * @param {Abortable & {
   *   type: string, clientMessageId: string, replyTo?: string | undefined,
   *   mentions?: string[] | undefined, attachments?: AttachmentRef[] | undefined,
   * }} options
   * @returns {Promise<Message>} once it is stored
   */
  async send(conversationId, content, { type, clientMessageId, signal, ...extra }) {
    signal?.throwIfAborted();
    const { replyTo, mentions, attachments } = extra;
    /** @type {Outgoing} */
    const outgoing = {
      clientMessageId: wellFormed(clientMessageId),
      conversationId,
      content: checkContent(content, attachments),
      type,
      ...(replyTo && { replyTo }),
      ...(mentions?.length && { mentions }),
      ...(attachments?.length && { attachments }),
      state: "sending",
    };
    encode(frameOf(outgoing));
    return new Promise((resolve, reject) => {
      const entry = this.#enter(outgoing, resolve, reject);
      const abort = () => this.#fail(entry, signal?.reason);
      signal?.addEventListener("abort", abort, { signal: entry.stop.signal });
    });
  }

  /**
   * What was refused, and what is on its way.
   * @param {string} conversationId
   */
  of(conversationId) {
    const failed = [...this.#failed.values()].filter((it) => it.conversationId === conversationId);
    const sending = (this.#queues.get(conversationId) ?? []).map(({ outgoing }) => outgoing);
    return [...failed, ...sending];
  }

  /** @param {Outgoing} outgoing one that failed */
  discard(outgoing) {
    if (!this.#failed.delete(keyOf(outgoing))) return;
    this.#changed({ ...outgoing, state: "discarded" });
  }

  /**
   * The message is stored, whichever way that came to be known.
   * @param {Message} message
   */
  stored(message) {
    if (message.userId !== this.#session.user?.userId) return;
    const queue = this.#queues.get(message.conversationId) ?? [];
    const entry = queue.find((entry) => isOf(entry, message));
    if (entry) this.#succeed(entry, message);
    else this.#storedAfterAll(message);
  }

  /**
   * What was given up, and was stored all the same.
   * @param {Message} message
   */
  #storedAfterAll({ conversationId, clientMessageId = "", seq }) {
    const key = keyOf({ conversationId, clientMessageId });
    const outgoing = this.#failed.get(key);
    if (!outgoing) return;
    this.#failed.delete(key);
    this.#changed({ ...outgoing, state: "stored", seq });
  }

  /**
   * They were another user's, or the client is closed: then they are kept for the next.
   * @param {Error} error
   */
  forgetAll(error) {
    const isClosed = error instanceof ParleyError && error.code === "closed";
    if (this.#owner !== null && !isClosed) this.#saved.forget(this.#owner);
    this.#owner = null;
    for (const entry of [...this.#queues.values()].flat()) this.#fail(entry, error);
    this.#queues.clear();
    for (const outgoing of [...this.#failed.values()]) this.discard(outgoing);
  }

  /**
   * @param {Outgoing} outgoing
   * @param {(message: Message) => void} resolve
   * @param {(error: unknown) => void} reject
   * @param {number | null} [since] when it was first sent
   */
  #enter(outgoing, resolve, reject, since = null) {
    this.#failed.delete(keyOf(outgoing));
    const stop = new AbortController();
    const entry = { outgoing, done: false, since, stop, resolve, reject };
    this.#join(entry);
    this.#changed(outgoing);
    return entry;
  }

  /**
   * Nothing is on its way before somebody is authenticated, and what never will be is refused.
   * @param {Entry} entry
   */
  #join(entry) {
    const { conversationId } = entry.outgoing;
    const queue = this.#queues.get(conversationId);
    if (queue) return void queue.push(entry);
    this.#queues.set(conversationId, [entry]);
    if (this.#owner !== null || this.#session.state === "closed") this.#run(conversationId);
  }

  /** The keys of all that is here. */
  get #known() {
    const sending = [...this.#queues.values()].flat().map(({ outgoing }) => keyOf(outgoing));
    return new Set([...sending, ...this.#failed.keys()]);
  }

  /**
   * @param {Saved[]} all
   * @param {Set<string>} known
   */
  #restoreAll(all, known) {
    for (const saved of all) if (!known.has(keyOf(saved))) this.#restore(saved);
  }

  /** @param {Saved} saved */
  #restore(saved) {
    const { outgoing, since } = restored(saved, this.#session.clock);
    const ignore = () => {};
    if (outgoing.state === "sending") return void this.#enter(outgoing, ignore, ignore, since);
    this.#failed.set(keyOf(outgoing), outgoing);
    this.#changed(outgoing);
  }

  /** @param {Outgoing} outgoing */
  #changed(outgoing) {
    this.#save();
    this.#session.events.emit("outgoing", outgoing);
  }

  #save() {
    if (this.#owner === null) return;
    const { clock } = this.#session;
    const began = clock.now() - clock.monotonic();
    const failed = [...this.#failed.values()].map((it) => savedOf(it, null));
    const waiting = [...this.#queues.values()]
      .flat()
      .map(({ outgoing, since }) => savedOf(outgoing, since === null ? null : began + since));
    this.#saved.write(this.#owner, [...failed, ...waiting]);
  }

  /** @param {string} conversationId */
  async #run(conversationId) {
    const queue = this.#queues.get(conversationId) ?? [];
    for (let entry; (entry = queue[0]);) await this.#deliver(entry);
    if (this.#queues.get(conversationId) === queue) this.#queues.delete(conversationId);
  }

  /** @param {Entry} entry */
  async #deliver(entry) {
    const { signal } = entry.stop;
    try {
      const frame = () => this.#frame(entry);
      const reply = await this.#session.call(frame, { signal, durable: true });
      this.#succeed(entry, reply.data);
    } catch (error) {
      // When it is done, this is only the end of waiting for an answer that came another way.
      this.#fail(entry, error);
    }
  }

  /** @param {Entry} entry */
  #frame(entry) {
    const { clock, timing } = this.#session;
    // While a machine sleeps this clock may stand still; setting the time of day never moves it.
    if (entry.since === null) {
      entry.since = clock.monotonic();
      this.#save();
    }
    if (clock.monotonic() - entry.since > timing.resend) throw staleError();
    return frameOf(entry.outgoing);
  }

  /**
   * @param {Entry} entry
   * @param {Message} message
   */
  #succeed(entry, message) {
    const stored = /** @type {const} */ ({ state: "stored", seq: message.seq });
    if (this.#finish(entry, { ...entry.outgoing, ...stored })) entry.resolve(message);
  }

  /**
   * @param {Entry} entry
   * @param {any} error
   */
  #fail(entry, error) {
    if (this.#finish(entry, { ...entry.outgoing, state: "failed", error })) entry.reject(error);
  }

  /**
   * @param {Entry} entry
   * @param {Outgoing} outgoing
   */
  #finish(entry, outgoing) {
    if (entry.done) return false;
    entry.done = true;
    const queue = this.#queues.get(outgoing.conversationId) ?? [];
    queue.splice(queue.indexOf(entry), 1);
    entry.stop.abort();
    if (outgoing.state === "failed") this.#failed.set(keyOf(outgoing), outgoing);
    this.#changed(outgoing);
    return true;
  }
}

/**
 * @param {Entry} entry
 * @param {Message} message
 */
function isOf(entry, message) {
  return !entry.done && entry.outgoing.clientMessageId === message.clientMessageId;
}

function staleError() {
  const message = "It was sent a day ago and never answered; sent again it could be there twice.";
  return new ParleyError("outcome_unknown", message);
}
