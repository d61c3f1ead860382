/** @import { Message, TypingNotice } from "./types.js" */
/** @import { Session } from "./session.js" */

/** Where a notice does not say how long it holds. */
const SECONDS = 6;

/** Who is typing: the user's own notices, few enough, and those of others, until they lapse. */
export class Typing {
  /** @type {Map<string, number>} when the others were last notified, by conversation */
  #notified = new Map();
  /** @type {Map<string, unknown>} what ends a notice, by conversation and user */
  #lapses = new Map();
  #session;

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
  }

  /**
   * Announces the user's typing; call it for every keystroke.
   * @param {string} conversationId
   * @param {boolean} isTyping
   */
  send(conversationId, isTyping) {
    const now = this.#session.clock.monotonic();
    const notified = this.#notified.get(conversationId);
    const fresh = notified !== undefined && now - notified < this.#session.timing.typing;
    if (isTyping ? fresh : notified === undefined) return;
    if (isTyping) this.#notified.set(conversationId, now);
    else this.#notified.delete(conversationId);
    this.#session.notify({ type: "typing", conversationId, data: { isTyping } });
  }

  /**
   * A message ends its author's typing; to the others that is plain when it arrives.
   * @param {string} conversationId
   */
  sent(conversationId) {
    this.#notified.delete(conversationId);
  }

  /** @param {TypingNotice} notice */
  received(notice) {
    const key = keyOf(notice);
    this.#session.clock.clearTimeout(this.#lapses.get(key));
    this.#lapses.delete(key);
    if (notice.isTyping) this.#lapses.set(key, this.#lapse(notice));
    this.#session.events.emit("typing", notice);
  }

  /** @param {Message} message */
  messageArrived({ conversationId, userId, username }) {
    const notice = { conversationId, userId, username, isTyping: false };
    if (this.#lapses.has(keyOf(notice))) this.received(notice);
  }

  /** With the connection goes what ends a notice, so none outlives it for long. */
  forgetAll() {
    for (const timer of this.#lapses.values()) this.#session.clock.clearTimeout(timer);
    this.#lapses.clear();
    this.#notified.clear();
  }

  /** @param {TypingNotice} notice */
  #lapse(notice) {
    const seconds = notice.expiresInSeconds ?? SECONDS;
    const end = () => this.received({ ...notice, isTyping: false });
    return this.#session.clock.setTimeout(end, seconds * 1000);
  }
}

/** @param {{ conversationId: string, userId: string }} notice */
function keyOf({ conversationId, userId }) {
  return JSON.stringify([conversationId, userId]);
}
