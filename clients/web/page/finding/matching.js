import { plainLetters } from "./folding.js";

const SEPARATORS = /[\s\p{P}\p{S}]+/u;

/**
 * How well names match what somebody types, the lower the better; null if none does. Case and accents do
 * not matter. Best is the whole name, then its beginning, the beginning of a word, beginnings of
 * several words, a part, and at last letters in the same order, the first of which begins a word.
 * @param {string} typed
 * @param {readonly string[]} names of one thing
 * @returns {number | null}
 */
export function rankOf(typed, names) {
  const wanted = plainLetters(typed.trim());
  const ranks = names.flatMap((name) => rankOfName(wanted, plainLetters(name)) ?? []);
  return ranks.length > 0 ? Math.min(...ranks) : null;
}

/**
 * Those that match, the best first. What matches equally well stays in its order.
 * @template Item
 * @param {string} typed
 * @param {readonly Item[]} items
 * @param {(item: Item) => readonly string[]} namesOf
 * @returns {Item[]}
 */
export function matching(typed, items, namesOf) {
  return items
    .map((item) => ({ item, rank: rankOf(typed, namesOf(item)) ?? -1 }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

/**
 * @param {string} wanted
 * @param {string} name
 */
function rankOfName(wanted, name) {
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  const words = wordsIn(name);
  if (words.some((word) => word.startsWith(wanted))) return 2;
  const parts = wordsIn(wanted);
  const begins = (/** @type {string} */ part) => words.some((word) => word.startsWith(part));
  if (parts.length > 1 && parts.every(begins)) return 3;
  if (name.includes(wanted)) return 4;
  return wanted.length > 1 && words.some((_, at) => isSpread(wanted, words.slice(at).join("")))
    ? 5
    : null;
}

/** @param {string} text */
function wordsIn(text) {
  return text.split(SEPARATORS).filter(Boolean);
}

/**
 * Whether the letters are in the name, in their order, from its first one on.
 * @param {string} letters
 * @param {string} name
 */
function isSpread(letters, name) {
  let at = -1;
  for (const letter of letters) {
    const next = name.indexOf(letter, at + 1);
    if (next < 0 || (at < 0 && next > 0)) return false;
    at = next;
  }
  return true;
}
