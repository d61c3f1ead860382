import { daysBetween } from "./date-formats.js";
import { briefly, timeOf } from "./dates.js";
import { words } from "./words/index.js";

/** @import { UserPresence } from "../src/index.js" */

const MINUTE_MS = 60_000;

/**
 * Whether a user is online or when they last were, in words.
 * @param {Pick<UserPresence, "isOnline" | "lastSeenAt">} presence
 * @param {Date} now
 */
export function presenceWords({ isOnline, lastSeenAt }, now) {
  if (isOnline) return words("presence.online");
  return lastSeenAt ? lastSeen(new Date(lastSeenAt), now) : words("presence.offline");
}

/**
 * @param {Date} at
 * @param {Date} now
 */
function lastSeen(at, now) {
  const minutes = Math.floor((now.getTime() - at.getTime()) / MINUTE_MS);
  if (minutes < 1) return words("presence.just_now");
  if (minutes < 60) return words("presence.minutes", { count: minutes });
  const days = daysBetween(at, now);
  if (days === 0) return words("presence.at", { time: timeOf(at) });
  if (days === 1) return words("presence.yesterday", { time: timeOf(at) });
  return words("presence.on", { day: briefly(at, now) });
}
