/** @import { Message, TypingNotice } from "./types.js" */
/** @import { Core } from "./core.js" */

/** Where a notice does not say how long it holds. */
const SECONDS = 6;

/** Who is typing: the user's own notices, few enough, and those of others, until they lapse. */
export class Typing {
  /** @type {Map<string, number>} when the others were last told, by conversation */
  #told = new Map();
  /** @type {Map<string, unknown>} what ends a notice, by conversation and user */
  #lapses = new Map();
  #core;

  /** @param {Core} core */
  constructor(core) {
    this.#core = core;
  }

  /**
   * Tells the others; to be called for every keystroke.
   * @param {string} conversationId
   * @param {boolean} isTyping
   */
  tell(conversationId, isTyping) {
    const now = this.#core.clock.monotonic();
    const told = this.#told.get(conversationId);
    const fresh = told !== undefined && now - told < this.#core.timing.typing;
    if (isTyping ? fresh : told === undefined) return;
    if (isTyping) this.#told.set(conversationId, now);
    else this.#told.delete(conversationId);
    this.#core.tell({ type: "typing", conversationId, data: { is_typing: isTyping } });
  }

  /**
   * A message ends its author's typing; to the others that is plain when it arrives.
   * @param {string} conversationId
   */
  sent(conversationId) {
    this.#told.delete(conversationId);
  }

  /** @param {TypingNotice} notice */
  heard(notice) {
    const key = keyOf(notice);
    this.#core.clock.clearTimeout(this.#lapses.get(key));
    this.#lapses.delete(key);
    if (notice.is_typing) this.#lapses.set(key, this.#lapse(notice));
    this.#core.events.emit("typing", notice);
  }

  /** @param {Message} message */
  ended({ conversation_id, user_id, username }) {
    const notice = { conversation_id, user_id, username, is_typing: false };
    if (this.#lapses.has(keyOf(notice))) this.heard(notice);
  }

  /** With the connection goes what ends a notice, so none outlives it for long. */
  forgetAll() {
    for (const timer of this.#lapses.values()) this.#core.clock.clearTimeout(timer);
    this.#lapses.clear();
    this.#told.clear();
  }

  /** @param {TypingNotice} notice */
  #lapse(notice) {
    const seconds = notice.expires_in_seconds ?? SECONDS;
    const end = () => this.heard({ ...notice, is_typing: false });
    return this.#core.clock.setTimeout(end, seconds * 1000);
  }
}

/** @param {{ conversation_id: string, user_id: string }} notice */
function keyOf({ conversation_id, user_id }) {
  return JSON.stringify([conversation_id, user_id]);
}
