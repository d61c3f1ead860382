import { numberText, words } from "./words/index.js";

/** The service counts up to 100: so many, or more. */
const MOST = 99;

/**
 * A number of unread messages, as people read it.
 * @param {number} count
 */
export function countText(count) {
  return count > MOST ? words("common.more_than", { count: MOST }) : numberText(count);
}

/**
 * The same in a message: that of the count, or that of more than can be counted.
 * @param {number} count
 * @param {"sidebar.unread" | "room.new_messages"} few
 * @param {"sidebar.many_unread" | "room.many_new_messages"} many
 */
export function countedText(count, few, many) {
  return count > MOST ? words(many, { count: MOST }) : words(few, { count });
}
