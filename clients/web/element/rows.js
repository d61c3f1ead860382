import { dayKey } from "../page/date-formats.js";

/** @import { Message, Outgoing, User } from "../src/index.js" */

/** Messages of one person that follow each other within this time belong together. */
const RUN_MS = 5 * 60_000;

/**
 * `opensRun`: its author is named above it. `message` is null while it is on its way.
 * @typedef {{
 *   kind: "message",
 *   key: string,
 *   at: Date,
 *   author: User,
 *   isOwn: boolean,
 *   opensRun: boolean,
 *   message: Message | null,
 *   outgoing: Outgoing | null,
 * }} MessageRow
 */

/** @typedef {{ kind: "day", key: string, at: Date } | { kind: "unread", key: string } | MessageRow} Row */

/**
 * @typedef {{
 *   messages: readonly Message[], outgoing: readonly Outgoing[], me: User,
 *   unreadAfter: number | null, now: Date,
 * }} Shown `unreadAfter`: the number of the last message that the user had read
 */

/**
 * What a conversation shows, from top to bottom.
 * @param {Shown} shown
 */
export function rowsOf({ messages, outgoing, me, unreadAfter, now }) {
  const all = [
    ...messages.map((message) => storedRow(message, me)),
    ...outgoing.map((it) => outgoingRow(it, me, now)),
  ];
  /** @type {Row[]} */
  const rows = [];
  /** @type {MessageRow | null} */
  let before = null;
  let isUnread = unreadAfter === null;
  for (const row of all) {
    const begins = rows.length;
    if (!before || dayKey(before.at) !== dayKey(row.at)) rows.push(dayRow(row));
    if (!isUnread && isFirstUnread(row, unreadAfter ?? 0)) {
      rows.push({ kind: "unread", key: "unread" });
      isUnread = true;
    }
    rows.push({ ...row, opensRun: rows.length > begins || !isOneRun(before, row) });
    before = row;
  }
  return rows;
}

/**
 * @param {Message} message
 * @param {User} me
 * @returns {MessageRow}
 */
function storedRow(message, me) {
  const { messageId, userId, username, createdAt, clientMessageId } = message;
  const isOwn = userId === me.userId;
  return {
    // One's own message stays the same row when it is stored.
    key: isOwn && clientMessageId ? `own ${clientMessageId}` : messageId,
    ...{ kind: "message", at: new Date(createdAt), author: { userId, username }, isOwn },
    ...{ opensRun: false, message, outgoing: null },
  };
}

/**
 * @param {Outgoing} outgoing
 * @param {User} me
 * @param {Date} at
 * @returns {MessageRow}
 */
function outgoingRow(outgoing, me, at) {
  const key = `own ${outgoing.clientMessageId}`;
  return {
    ...{ kind: "message", key, at, author: me, isOwn: true },
    ...{ opensRun: false, message: null, outgoing },
  };
}

/**
 * @param {MessageRow} row the first of its day
 * @returns {Row}
 */
function dayRow({ key, at }) {
  return { kind: "day", key: `day above ${key}`, at };
}

/**
 * @param {MessageRow} row
 * @param {number} unreadAfter
 */
function isFirstUnread({ isOwn, message }, unreadAfter) {
  return !isOwn && message !== null && message.seq > unreadAfter;
}

/**
 * @param {MessageRow | null} one
 * @param {MessageRow} other
 */
function isOneRun(one, other) {
  const isSame = one?.author.userId === other.author.userId;
  return isSame && one !== null && other.at.getTime() - one.at.getTime() < RUN_MS;
}
