import { briefly, dayKey, timeOf } from "./dates.js";

/** @import { UserPresence } from "../src/index.js" */

const MINUTE_MS = 60_000;

/**
 * Whether a user is online or when they last were, in words.
 * @param {Pick<UserPresence, "is_online" | "last_seen_at">} presence
 * @param {Date} now
 */
export function presenceWords({ is_online, last_seen_at }, now) {
  if (is_online) return "Online";
  return last_seen_at ? `Last seen ${ago(new Date(last_seen_at), now)}` : "Offline";
}

/**
 * @param {Date} at
 * @param {Date} now
 */
function ago(at, now) {
  const minutes = Math.floor((now.getTime() - at.getTime()) / MINUTE_MS);
  if (minutes < 1) return "just now";
  if (minutes === 1) return "1 minute ago";
  if (minutes < 60) return `${minutes} minutes ago`;
  const day = briefly(at, now);
  if (dayKey(at) === dayKey(now)) return `at ${day}`;
  return day === "Yesterday" ? `yesterday at ${timeOf(at)}` : `on ${day}`;
}
