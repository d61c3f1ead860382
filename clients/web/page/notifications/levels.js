/** @import { Message } from "../../src/index.js" */
/** @import { Entry } from "../entry.js" */

/** @typedef {"all" | "mentions" | "none"} Level */
/** @typedef {{ level: Level, mutedUntil: Date | null }} Wish what a user wants of a conversation */

/** @type {Readonly<Wish>} */
export const DEFAULT_WISH = Object.freeze({ level: "all", mutedUntil: null });
const EVERYBODY = "*";

/**
 * @param {{ level: Level, mutedUntil?: string } | undefined} notifications as the service has it
 * @returns {Readonly<Wish>}
 */
export function wishOf(notifications) {
  if (!notifications) return DEFAULT_WISH;
  const { level, mutedUntil: until } = notifications;
  return { level, mutedUntil: until === undefined ? null : new Date(until) };
}

/**
 * Whether nothing of the conversation is to draw attention now.
 * @param {Readonly<Wish>} wish
 * @param {Date} now
 */
export function isQuiet({ level, mutedUntil }, now) {
  return level === "none" || (mutedUntil !== null && mutedUntil > now);
}

/**
 * How much of what is unread in the conversation is to draw attention: the service's number.
 * @param {Pick<Entry, "unread" | "mentions" | "wish">} entry
 * @param {Date} now
 */
export function weight({ unread, mentions, wish }, now) {
  if (isQuiet(wish, now)) return 0;
  return wish.level === "mentions" ? mentions : unread;
}

/**
 * @param {Pick<Message, "mentions">} message
 * @param {string} me
 */
export function isMention({ mentions = [] }, me) {
  return mentions.includes(me) || mentions.includes(EVERYBODY);
}
