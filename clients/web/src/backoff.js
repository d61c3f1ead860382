/**
 * Exponential backoff with full jitter: any delay below the ceiling is as likely as any other, so
 * that clients which lost the service together do not come back together.
 * @param {number} attempt from 0
 * @param {() => number} random
 * @param {import("./timing.js").Timing} timing
 */
export function backoff(attempt, random, timing) {
  return random() * Math.min(timing.backoffCap, timing.backoffBase * 2 ** attempt);
}
