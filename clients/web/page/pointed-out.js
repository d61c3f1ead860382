const SHOWN_MS = 2_000;

/** The message that was brought into view: it is set apart for a moment. */
export class PointedOut {
  /** @type {string | null} the message's id */
  id = null;
  #onEnd;

  /** @param {() => void} onEnd */
  constructor(onEnd) {
    this.#onEnd = onEnd;
  }

  /** @param {string} messageId */
  set(messageId) {
    this.id = messageId;
    setTimeout(() => this.#end(messageId), SHOWN_MS);
  }

  /** @param {string} messageId */
  #end(messageId) {
    if (this.id !== messageId) return;
    this.id = null;
    this.#onEnd();
  }
}
