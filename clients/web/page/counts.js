/** The service counts up to 100: so many, or more. */
const MOST = 99;

/**
 * A number of unread messages, as people read it.
 * @param {number} count
 */
export function countText(count) {
  return count > MOST ? `${MOST}+` : String(count);
}
