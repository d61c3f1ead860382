import { ParleyError } from "./errors.js";
import { checkContent, encode, wellFormed } from "./frames.js";

/** @import { Message, Outgoing } from "./types.js" */
/** @import { Core } from "./core.js" */

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
  #lanes = new Map();
  /** @type {Map<string, Outgoing>} by `keyOf`, for the user to send again or discard */
  #failed = new Map();
  #core;

  /** @param {Core} core */
  constructor(core) {
    this.#core = core;
  }

  /**
   * @param {string} conversationId
   * @param {string} content
   * @param {{ type: string, clientMessageId: string, signal?: AbortSignal | undefined }} options
   * @returns {Promise<Message>} once it is stored
   */
  async send(conversationId, content, { type, clientMessageId, signal }) {
    signal?.throwIfAborted();
    /** @type {Outgoing} */
    const outgoing = {
      clientMessageId: wellFormed(clientMessageId),
      conversationId,
      content: checkContent(content),
      type,
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
    const sending = (this.#lanes.get(conversationId) ?? []).map(({ outgoing }) => outgoing);
    return [...failed, ...sending];
  }

  /** @param {Outgoing} outgoing one that failed */
  discard(outgoing) {
    if (!this.#failed.delete(keyOf(outgoing))) return;
    this.#core.events.emit("outgoing", { ...outgoing, state: "discarded" });
  }

  /**
   * The message is stored, whichever way that came to be known.
   * @param {Message} message
   */
  stored(message) {
    if (message.user_id !== this.#core.user?.user_id) return;
    const lane = this.#lanes.get(message.conversation_id) ?? [];
    const entry = lane.find((entry) => isOf(entry, message));
    if (entry) this.#succeed(entry, message);
    else this.#storedAfterAll(message);
  }

  /**
   * What was given up, and was stored all the same.
   * @param {Message} message
   */
  #storedAfterAll({ conversation_id, client_message_id = "", seq }) {
    const key = keyOf({ conversationId: conversation_id, clientMessageId: client_message_id });
    const outgoing = this.#failed.get(key);
    if (!outgoing) return;
    this.#failed.delete(key);
    this.#core.events.emit("outgoing", { ...outgoing, state: "stored", seq });
  }

  /**
   * They were another user's.
   * @param {Error} error
   */
  forgetAll(error) {
    for (const lane of [...this.#lanes.values()]) {
      for (const entry of [...lane]) this.#fail(entry, error);
    }
    for (const outgoing of [...this.#failed.values()]) this.discard(outgoing);
  }

  /**
   * @param {Outgoing} outgoing
   * @param {(message: Message) => void} resolve
   * @param {(error: unknown) => void} reject
   */
  #enter(outgoing, resolve, reject) {
    this.#failed.delete(keyOf(outgoing));
    const stop = new AbortController();
    const entry = { outgoing, done: false, since: null, stop, resolve, reject };
    const lane = this.#lanes.get(outgoing.conversationId);
    if (lane) lane.push(entry);
    else this.#run(outgoing.conversationId, [entry]);
    this.#core.events.emit("outgoing", outgoing);
    return entry;
  }

  /**
   * @param {string} conversationId
   * @param {Entry[]} lane
   */
  async #run(conversationId, lane) {
    this.#lanes.set(conversationId, lane);
    for (let entry; (entry = lane[0]);) await this.#deliver(entry);
    this.#lanes.delete(conversationId);
  }

  /** @param {Entry} entry */
  async #deliver(entry) {
    const { signal } = entry.stop;
    try {
      const frame = () => this.#frame(entry);
      const reply = await this.#core.call(frame, { signal, patient: true });
      this.#succeed(entry, reply.data);
    } catch (error) {
      // When it is done, this is only the end of waiting for an answer that came another way.
      this.#fail(entry, error);
    }
  }

  /** @param {Entry} entry */
  #frame(entry) {
    const { clock, timing } = this.#core;
    // While a machine sleeps this clock may stand still; setting the time of day never moves it.
    entry.since ??= clock.monotonic();
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
    const lane = this.#lanes.get(outgoing.conversationId) ?? [];
    lane.splice(lane.indexOf(entry), 1);
    entry.stop.abort();
    if (outgoing.state === "failed") this.#failed.set(keyOf(outgoing), outgoing);
    this.#core.events.emit("outgoing", outgoing);
    return true;
  }
}

/**
 * A `clientMessageId` names a message of one user in one conversation.
 * @param {Pick<Outgoing, "conversationId" | "clientMessageId">} outgoing
 */
function keyOf({ conversationId, clientMessageId }) {
  return JSON.stringify([conversationId, clientMessageId]);
}

/** @param {Outgoing} outgoing */
function frameOf({ conversationId, clientMessageId, content, type }) {
  return { type: "chat_message", conversationId, clientMessageId, data: { content, type } };
}

/**
 * @param {Entry} entry
 * @param {Message} message
 */
function isOf(entry, message) {
  return !entry.done && entry.outgoing.clientMessageId === message.client_message_id;
}

function staleError() {
  const message = "It was sent a day ago and never answered; sent again it could be there twice.";
  return new ParleyError("outcome_unknown", message);
}
