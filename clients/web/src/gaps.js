/** @import { Message, Page } from "./types.js" */

/** @typedef {(range: Record<string, number>) => Promise<Page>} History */

const LIMIT = 100;
/** No more messages than these are just being stored while a conversation has its first. */
const FIRST = 20;

/**
 * The messages that a page read downwards may lack. It passes over a number whose message is just
 * being stored; only an answer to `after_seq` is final. So from the first number that is missing
 * the page is read once more, upwards.
 * @param {Page} page
 * @param {number} end the number before which the page should have ended
 * @param {History} history
 * @returns {Promise<Message[]>} of the page's range, from the gap on
 */
export async function readGaps(page, end, history) {
  /** @type {Message[]} */
  const found = [];
  let position = beginningOfGap(page, end);
  while (position !== null && position < end - 1) {
    const { messages, hasMore } = await history({ after_seq: position, limit: LIMIT });
    found.push(...messages);
    const last = messages.at(-1)?.seq ?? 0;
    position = hasMore && last > position ? last : null;
  }
  return found.filter(({ seq }) => seq < end);
}

/**
 * The last number before the first that is missing; null where none is.
 * @param {Page} page
 * @param {number} end
 */
function beginningOfGap({ messages, hasMore }, end) {
  const numbers = messages.map(({ seq }) => seq);
  const [first] = numbers;
  if (first === undefined) return null;
  // Nothing comes before the first page.
  if (!hasMore && first <= FIRST) numbers.unshift(0);
  const isBeforeGap = (/** @type {number} */ number, /** @type {number} */ index) =>
    (numbers[index + 1] ?? end) > number + 1;
  return numbers.find(isBeforeGap) ?? null;
}
