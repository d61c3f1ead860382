import { laterState, withFrame } from "./changes.js";

/** @import { Message, Numbered } from "./types.js" */

/** The messages of one conversation, ascending by `seq`, each once and in its latest state. */
export class MessageLog {
  /** @type {Message[]} */
  #messages = [];
  /** Whether somebody has the array: it is copied before it changes then. */
  #isShared = false;

  /**
   * The same array until something changes; it never changes itself.
   * @returns {readonly Message[]}
   */
  get all() {
    this.#isShared = true;
    return this.#messages;
  }

  /** @param {number} seq */
  has(seq) {
    return this.#messages[this.#placeOf(seq)]?.seq === seq;
  }

  /**
   * @param {Message} message
   * @returns whether anything is different now
   */
  put(message) {
    const place = this.#placeOf(message.seq);
    const shown = this.#messages[place];
    if (shown?.seq === message.seq) return this.#replace(place, laterState(shown, message));
    this.#own().splice(place, 0, message);
    return true;
  }

  /**
   * Takes what the frame says of a message that is here.
   * @param {Numbered} frame a `chat_message` or a `message_changed`
   * @returns whether anything is different now
   */
  apply(frame) {
    const { type, data } = frame;
    const place =
      type === "chat_message" ? this.#placeOf(data.seq) : this.#placeOfId(data["messageId"]);
    const shown = this.#messages[place];
    return shown !== undefined && this.#replace(place, withFrame(shown, frame));
  }

  /**
   * @param {number} place
   * @param {Message} message
   */
  #replace(place, message) {
    if (this.#messages[place] === message) return false;
    this.#own()[place] = message;
    return true;
  }

  #own() {
    if (this.#isShared) this.#messages = this.#messages.slice();
    this.#isShared = false;
    return this.#messages;
  }

  /**
   * What changes is mostly near the end.
   * @param {string} id
   * @returns -1 if it is not here
   */
  #placeOfId(id) {
    let place = this.#messages.length - 1;
    while (place >= 0 && this.#messages[place]?.messageId !== id) place--;
    return place;
  }

  /**
   * Where the message with this number is or belongs. Most come at the end.
   * @param {number} seq
   */
  #placeOf(seq) {
    let [low, high] = [0, this.#messages.length];
    if ((this.#messages[high - 1]?.seq ?? -1) < seq) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#messages[middle]?.seq ?? Infinity) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
