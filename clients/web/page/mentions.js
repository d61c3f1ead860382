/**
 * Usernames are visible ASCII without capitals; a name ends before the sign that ends a sentence. What
 * stands before the `@` may be a mark of italics, and no other letter.
 */
const NAME = /((?:^|[^\w@])_{0,3})@([!-?[-~]*[a-z0-9_\-)\]}~])/gi;
/** So many signs after a name are taken off to find it. */
const SIGNS = 4;
export const EVERYBODY = "everybody";

/**
 * Where a text mentions somebody.
 * @param {string} text
 * @param {(name: string) => boolean} isKnown whether a name is somebody's
 * @returns {{ start: number, end: number, name: string }[]}
 */
export function mentionsAt(text, isKnown) {
  if (!text.includes("@")) return [];
  return [...text.matchAll(NAME)].flatMap((match) => {
    const [, before = "", written = ""] = match;
    const name = knownName(written.toLowerCase(), isKnown);
    const start = match.index + before.length;
    return name === null ? [] : [{ start, end: start + name.length + 1, name }];
  });
}

/**
 * A name may end in a sign, and a sign may follow a name: (@alice), _@alice_.
 * @param {string} written
 * @param {(name: string) => boolean} isKnown
 */
function knownName(written, isKnown) {
  for (let end = written.length; end > written.length - SIGNS && end > 0; end--) {
    const name = written.slice(0, end);
    if (isKnown(name)) return name;
    if (!/[^a-z0-9]$/.test(name)) return null;
  }
  return null;
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

/**
 * What makes a menu open at the name of a user, for pointers. The keyboard and screen readers have the
 * same in the list of members and in the actions of a message: there each name would be one stop more.
 * @param {string} username
 */
export function nameAttributes(username) {
  return { tabindex: "-1", "data-person": username };
}
