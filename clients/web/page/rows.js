import { dayKey, dayName } from "./dates.js";
import { Readers } from "./readers.js";

/** @import { Message, Outgoing } from "../src/index.js" */

/** Messages of one person that follow each other within this time belong together. */
const RUN_MS = 5 * 60_000;
/** At the top of so many messages "New" says where to begin; of fewer, it sets nothing apart. */
const MANY = 50;
/** @type {readonly string[]} */
const NOBODY = [];

/**
 * @typedef {{ kind: "day", key: string, name: string }
 *   | { kind: "unread", key: string }
 *   | MessageRow} Row
 */

/**
 * What of a message's row stays as it is: what stands around it and who reads it change nothing.
 * @typedef {{
 *   kind: "message",
 *   key: string,
 *   seq: number,
 *   day: string,
 *   isOwn: boolean,
 *   message: { content: string, username: string, user_id: string, at: Date },
 *   outgoing: Outgoing | null,
 * }} Bare
 */

/**
 * @typedef {Bare & {
 *   opensRun: boolean,
 *   closesRun: boolean,
 *   state: "received" | "sending" | "failed" | "stored" | "read",
 *   readers: readonly string[],
 * }} MessageRow
 */

/** @typedef {{ user_id: string, username: string }} Person */

/**
 * @typedef {{
 *   messages: readonly Message[],
 *   outgoing: readonly Outgoing[],
 *   me: Person,
 *   readers: ReadonlyMap<string, { username: string, seq: number }>,
 *   unreadAfter: number | null,
 *   now: Date,
 * }} Shown
 */

/**
 * What a list of messages looks like, from top to bottom.
 * @param {Shown} shown
 */
export function rowsOf(shown) {
  return new Rows().of(shown);
}

/**
 * The rows of a list of messages, time after time: a row that looks as it did before is the same
 * object as before, so that only what changed is drawn again.
 */
export class Rows {
  /** @type {WeakMap<Message | Outgoing, Bare>} */
  #bare = new WeakMap();
  /** @type {Map<string, Row>} by key, as they were last */
  #last = new Map();

  /**
   * @param {Shown} shown
   * @returns {Row[]}
   */
  of(shown) {
    const rows = this.#newRowsOf(shown).map((row) => {
      const known = this.#last.get(row.key);
      return known && looksLike(known, row) ? known : row;
    });
    this.#last = new Map(rows.map((row) => [row.key, row]));
    return rows;
  }

  /**
   * @param {Shown} shown
   * @returns {Row[]}
   */
  #newRowsOf(shown) {
    const all = this.#allOf(shown);
    const unread = firstUnread(shown);
    const readers = new Readers(shown.readers, shown.me.user_id);
    return all.flatMap((bare, index) => {
      const [before, after] = [all[index - 1], all[index + 1]];
      /** @type {Row[]} */
      const above = before?.day === bare.day ? [] : [dayRow(bare, shown.now)];
      if (bare.key === unread) above.push({ kind: "unread", key: "unread" });
      const opensRun = !before || above.length > 0 || !isOneRun(before, bare);
      const closesRun = !after || after.key === unread || !isOneRun(bare, after);
      return [...above, { ...bare, opensRun, closesRun, ...outcomeOf(bare, readers) }];
    });
  }

  /** @param {Shown} shown */
  #allOf({ messages, outgoing, me, now }) {
    return [
      ...messages.map((it) => this.#once(it, () => ofMessage(it, me))),
      ...outgoing.map((it) => this.#once(it, () => ofOutgoing(it, me, now))),
    ];
  }

  /**
   * @param {Message | Outgoing} it
   * @param {() => Bare} make
   */
  #once(it, make) {
    const bare = this.#bare.get(it) ?? make();
    this.#bare.set(it, bare);
    return bare;
  }
}

/**
 * @param {Message} message
 * @param {Person} me
 * @returns {Bare}
 */
function ofMessage(message, me) {
  const { content, username, user_id, created_at, seq } = message;
  const isOwn = user_id === me.user_id;
  const at = new Date(created_at);
  return {
    ...{ kind: "message", key: keyOf(message, isOwn), seq, day: dayKey(at), isOwn },
    message: { content, username, user_id, at },
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
    outgoing,
  };
}

/**
 * One's own message keeps its key when it turns from outgoing to stored.
 * @param {Message} message
 * @param {boolean} isOwn
 */
function keyOf({ message_id, client_message_id }, isOwn) {
  return isOwn && client_message_id ? `own ${client_message_id}` : message_id;
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
  const first = messages.find(({ seq, user_id }) => seq > unreadAfter && user_id !== me.user_id);
  if (!first || (first === messages[0] && messages.length < MANY)) return null;
  return keyOf(first, false);
}

/**
 * @param {Bare} bare the first of its day
 * @param {Date} now
 * @returns {Row}
 */
function dayRow({ key, day, message: { at } }, now) {
  return { kind: "day", key: `day ${day} above ${key}`, name: dayName(at, now) };
}

/**
 * @param {Bare} one
 * @param {Bare} other
 */
function isOneRun(one, other) {
  const span = other.message.at.getTime() - one.message.at.getTime();
  return one.message.user_id === other.message.user_id && one.day === other.day && span < RUN_MS;
}

/**
 * @param {Row} one
 * @param {Row} other of the same key
 */
function looksLike(one, other) {
  if (one.kind === "day") return other.kind === "day" && one.name === other.name;
  if (one.kind === "unread" || other.kind !== "message") return true;
  return (
    one.message === other.message &&
    one.opensRun === other.opensRun &&
    one.closesRun === other.closesRun &&
    one.state === other.state &&
    one.readers.join() === other.readers.join()
  );
}
