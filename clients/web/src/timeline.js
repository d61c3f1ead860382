import { allWithFrame } from "./changes.js";
import { Emitter } from "./emitter.js";
import { ParleyError } from "./errors.js";
import { completePage } from "./gaps.js";
import { MessageLog } from "./message-log.js";
import { sameOr } from "./same-or.js";
import { cancellable } from "./waiting.js";

/** @import { Abortable, OpenOptions } from "./options.js" */
/** @import { Message, Numbered, Outgoing, HistoryPage, TypingNotice, User } from "./types.js" */
/** @import { Session } from "./session.js" */
/** @import { ConversationStreams } from "./streams.js" */
/** @import { Outbox } from "./outbox.js" */

const PAGE = 50;

/**
 * What a window onto one conversation shows. Its lists are right at any time: `change` only says
 * that it is worth looking again. A list is the same array until something in it changes, and what
 * was handed out once never changes.
 */
export class Timeline {
  /** Whether the newest messages are there. */
  isLoaded = false;
  /** Whether there are messages before the first. */
  hasEarlier = false;
  /** @type {unknown} why the messages cannot be had */
  error = null;
  #messages = new MessageLog();
  /** @type {readonly Message[]} from before, shown until the newest are there */
  #saved = [];
  /** @type {Map<number, Numbered>} by `seq`: those that change no message */
  #changes = new Map();
  /** @type {Map<number, Outgoing>} by `seq`: stored, but what comes before them is still missing */
  #stored = new Map();
  /** @type {Map<string, User>} */
  #typing = new Map();
  /** @type {readonly Numbered[]} */
  #shownChanges = [];
  /** @type {readonly Outgoing[]} */
  #shownOutgoing = [];
  /** @type {readonly User[]} */
  #shownTyping = [];
  /** @type {Emitter<{ change: Timeline }>} */
  #events = new Emitter(["change"]);
  #stop = new AbortController();
  /** @type {Promise<void> | null} */
  #earlier = null;
  #isLoading = false;
  #session;
  #streams;
  #outbox;
  #wantsChanges;

  /**
   * @param {string} conversationId
   * @param {{ session: Session, streams: ConversationStreams, outbox: Outbox }} parts
   * @param {OpenOptions} [options]
   */
  constructor(conversationId, { session, streams, outbox }, { changes = false, saved = [] } = {}) {
    this.conversationId = conversationId;
    this.#wantsChanges = changes;
    this.#saved = saved;
    this.#session = session;
    this.#streams = streams;
    this.#outbox = outbox;
    this.#follow();
    this.load();
  }

  /**
   * Ascending by `seq`, without gaps or repeats, each as it is now. A deleted message stays in its
   * place, with `deletedAt` and an empty `content`. Until the timeline is loaded they are those that
   * were saved, if any: as they were then, and with what has changed since it was opened.
   * @returns {readonly Message[]}
   */
  get messages() {
    return this.#saved.length > 0 ? this.#saved : this.#messages.all;
  }

