import { Emitter } from "./emitter.js";
import { ParleyError } from "./errors.js";
import { readGaps } from "./gaps.js";
import { cancellable } from "./waiting.js";

/** @import { Abortable, Message, Outgoing, Page, TypingNotice, User } from "./types.js" */
/** @import { Session } from "./session.js" */
/** @import { ConversationStreams } from "./streams.js" */
/** @import { Outbox } from "./outbox.js" */

const PAGE = 50;

/**
 * What a window onto one conversation shows. Its lists are right at any time: `change` only says
 * that it is worth looking again.
 */
export class Timeline {
  /** Whether the newest messages are there. */
  isLoaded = false;
  /** Whether there are messages before the first. */
  hasEarlier = false;
  /** @type {unknown} why the messages cannot be had */
  error = null;
  /** @type {Message[]} */
  #messages = [];
  /** @type {Map<number, Outgoing>} by `seq`: stored, but what comes before them is still missing */
  #stored = new Map();
  /** @type {Map<string, User>} */
  #typing = new Map();
  /** @type {Emitter<{ change: Timeline }>} */
  #events = new Emitter();
  #stop = new AbortController();
  /** @type {Promise<void> | null} */
  #earlier = null;
  #isLoading = false;
  #session;
  #streams;
  #outbox;

  /**
   * @param {string} conversationId
   * @param {{ session: Session, streams: ConversationStreams, outbox: Outbox }} parts
   */
  constructor(conversationId, { session, streams, outbox }) {
    this.conversationId = conversationId;
    this.#session = session;
    this.#streams = streams;
    this.#outbox = outbox;
    this.#follow();
    this.#load();
  }

  /**
   * Ascending by `seq`, without holes or repeats.
   * @returns {readonly Message[]}
   */
  get messages() {
    return this.#messages;
  }

  /**
   * The user's own messages that are not among `messages` yet.
   * @returns {readonly Outgoing[]}
   */
  get outgoing() {
    return [...this.#stored.values(), ...this.#outbox.of(this.conversationId)];
  }

  /**
   * The others who are typing now.
   * @returns {readonly User[]}
   */
  get typing() {
    return [...this.#typing.values()];
  }

  /**
   * @param {"change"} type
   * @param {(timeline: Timeline) => void} listener
   * @param {Abortable} [options]
   */
  on(type, listener, options) {
    return this.#events.on(type, listener, options);
  }

  /**
   * Resolves once the newest messages are there; rejects when they cannot be had.
   * @param {Abortable} [options]
   */
  async ready({ signal } = {}) {
    while (!this.isLoaded) {
      if (this.error) throw this.error;
      await cancellable(signal, (resolve) => this.on("change", resolve));
    }
  }

  /** Puts the page before the first message in front; however often it is called meanwhile. */
  async loadEarlier() {
    if (!this.hasEarlier) return;
    this.#earlier ??= this.#loadEarlier().finally(() => (this.#earlier = null));
    await this.#earlier;
  }

  /**
   * Shows nothing new from here on.
   * @param {Error} [error]
   */
  close(error = new ParleyError("closed", "The timeline was closed.")) {
    if (this.#stop.signal.aborted) return;
    this.error = error;
    this.#stop.abort();
    this.#changed();
  }

  /** @param {() => void} listener */
  onClosed(listener) {
    this.#stop.signal.addEventListener("abort", listener);
  }

  #follow() {
    const { events } = this.#session;
    const { signal } = this.#stop;
    events.on("message", this.#ours(this.#append), { signal });
    events.on("outgoing", this.#ours(this.#track), { signal });
    events.on("typing", this.#ours(this.#notice), { signal });
    events.on("authenticated", () => this.isLoaded || this.#load(), { signal });
    this.onClosed(this.#streams.watch(this.conversationId));
  }

  /**
   * @template {{ conversation_id: string } | { conversationId: string }} Detail
   * @param {(detail: Detail) => void} handle
   */
  #ours(handle) {
    return (/** @type {Detail} */ detail) => {
      const id = "conversationId" in detail ? detail.conversationId : detail.conversation_id;
      if (id !== this.conversationId) return;
      handle.call(this, detail);
      this.#changed();
    };
  }

  async #load() {
    if (this.#isLoading) return;
    this.#isLoading = true;
    this.error = null;
    try {
      const page = await this.#stream.newest(PAGE, this.#stop.signal);
      this.isLoaded = true;
      this.#show(page, (page.messages.at(-1)?.seq ?? 0) + 1);
    } catch (error) {
      // Tried again as soon as somebody is authenticated.
      this.error ??= error;
    } finally {
      this.#isLoading = false;
    }
    this.#changed();
  }

  async #loadEarlier() {
    const before = this.#messages[0]?.seq ?? 1;
    const page = await this.#stream.before(before, PAGE, this.#stop.signal);
    this.#show(page, before);
    this.#changed();
  }

  /**
   * @param {Page} page the one before what is shown
   * @param {number} end the number before which it ends
   */
  #show(page, end) {
    this.hasEarlier = page.hasMore && page.messages.length > 0;
    this.#merge(page.messages);
    this.#complete(page, end);
  }

  /**
   * @param {Page} page
   * @param {number} end
   */
  async #complete(page, end) {
    const { signal } = this.#stop;
    const history = (/** @type {Record<string, number>} */ range) =>
      this.#streams.history(this.conversationId, range, signal);
    try {
      const missed = await readGaps(page, end, history);
      if (missed.length === 0) return;
      this.#merge(missed);
      this.#changed();
    } catch (error) {
      if (!signal.aborted) this.#session.events.emit("error", error);
    }
  }

  /** @param {Message[]} messages */
  #merge(messages) {
    for (const { seq } of messages) this.#stored.delete(seq);
    const all = new Map([...messages, ...this.#messages].map((message) => [message.seq, message]));
    this.#messages = [...all.values()].sort((a, b) => a.seq - b.seq);
  }

  get #stream() {
    return this.#streams.of(this.conversationId);
  }

  /** @param {Message} message */
  #append(message) {
    this.#stored.delete(message.seq);
    this.#messages = [...this.#messages, message];
  }

  /** @param {Outgoing} outgoing */
  #track(outgoing) {
    // Not known by its id, which another user may have given to a message too.
    const { seq } = outgoing;
    if (seq === undefined || this.#messages.some((message) => message.seq === seq)) return;
    this.#stored.set(seq, outgoing);
  }

  /** @param {TypingNotice} notice */
  #notice({ user_id, username, is_typing }) {
    if (is_typing) this.#typing.set(user_id, { user_id, username });
    else this.#typing.delete(user_id);
  }

  #changed() {
    this.#events.emit("change", this);
  }
}
