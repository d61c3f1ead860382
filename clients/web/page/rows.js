import { dayKey, dayName } from "./dates.js";
import { Readers } from "./readers.js";
import { lineOf } from "./system-lines.js";

/** @import { AttachmentRef, Message, Numbered, Outgoing } from "../src/index.js" */

/** Messages of one person that follow each other within this time belong together. */
const RUN_MS = 5 * 60_000;
/** At the top of so many messages "New" says where to begin; of fewer, it sets nothing apart. */
const MANY = 50;
/** @type {readonly string[]} */
const NOBODY = [];
/** @type {readonly AttachmentRef[]} */
const NO_FILES = [];

/**
 * @typedef {{ kind: "day", key: string, name: string }
 *   | { kind: "unread", key: string }
 *   | SystemRow
 *   | MessageRow} Row
 */

/**
 * What happened in the conversation besides messages: who joined, a new title.
 * @typedef {{ kind: "system", key: string, seq: number, day: string, at: Date, text: string }} SystemRow
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
 *   files: readonly AttachmentRef[],
 *   stored: Message | null,
 *   outgoing: Outgoing | null,
 * }} Bare
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
 * }} MessageRow
 */

/** @typedef {{ user_id: string, username: string }} Person */

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
      if (bare.kind === "system") return [...above, bare];
      const opensRun = !before || above.length > 0 || !isOneRun(before, bare);
      const closesRun = !after || after.key === unread || !isOneRun(bare, after);
      const place = { opensRun, closesRun };
      return [
        ...above,
        { ...bare, ...place, ...outcomeOf(bare, readers), ...aboutOf(bare, shown) },
      ];
    });
  }

  /**
   * @param {Shown} shown
   * @returns {(Bare | SystemRow)[]}
   */
  #allOf({ messages, outgoing, changes = [], me, now }) {
    const numbered = [
      ...messages.map((it) => this.#once(it, () => ofMessage(it, me))),
      ...changes.flatMap((it) => ofChange(it, me.user_id)),
    ];
    if (changes.length > 0) numbered.sort((a, b) => a.seq - b.seq);
    return [...numbered, ...outgoing.map((it) => this.#once(it, () => ofOutgoing(it, me, now)))];
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
 * @returns {SystemRow[]} none where there is nothing to say of it
 */
function ofChange(change, me) {
  const { seq } = change.data;
  const at = new Date(change.data["at"] ?? NaN);
  const text = lineOf(change, me);
  if (text === null || Number.isNaN(at.getTime())) return [];
  return [{ kind: "system", key: `change ${seq}`, seq, day: dayKey(at), at, text }];
}

/**
 * @param {Bare} bare
 * @param {Shown} shown
 * @returns {Pick<MessageRow, "quote" | "isBeingDeleted">}
 */
function aboutOf({ stored, outgoing }, { quoted = () => null, beingDeleted }) {
  const id = stored?.reply_to ?? outgoing?.replyTo;
  return {
    quote: id && !stored?.deleted_at ? { id, message: quoted(id) } : null,
    isBeingDeleted: Boolean(stored && beingDeleted?.has(stored.message_id)),
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
 * @param {Bare | SystemRow} row the first of its day
 * @param {Date} now
 * @returns {Row}
 */
function dayRow(row, now) {
  const { key, day } = row;
  const at = timeOfRow(row);
  return { kind: "day", key: `day ${day} above ${key}`, name: dayName(at, now) };
}

/** @param {Bare | SystemRow} row */
function timeOfRow(row) {
  return row.kind === "system" ? row.at : row.message.at;
}

/**
 * @param {Bare | SystemRow} one
 * @param {Bare | SystemRow} other
 */
function isOneRun(one, other) {
  if (one.kind === "system" || other.kind === "system") return false;
  const span = other.message.at.getTime() - one.message.at.getTime();
  return one.message.user_id === other.message.user_id && one.day === other.day && span < RUN_MS;
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
    one.quote?.message === other.quote?.message &&
    one.readers.join() === other.readers.join()
  );
}
