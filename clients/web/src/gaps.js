/** @import { Message, HistoryPage } from "./types.js" */

/** @typedef {(range: Record<string, number>) => Promise<HistoryPage>} History */

/**
 * `end`: the number before which the page should have ended. `position`: up to here nothing comes
 * by itself any more. `hasChanges`: the service numbers changes. `wantsChanges`: also those between
 * the messages are wanted, which a page read downwards does not have.
 * @typedef {{ end: number, position: number, hasChanges: boolean, wantsChanges: boolean }} Range
 */

const LIMIT = 100;
/** No more messages than these are just being stored while a conversation has its first. */
const FIRST = 20;

/**
 * Completes a page that was read downwards: it says up to which number it is complete, and only an
 * answer to `afterSeq` is final. So it is read on from there upwards. The changes found on the
 * way reach the application like all that `history` brings.
 * @param {HistoryPage} page
 * @param {Range} range
 * @param {History} history
 * @returns {Promise<Message[]>} messages that the page may lack
 */
export async function completePage(page, range, history) {
  /** @type {Message[]} */
  const found = [];
  const { end, position, hasChanges } = range;
  const isBehind = hasChanges && position > (page.upTo ?? 0);
  const target = isBehind ? Math.max(end - 1, position) : end - 1;
  let after = completeUpTo(page, range);
  while (after !== null && after < target) {
    const { messages, upTo, hasMore } = await history({ afterSeq: after, limit: LIMIT });
    found.push(...messages);
    const last = upTo ?? messages.at(-1)?.seq ?? 0;
    after = hasMore && last > after ? last : null;
  }
  return found.filter(({ seq }) => seq < end);
}

/**
 * @param {HistoryPage} page
 * @param {Range} range
 * @returns {number | null} null if nothing is missing
 */
function completeUpTo({ messages, upTo, hasMore }, { end, hasChanges, wantsChanges }) {
  const start = hasMore ? (messages[0]?.seq ?? 1) - 1 : 0;
  const hasHoles = end - 1 - start > messages.length;
  const isWanted = wantsChanges ? hasHoles : upTo === undefined;
  if (hasChanges && isWanted) return Math.min(start, upTo ?? start);
  return upTo ?? beginningOfGap(messages, hasMore, end);
}

/**
 * The last number before the first that is missing; null if none is.
 * @param {Message[]} messages
 * @param {boolean} hasMore
 * @param {number} end
 */
function beginningOfGap(messages, hasMore, end) {
  const numbers = messages.map(({ seq }) => seq);
  const [first] = numbers;
  if (first === undefined) return null;
  // Nothing comes before the first page.
  if (!hasMore && first <= FIRST) numbers.unshift(0);
  const isBeforeGap = (/** @type {number} */ number, /** @type {number} */ index) =>
    (numbers[index + 1] ?? end) > number + 1;
  return numbers.find(isBeforeGap) ?? null;
}
