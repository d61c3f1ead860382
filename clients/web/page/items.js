import { dayKey } from "./date-formats.js";
import { lineOf } from "./system-lines.js";

/** @import { AttachmentRef, Message, Numbered, Outgoing } from "../src/index.js" */

/** @type {readonly AttachmentRef[]} */
const NO_FILES = [];

/**
 * What happened in the conversation besides messages: who joined, a new title.
 * @typedef {{
 *   kind: "system", key: string, seq: number, day: string, at: Date, text: string, change: Numbered,
 * }} SystemRow
 */

/**
 * What of a message's row stays as it is: what stands around it and who reads it change nothing.
 * @typedef {{
 *   kind: "message",
 *   key: string,
 *   seq: number,
 *   day: string,
 *   isOwn: boolean,
 *   message: { content: string, username: string, userId: string, at: Date },
 *   files: readonly AttachmentRef[],
 *   stored: Message | null,
 *   outgoing: Outgoing | null,
 * }} Bare
 */

/** @typedef {Bare | SystemRow} Item */

/** @typedef {{ userId: string, username: string }} Person */

/**
 * What was made of messages and changes, so that it is made once.
 * @typedef {WeakMap<object, Item | null>} Made
 */

/**
 * What a list shows, from top to bottom: messages and, between them by their numbers, what else
 * happened; then what is on its way. Nothing is made of a message before it is asked for.
 */
export class Items {
  /** @type {SystemRow[]} */
  #lines = [];
  /** @type {number[]} the index of each of them */
  #places = [];
  #messages;
  #outgoing;
  #made;
  #me;
  #now;

  /**
   * @param {{
   *   messages: readonly Message[], outgoing: readonly Outgoing[], changes?: readonly Numbered[],
   *   me: Person, now: Date,
   * }} shown
   * @param {Made} made
   */
  constructor({ messages, outgoing, changes = [], me, now }, made) {
    this.#messages = messages;
    this.#outgoing = outgoing;
    this.#made = made;
    this.#me = me;
    this.#now = now;
    for (const change of changes) {
      const line = this.#once(change, () => ofChange(change, me.userId));
      if (line?.kind !== "system") continue;
      this.#places.push(firstFrom(messages, line.seq) + this.#lines.length);
      this.#lines.push(line);
    }
  }

  get length() {
    return this.#numbered + this.#outgoing.length;
  }

  /** @param {number} index */
  at(index) {
    const outgoing = this.#outgoing[index - this.#numbered];
    if (outgoing) return this.#once(outgoing, () => ofOutgoing(outgoing, this.#me, this.#now));
    const before = this.#linesBefore(index);
    if (this.#places[before] === index) return this.#lines[before];
    const message = this.#messages[index - before];
    return message && this.#once(message, () => ofMessage(message, this.#me));
  }

  /**
   * Where an item is, also a message that was on its way before.
   * @param {Item} item of these or of others
   * @returns -1 if it is not here
   */
  indexOf({ seq, key }) {
    if (seq !== Infinity) return this.indexOfSeq(seq);
    const oldest = Math.max(0, this.#numbered - RECENT);
    for (let index = this.length - 1; index >= oldest; index--) {
      if (this.at(index)?.key === key) return index;
    }
    return -1;
  }

  /**
   * Where the item with a number is; -1 if it is not here.
   * @param {number} seq
   */
  indexOfSeq(seq) {
    const line = firstFrom(this.#lines, seq);
    if (this.#lines[line]?.seq === seq) return this.#places[line] ?? -1;
    const place = firstFrom(this.#messages, seq);
    return this.#messages[place]?.seq === seq ? place + line : -1;
  }

  /** How many have a number. */
  get #numbered() {
    return this.#messages.length + this.#lines.length;
  }

  /** @param {number} index */
  #linesBefore(index) {
    return lowest(this.#places.length, (it) => (this.#places[it] ?? 0) >= index);
  }

  /**
   * @template {Item} Kind
   * @param {object} it
   * @param {() => Kind | null} make
   */
  #once(it, make) {
    const known = this.#made.get(it);
    if (known !== undefined) return /** @type {Kind | undefined} */ (known ?? undefined);
    const made = make();
    this.#made.set(it, made);
    return made ?? undefined;
  }
}

/** What was sent is among so many at the end once it is stored. */
const RECENT = 50;

/**
 * The index of the first from a number on.
 * @param {readonly { seq: number }[]} numbered ascending
 * @param {number} seq
 */
export function firstFrom(numbered, seq) {
  return lowest(numbered.length, (index) => (numbered[index]?.seq ?? 0) >= seq);
}

/**
 * The lowest number of which it holds, as it does of all above; the end if there is none.
 * @param {number} end
 * @param {(index: number) => boolean} holds
 */
function lowest(end, holds) {
  let [low, high] = [0, end];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * @param {Message} message
 * @param {Person} me
 * @returns {Bare}
 */
function ofMessage(message, me) {
  const { content, username, userId, createdAt, seq } = message;
  const isOwn = userId === me.userId;
  const at = new Date(createdAt);
  return {
    ...{ kind: "message", key: keyOf(message, isOwn), seq, day: dayKey(at), isOwn },
    message: { content, username, userId, at },
    files: message.attachments ?? NO_FILES,
    stored: message,
    outgoing: null,
  };
}

/**
 * @param {Outgoing} outgoing
 * @param {Person} me
 * @param {Date} now
 * @returns {Bare}
 */
function ofOutgoing(outgoing, me, now) {
  const key = `own ${outgoing.clientMessageId}`;
  return {
    ...{ kind: "message", key, seq: Infinity, day: dayKey(now), isOwn: true },
    message: { content: outgoing.content, ...me, at: now },
    files: outgoing.attachments ?? NO_FILES,
    stored: null,
    outgoing,
  };
}

/**
 * @param {Numbered} change
 * @param {string} me
 * @returns {SystemRow | null} null where there is nothing to say of it
 */
function ofChange(change, me) {
  const { seq } = change.data;
  const at = new Date(change.data["at"] ?? NaN);
  const text = lineOf(change, me);
  if (text === null || Number.isNaN(at.getTime())) return null;
  return { kind: "system", key: `change ${seq}`, seq, day: dayKey(at), at, text, change };
}

/**
 * One's own message keeps its key when it turns from outgoing to stored.
 * @param {Message} message
 * @param {boolean} isOwn
 */
function keyOf({ messageId, clientMessageId }, isOwn) {
  return isOwn && clientMessageId ? `own ${clientMessageId}` : messageId;
}
