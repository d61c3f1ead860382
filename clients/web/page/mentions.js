/** @typedef {{ user_id: string, username: string }} Person */

/** As many as one message may name. */
const MOST = 20;
/** Usernames are visible ASCII without capitals; a name ends before the sign that ends a sentence. */
const NAME = /(^|[^\w@])@([!-?[-~]*[a-z0-9_\-)\]}~])/gi;
export const EVERYBODY = "everybody";

/**
 * The members whom a text mentions, by `@` and their name.
 * @param {string} text
 * @param {readonly Person[]} members
 * @param {boolean} canNameAll whether the user may mention everybody at once
 * @returns {string[]} their ids, or `*` for everybody
 */
export function mentionsIn(text, members, canNameAll) {
  const names = new Set(namesIn(text).map(({ name }) => name));
  if (canNameAll && names.has(EVERYBODY)) return ["*"];
  return members
    .filter(({ username }) => names.has(username))
    .map(({ user_id }) => user_id)
    .slice(0, MOST);
}

/**
 * A text in pieces: those that mention somebody, and those between.
 * @param {string} text
 * @param {(name: string) => boolean} isKnown whether a name is somebody's
 * @returns {{ text: string, name: string | null }[]}
 */
export function piecesOf(text, isKnown) {
  const pieces = [];
  let end = 0;
  for (const { name, index } of namesIn(text)) {
    if (!isKnown(name)) continue;
    if (index > end) pieces.push({ text: text.slice(end, index), name: null });
    end = index + name.length + 1;
    pieces.push({ text: text.slice(index, end), name });
  }
  if (end < text.length) pieces.push({ text: text.slice(end), name: null });
  return pieces;
}

/**
 * The mention that is being written before the caret, without its `@`; null if there is none.
 * @param {string} text
 * @param {number} caret
 */
export function mentionBefore(text, caret) {
  const match = /(?:^|\s)@([!-?[-~]*)$/.exec(text.slice(0, caret).toLowerCase());
  return match ? (match[1] ?? "") : null;
}

/** @param {string} text */
function namesIn(text) {
  return [...text.matchAll(NAME)].map((match) => {
    const [, before = "", name = ""] = match;
    return { name: name.toLowerCase(), index: match.index + before.length };
  });
}
