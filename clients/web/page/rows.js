import { dayName } from "./dates.js";
import { Items, firstFrom } from "./items.js";
import { Readers } from "./readers.js";
import { remembering } from "./remembering.js";

/** @import { Message, Numbered, Outgoing } from "../src/index.js" */
/** @import { Bare, Item, Made, Person, SystemRow } from "./items.js" */

/** Messages of one person that follow each other within this time belong together. */
const RUN_MS = 5 * 60_000;
/** At the top of so many messages "New" says where to begin; of fewer, it sets nothing apart. */
const MANY = 50;
/** @type {readonly string[]} */
const NOBODY = [];
/**
 * @typedef {{ kind: "day", key: string, name: string, at: Date }
 *   | { kind: "unread", key: string }
 *   | SystemRow
 *   | MessageRow} Row
 */

/**
 * The message that another one replies to; `message` is null while it is not known.
 * @typedef {{ id: string, message: Message | null }} Quote
 */

/**
 * @typedef {Bare & {
 *   opensRun: boolean,
 *   closesRun: boolean,
 *   state: "received" | "sending" | "failed" | "stored" | "read",
 *   readers: readonly string[],
 *   quote: Quote | null,
 *   isBeingDeleted: boolean,
 *   isPointedOut: boolean,
 * }} MessageRow
 */

/**
 * @typedef {{
 *   messages: readonly Message[],
 *   outgoing: readonly Outgoing[],
 *   changes?: readonly Numbered[],
 *   quoted?: (messageId: string) => Message | null,
 *   beingDeleted?: ReadonlySet<string>,
 *   me: Person,
 *   readers: ReadonlyMap<string, { username: string, seq: number }>,
 *   unreadAfter: number | null,
 *   now: Date,
 *   pointedOut?: string | null,
 * }} Shown `readers` is another map once somebody has read on; `pointedOut` is the id of a message
 */

/**
 * The rows of a list of messages, time after time: a row that looks as it did before is the same
 * object as before, so that only what changed is drawn again. Only the rows that are asked for are
 * made, however many there are.
 */
export class Rows {
  /** @type {Made} */
  #made = new WeakMap();
  /** @type {Map<string, Row>} by key, as they were last */
  #last = new Map();
  /** @type {Shown | null} */
  #shown = null;
  /** @type {Items | null} */
  #items = null;
  #readersOf = remembering(readersOf);
  #readers = readersOf(new Map(), "");
  /** @type {Message | null} */
  #unread = null;

  /**
   * @param {Shown} shown
   * @returns {Items} what there are rows of
   */
  set(shown) {
    const { readers, me } = shown;
    this.#readers = this.#readersOf(readers, me.userId);
    this.#shown = shown;
    this.#unread = firstUnread(shown);
    this.#items = new Items(shown, this.#made);
    return this.#items;
  }

  /** The index of the first unread message, where the divider stands above it; -1 if it does not. */
  get firstUnread() {
    return this.#unread ? (this.#items?.indexOfSeq(this.#unread.seq) ?? -1) : -1;
  }

  /**
   * The rows of some of the items: each with the day and the divider above it.
   * @param {readonly number[]} indices
   * @returns {Row[][]}
   */
  of(indices) {
    const rows = indices.map((index) => this.#rowsOf(index).map((row) => this.#knownOr(row)));
    this.#last = new Map(rows.flat().map((row) => [row.key, row]));
    return rows;
  }

  /** @param {Row} row */
  #knownOr(row) {
    const known = this.#last.get(row.key);
    return known && looksLike(known, row) ? known : row;
  }

  /**
   * @param {number} index
   * @returns {Row[]}
   */
  #rowsOf(index) {
    const [before, bare, after] = [-1, 0, 1].map((step) => this.#items?.at(index + step));
    if (!bare || !this.#shown) return [];
    /** @type {Row[]} */
    const above = before?.day === bare.day ? [] : [dayRow(bare, this.#shown.now)];
    if (bare.seq === this.#unread?.seq) above.push({ kind: "unread", key: "unread" });
    if (bare.kind === "system") return [...above, bare];
    const opensRun = !before || above.length > 0 || !isOneRun(before, bare);
    const closesRun = !after || after.seq === this.#unread?.seq || !isOneRun(bare, after);
    const about = { ...outcomeOf(bare, this.#readers), ...aboutOf(bare, this.#shown) };
    return [...above, { ...bare, opensRun, closesRun, ...about }];
  }
}

/**
 * @param {Shown["readers"]} readers
 * @param {string} me
 */
function readersOf(readers, me) {
  return new Readers(readers, me);
}

/**
 * @param {Bare} bare
 * @param {Shown} shown
 * @returns {Pick<MessageRow, "quote" | "isBeingDeleted" | "isPointedOut">}
 */
function aboutOf({ stored, outgoing }, { quoted = () => null, beingDeleted, pointedOut = null }) {
  const id = stored?.replyTo ?? outgoing?.replyTo;
  return {
    quote: id && !stored?.deletedAt ? { id, message: quoted(id) } : null,
    isBeingDeleted: Boolean(stored && beingDeleted?.has(stored.messageId)),
    isPointedOut: stored !== null && stored.messageId === pointedOut,
  };
}

/**
 * What came of a message until now.
 * @param {Bare} bare
 * @param {Readers} readers
 * @returns {Pick<MessageRow, "state" | "readers">}
 */
function outcomeOf({ isOwn, outgoing, seq }, readers) {
  if (!isOwn) return { state: "received", readers: NOBODY };
  if (outgoing)
    return { state: outgoing.state === "failed" ? "failed" : "sending", readers: NOBODY };
  const names = readers.of(seq);
  return { state: names.length ? "read" : "stored", readers: names };
}

/** @param {Shown} shown */
function firstUnread({ messages, me, unreadAfter }) {
  if (unreadAfter === null) return null;
  let place = firstFrom(messages, unreadAfter + 1);
  while (messages[place]?.userId === me.userId) place++;
  const first = messages[place];
  return first && (place > 0 || messages.length >= MANY) ? first : null;
}

/**
 * @param {Item} row the first of its day
 * @param {Date} now
 * @returns {Row}
 */
function dayRow(row, now) {
  const { key, day } = row;
  const at = timeOfRow(row);
  return { kind: "day", key: `day ${day} above ${key}`, name: dayName(at, now), at };
}

/** @param {Item} row */
function timeOfRow(row) {
  return row.kind === "system" ? row.at : row.message.at;
}

/**
 * @param {Item} one
 * @param {Item} other
 */
function isOneRun(one, other) {
  if (one.kind === "system" || other.kind === "system") return false;
  const span = other.message.at.getTime() - one.message.at.getTime();
  return one.message.userId === other.message.userId && one.day === other.day && span < RUN_MS;
}

/**
 * @param {Row} one
 * @param {Row} other of the same key
 */
function looksLike(one, other) {
  if (one.kind === "day") return other.kind === "day" && one.name === other.name;
  if (one.kind === "system") return other.kind === "system" && one.text === other.text;
  if (one.kind === "unread" || other.kind !== "message") return true;
  return (
    one.message === other.message &&
    one.opensRun === other.opensRun &&
    one.closesRun === other.closesRun &&
    one.state === other.state &&
    one.isBeingDeleted === other.isBeingDeleted &&
    one.isPointedOut === other.isPointedOut &&
    one.quote?.message === other.quote?.message &&
    one.readers.join() === other.readers.join()
  );
}
