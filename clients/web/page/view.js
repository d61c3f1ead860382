import { firstFrom } from "./items.js";
import { Past } from "./past.js";
import { numberIn } from "./places.js";
import { remembering } from "./remembering.js";

/** @import { Chat, Message, Numbered, Outgoing, Timeline } from "../src/index.js" */

/** The timeline loads as many at first: so many unread ones it may not reach. */
const PAGE = 50;
/** @type {readonly never[]} */
const NONE = [];

/**
 * What is shown of a conversation: its end or, where more is unread than the end holds, the past
 * from where it was read up to, until the end is reached or jumped to.
 */
export class View {
  /** @type {Past | null} */
  #past = null;
  /** @type {Promise<unknown> | null} */
  #earlier = null;
  /** @type {Promise<unknown> | null} */
  #later = null;
  #stop = new AbortController();
  #joined = remembering(joined);
  #changesFrom = remembering(changesFrom);
  #chat;
  #timeline;
  #onChange;

  /**
   * @param {Chat} chat
   * @param {Timeline} timeline
   * @param {{ readSeq: number, unread: number }} entry
   * @param {() => void} onChange
   */
  constructor(chat, timeline, { readSeq, unread }, onChange) {
    this.#chat = chat;
    this.#timeline = timeline;
    this.#onChange = onChange;
    timeline.on("change", () => this.#changed());
    const { signal } = this.#stop;
    chat.on("message_changed", (change) => this.#past?.apply(change) && this.#changed(), {
      signal,
    });
    if (unread < PAGE) return;
    const past = new Past(chat, timeline.conversationId, readSeq, this.#stop.signal);
    this.#past = past;
    past.load().then(
      () => this.#changed(),
      () => this.showNewest(),
    );
  }

  get isLoaded() {
    return this.#timeline.isLoaded && this.#past?.isLoaded !== false;
  }

  get error() {
    return this.#timeline.error;
  }

  /** @returns {readonly Message[]} */
  get messages() {
    if (!this.#past) return this.#timeline.messages;
    if (!this.isLoaded) return this.#timeline.isLoaded ? NONE : this.#timeline.messages;
    const { messages } = this.#past;
    if (this.hasLater) return messages;
    return this.#joined(messages, this.#timeline.messages);
  }

  /** @returns {readonly Outgoing[]} what is on its way to the end */
  get outgoing() {
    const isAtEnd = this.isLoaded ? !this.hasLater : !this.#timeline.isLoaded;
    return isAtEnd ? this.#timeline.outgoing : NONE;
  }

  get conversationId() {
    return this.#timeline.conversationId;
  }

  /** @returns {readonly Numbered[]} who joined and left, new titles, pins and roles */
  get changes() {
    if (!this.isLoaded || this.hasLater) return NONE;
    const first = this.hasEarlier ? (this.messages[0]?.seq ?? 0) : 0;
    return this.#changesFrom(this.#timeline.changes, first);
  }

  /**
   * @param {string} messageId
   * @returns {Message | null} null if it is not among those that are shown
   */
  find(messageId) {
    const message = this.messages[firstFrom(this.messages, numberIn(messageId))];
    return message?.messageId === messageId ? message : null;
  }

  get typing() {
    return this.#timeline.typing;
  }

  get hasEarlier() {
    return (this.#past ?? this.#timeline).hasEarlier;
  }

  /** Whether there are messages between the last one shown and the end. */
  get hasLater() {
    const past = this.#past;
    if (!past || !this.isLoaded) return false;
    const end = this.#timeline.messages[0]?.seq ?? 0;
    return past.hasLater && (past.messages.at(-1)?.seq ?? 0) + 1 < end;
  }

  async loadEarlier() {
    if (!this.isLoaded || !this.hasEarlier) return;
    this.#earlier ??= this.#load((this.#past ?? this.#timeline).loadEarlier()).finally(
      () => (this.#earlier = null),
    );
    await this.#earlier;
  }

  async loadLater() {
    if (!this.#past || !this.hasLater) return;
    this.#later ??= this.#load(this.#past.loadLater()).finally(() => (this.#later = null));
    await this.#later;
  }

  /**
   * Shows the past around a number, without what lies between it and what was shown before.
   * @param {number} seq
   */
  async showAround(seq) {
    const past = new Past(this.#chat, this.conversationId, seq, this.#stop.signal);
    await past.load();
    this.#past = past;
    this.#changed();
  }

  /** Leaves out what lies between, where the end is not reached yet. */
  showNewest() {
    if (!this.#past || (this.isLoaded && !this.hasLater)) return;
    this.#past = null;
    this.#changed();
  }

  close() {
    this.#stop.abort();
  }

  /** @param {Promise<void>} loading */
  async #load(loading) {
    await loading;
    this.#changed();
  }

  #changed() {
    if (!this.#stop.signal.aborted) this.#onChange();
  }
}

/**
 * @param {readonly Message[]} past
 * @param {readonly Message[]} newest
 * @returns {readonly Message[]}
 */
function joined(past, newest) {
  return [...past, ...newest.slice(firstFrom(newest, (past.at(-1)?.seq ?? 0) + 1))];
}

/**
 * @param {readonly Numbered[]} changes
 * @param {number} first
 * @returns {readonly Numbered[]}
 */
function changesFrom(changes, first) {
  return changes.filter(({ data }) => data.seq > first);
}
