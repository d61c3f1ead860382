/** @import { Emoji } from "./data.js" */

/**
 * The emoji that words describe, the best first: by their short names, by what they show, by what goes
 * with them. Each word may be the beginning of one.
 * @param {readonly Emoji[]} all
 * @param {string} query
 * @param {number} [most]
 * @returns {Emoji[]}
 */
export function searchEmoji(all, query, most = Infinity) {
  const words = wordsOf(query);
  if (words.length === 0) return [];
  const ranked = all.map((emoji) => ({ emoji, rank: rankOf(emoji, words) }));
  return ranked
    .filter(({ rank }) => rank < NONE)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ emoji }) => emoji);
}

/**
 * @param {readonly Emoji[]} all
 * @param {string} shortcode without colons
 */
export function emojiNamed(all, shortcode) {
  return all.find(({ shortcodes = [] }) => shortcodes.includes(shortcode)) ?? null;
}

const NONE = 4;

/**
 * @param {Emoji} emoji
 * @param {string[]} words
 */
function rankOf({ shortcodes = [], annotation, tags = [] }, words) {
  const names = [shortcodes, shortcodes.flatMap(wordsOf), wordsOf(annotation), tags];
  const ranks = words.map((word, index) => {
    if (index === 0 && words.length === 1 && shortcodes.includes(word)) return -1;
    const rank = names.findIndex((each) => each.some((name) => name.startsWith(word)));
    return rank < 0 ? NONE : rank;
  });
  return Math.max(...ranks);
}

/** @param {string} text */
function wordsOf(text) {
  return text
    .toLowerCase()
    .split(/[\s_:,]+/)
    .filter(Boolean);
}
