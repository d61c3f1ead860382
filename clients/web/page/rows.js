import { dayKey, dayName } from "./dates.js";

/** @import { Message, Outgoing } from "../src/index.js" */

/** Messages of one person that follow each other within this time belong together. */
const RUN_MS = 5 * 60_000;

/**
 * @typedef {{ kind: "day", key: string, name: string }
 *   | { kind: "unread", key: string }
 *   | MessageRow} Row
 */

/**
 * @typedef {{
 *   kind: "message",
 *   key: string,
 *   message: { content: string, username: string, user_id: string, at: Date },
 *   isOwn: boolean,
 *   opensRun: boolean,
 *   closesRun: boolean,
 *   state: "received" | "sending" | "failed" | "stored" | "read",
 *   readers: string[],
 *   outgoing: Outgoing | null,
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
 * @returns {Row[]}
 */
export function rowsOf(shown) {
  const bare = [
    ...shown.messages.map((message) => ofMessage(message, shown)),
    ...shown.outgoing.map((outgoing) => ofOutgoing(outgoing, shown)),
  ];
  const unread = firstUnread(shown);
  return bare.flatMap((row, index) => {
    const [before, after] = [bare[index - 1], bare[index + 1]];
    const day = before && isSameDay(before, row) ? [] : [dayRow(row, shown.now)];
    /** @type {Row[]} */
    const mark = row.key === unread ? [{ kind: "unread", key: "unread" }] : [];
    const opensRun = !before || day.length + mark.length > 0 || !isOneRun(before, row);
    const closesRun = !after || !isOneRun(row, after) || after.key === unread;
    return [...day, ...mark, { ...row, opensRun, closesRun }];
  });
}

/**
 * @param {Message} message
 * @param {Shown} shown
 * @returns {MessageRow}
 */
function ofMessage(message, { me, readers }) {
  const { content, username, user_id, created_at } = message;
  const isOwn = user_id === me.user_id;
  const readBy = isOwn ? readersOf(message, me, readers) : [];
  return {
    kind: "message",
    key: keyOf(message, isOwn),
    message: { content, username, user_id, at: new Date(created_at) },
    isOwn,
    ...{ opensRun: true, closesRun: true },
    state: isOwn ? (readBy.length ? "read" : "stored") : "received",
    readers: readBy,
    outgoing: null,
  };
}

/**
 * @param {Outgoing} outgoing
 * @param {Shown} shown
 * @returns {MessageRow}
 */
function ofOutgoing(outgoing, { me, now }) {
  return {
    kind: "message",
    key: `own ${outgoing.clientMessageId}`,
    message: { content: outgoing.content, ...me, at: now },
    isOwn: true,
    ...{ opensRun: true, closesRun: true },
    state: outgoing.state === "failed" ? "failed" : "sending",
    readers: [],
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
 * @param {Message} message
 * @param {Person} me
 * @param {Shown["readers"]} readers
 */
function readersOf({ seq }, me, readers) {
  return [...readers]
    .filter(([userId, reader]) => userId !== me.user_id && reader.seq >= seq)
    .map(([, { username }]) => username)
    .sort();
}

/** @param {Shown} shown */
function firstUnread({ messages, me, unreadAfter }) {
  if (unreadAfter === null) return null;
  const first = messages.find(({ seq, user_id }) => seq > unreadAfter && user_id !== me.user_id);
  // Above the very first message there is nothing that it would set apart.
  return first && first !== messages[0] ? keyOf(first, false) : null;
}

/**
 * @param {MessageRow} row
 * @param {Date} now
 * @returns {Row}
 */
function dayRow({ message: { at } }, now) {
  return { kind: "day", key: `day ${dayKey(at)}`, name: dayName(at, now) };
}

/**
 * @param {MessageRow} one
 * @param {MessageRow} other
 */
function isSameDay(one, other) {
  return dayKey(one.message.at) === dayKey(other.message.at);
}

/**
 * @param {MessageRow} one
 * @param {MessageRow} other
 */
function isOneRun(one, other) {
  const span = other.message.at.getTime() - one.message.at.getTime();
  return one.message.user_id === other.message.user_id && isSameDay(one, other) && span < RUN_MS;
}