  /**
   * Who joined and left, new titles, pins and roles, ascending by `seq`, as frames: those since the
   * timeline was opened, and with the option `changes` also those between the messages.
   * @returns {readonly Numbered[]}
   */
  get changes() {
    const first = this.hasEarlier ? (this.messages[0]?.seq ?? 0) : 0;
    const shown = [...this.#changes.values()].filter(({ data }) => data.seq > first);
    shown.sort((a, b) => a.data.seq - b.data.seq);
    return (this.#shownChanges = sameOr(this.#shownChanges, shown));
  }

  /**
   * The user's own messages that are not among `messages` yet.
   * @returns {readonly Outgoing[]}
   */
  get outgoing() {
    const outgoing = [...this.#stored.values(), ...this.#outbox.of(this.conversationId)];
    return (this.#shownOutgoing = sameOr(this.#shownOutgoing, outgoing));
  }

  /**
   * The others who are typing now.
   * @returns {readonly User[]}
   */
  get typing() {
    return (this.#shownTyping = sameOr(this.#shownTyping, [...this.#typing.values()]));
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
    const ours = (/** @type {(frame: Numbered) => boolean} */ handle) => {
      return (/** @type {Numbered} */ frame) => {
        const isOurs = frame.data.conversationId === this.conversationId;
        if (isOurs && handle.call(this, frame)) this.#changed();
      };
    };
    this.#streams.events.on("received", ours(this.#apply), { signal });
    this.#streams.events.on("delivered", ours(this.#append), { signal });
    events.on("outgoing", this.#ours(this.#track), { signal });
    events.on("typing", this.#ours(this.#notice), { signal });
    events.on("authenticated", () => this.load(), { signal });
    this.onClosed(this.#streams.watch(this.conversationId));
  }

  /**
   * @template {{ conversationId: string }} Detail
   * @param {(detail: Detail) => void} handle
   */
  #ours(handle) {
    return (/** @type {Detail} */ detail) => {
      if (detail.conversationId !== this.conversationId) return;
      handle.call(this, detail);
      this.#changed();
    };
  }

  /** Tries again to get the newest messages, if that failed. */
  async load() {
    if (this.#isLoading || this.isLoaded || this.#stop.signal.aborted) return;
    this.#isLoading = true;
    this.error = null;
    try {
      const { position } = this.#stream;
      const page = await this.#stream.newest(PAGE, this.#stop.signal);
      this.isLoaded = true;
      this.#saved = [];
      const last = Math.max(page.messages.at(-1)?.seq ?? 0, page.upTo ?? 0);
      this.#show(page, last + 1, position);
    } catch (error) {
      // Tried again as soon as somebody is authenticated.
      this.error ??= error;
    } finally {
      this.#isLoading = false;
    }
    this.#changed();
  }

  async #loadEarlier() {
    const before = this.messages[0]?.seq ?? 1;
    const { position } = this.#stream;
    const page = await this.#stream.before(before, PAGE, this.#stop.signal);
    this.#show(page, before, position);
    this.#changed();
  }

  /**
   * @param {HistoryPage} page the one before what is shown
   * @param {number} end the number before which it ends
   * @param {number} [position] the stream's when the page was asked for
   */
  #show(page, end, position = 0) {
    this.hasEarlier = page.hasMore && page.messages.length > 0;
    this.#merge(page.messages);
    this.#complete(page, end, position);
  }

  /**
   * @param {HistoryPage} page
   * @param {number} end
   * @param {number} position
   */
  async #complete(page, end, position) {
    const { signal } = this.#stop;
    const { hasChanges } = this.#streams;
    const history = (/** @type {Record<string, number>} */ range) =>
      this.#streams.history(this.conversationId, range, signal);
    try {
      const range = { end, position, hasChanges, wantsChanges: this.#wantsChanges };
      const missed = await completePage(page, range, history);
      if (missed.length === 0) return;
      this.#merge(missed);
      this.#changed();
    } catch (error) {
      if (!signal.aborted) this.#session.events.emit("error", error);
    }
  }

  /** @param {Message[]} messages */
  #merge(messages) {
    for (const message of messages) {
      this.#messages.put(message);
      this.#stored.delete(message.seq);
    }
  }

  get #stream() {
    return this.#streams.of(this.conversationId);
  }

  /**
   * A change is shown at once, even if something before it is still missing. So is the later state
   * of a message that is shown.
   * @param {Numbered} frame
   * @returns whether anything is different now
   */
  #apply(frame) {
    const { type, data } = frame;
    if (type !== "chat_message" && type !== "message_changed") {
      return Boolean(this.#changes.set(data.seq, frame));
    }
    const saved = this.#saved;
    this.#saved = allWithFrame(saved, frame);
    return this.#messages.apply(frame) || this.#saved !== saved;
  }

  /**
   * @param {Numbered} frame
   * @returns whether anything is different now
   */
  #append({ type, data }) {
    if (type === "chat_message") this.#merge([/** @type {Message} */ (data)]);
    return type === "chat_message";
  }

  /** @param {Outgoing} outgoing */
  #track(outgoing) {
    // Not known by its id, which another user may have given to a message too.
    const { seq } = outgoing;
    if (seq === undefined || this.#messages.has(seq)) return;
    this.#stored.set(seq, outgoing);
  }

  /** @param {TypingNotice} notice */
  #notice({ userId, username, isTyping }) {
    if (!isTyping) this.#typing.delete(userId);
    else if (!this.#typing.has(userId)) this.#typing.set(userId, { userId, username });
  }

  #changed() {
    this.#events.emit("change", this);
  }
}
