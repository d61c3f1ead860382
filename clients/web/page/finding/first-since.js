/** @import { Message } from "../../src/index.js" */

/** One page has the rest: so many numbers need not be halved any further. */
const PAGE = 100;

/**
 * The first message that was sent at a time or later; null if there is none. It halves the numbers of the
 * conversation: that takes at most eleven requests for 50,000 messages and one more for each doubling, or
 * eight more if messages are so long that a page has few of them.
 * @param {(range: { before: number, limit: number }) => Promise<{ messages: Message[] }>} history
 *   gives the last messages before a number, ascending
 * @param {number} last the last number of the conversation, or a later one
 * @param {number} time in milliseconds
 * @returns {Promise<Message | null>}
 */
export async function firstSince(history, last, time) {
  /** @type {Message | null} */
  let found = null;
  let [low, high, limit] = [1, last, PAGE];
  // What is sought has a number from low to high, or else it is what was found.
  while (low <= high) {
    const isPage = high - low < limit;
    const at = isPage ? high : (low + high) >> 1;
    const { messages } = await history({ before: at + 1, limit: isPage ? limit : 1 });
    const index = messages.findIndex((it) => it.seq >= low && Date.parse(it.createdAt) >= time);
    const first = messages[index];
    if (!first) low = at + 1;
    else if (index > 0) return first;
    else {
      [found, high] = [first, first.seq - 1];
      if (isPage) limit = 1;
    }
  }
  return found;
}
