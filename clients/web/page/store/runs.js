/**
 * Runs of messages without gaps, ascending, as they are kept for the time without a connection.
 */

import { applyChange, laterState } from "../../src/index.js";

/** @import { Message, MessageChanged } from "../../src/index.js" */

/** @typedef {readonly Message[]} Run */

/** So many messages of a conversation are kept. */
const MESSAGES = 50;
/** And no more than this of their JSON, in characters. */
const CHARACTERS = 128 * 1024;

/**
 * The newest messages of the run, as many as are kept.
 * @param {Run} run
 * @returns {Run}
 */
export function newest(run) {
  let first = Math.max(0, run.length - MESSAGES);
  let room = CHARACTERS;
  for (let index = run.length - 1; index >= first; index--) {
    room -= JSON.stringify(run[index]).length;
    if (room < 0) first = index + 1;
  }
  return run.slice(first);
}

/**
 * Two runs of one conversation as one, each message in its later state. If something may be missing
 * between them, it is the one that ends later.
 * @param {Run} one
 * @param {Run} other
 * @returns {Run}
 */
export function joined(one, other) {
  const [early, late] = lastOf(one) <= lastOf(other) ? [one, other] : [other, one];
  if (firstOf(late) > lastOf(early)) return newest(late);
  const all = new Map(early.map((message) => [message.seq, message]));
  for (const message of late) {
    const known = all.get(message.seq);
    all.set(message.seq, known ? laterState(known, message) : message);
  }
  return newest([...all.values()].sort((a, b) => a.seq - b.seq));
}

/**
 * The run with the message that follows it, if it does.
 * @param {Run} run
 * @param {Message} message
 * @param {number} after the number of the message before it
 * @returns {Run} the same run if the message does not follow
 */
export function appended(run, message, after) {
  if (run.length === 0 || lastOf(run) < after) return run;
  if (message.seq > lastOf(run)) return newest([...run, message]);
  return run.map((it) => (it.seq === message.seq ? laterState(it, message) : it));
}

/**
 * @param {Run} run
 * @param {MessageChanged} change
 * @returns {Run}
 */
export function changed(run, change) {
  return run.map((it) => applyChange(it, change));
}

/** @param {Run} run */
function firstOf(run) {
  return run[0]?.seq ?? Infinity;
}

/** @param {Run} run */
function lastOf(run) {
  return run.at(-1)?.seq ?? 0;
}
