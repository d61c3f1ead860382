/**
 * Text is compared as the service does it (`folded` in chat/protocol/text.py): what differs only in case
 * or in composition is equal, and the letter i is the same with a dot, without one, and with two.
 */

/**
 * What is not to be taken apart: an emoji of several parts, a flag, a syllable of Hangul, and a letter with
 * the marks on it. Composition (NFC) reaches no further.
 */
const CHARACTERS =
  /\p{ExtPict}[\p{M}\p{EMod}\u{e0020}-\u{e007f}]*(?:\u200d\p{ExtPict}[\p{M}\p{EMod}]*)*|\p{RI}{2}|[\uac00-\ud7a3\u1100-\u1112][\u1161-\u1175]?[\u11a8-\u11c2]?\p{M}*|\P{M}\p{M}*|\p{M}+/gu;
const ASCII = /^[\0-\x7f]*$/;

/** @typedef {{ start: number, end: number }} Span in a text, the end not included */

/** @param {string} text */
export function folded(text) {
  if (ASCII.test(text)) return text.toLowerCase();
  return charactersOf(text)
    .map(({ fold }) => fold)
    .join("");
}

/**
 * The characters of a text as readers see them, with their places in it and what they are compared by.
 * @param {string} text
 * @returns {(Span & { fold: string })[]}
 */
export function charactersOf(text) {
  return [...text.matchAll(CHARACTERS)].map(({ 0: character, index }) => {
    return { start: index, end: index + character.length, fold: foldOf(character) };
  });
}

/**
 * Folded, and without its accents: what a person types who looks for a name.
 * @param {string} text
 */
export function plainLetters(text) {
  return folded(text.normalize("NFD").replace(/\p{Mn}/gu, ""));
}

/** @param {string} character */
function foldOf(character) {
  const folds = [...character.normalize("NFC")].map(caseFoldOf).join("").normalize("NFC");
  return folds.replaceAll("i\u0307", "i");
}

/**
 * Each letter by itself: the small form of Σ depends on where it stands in a word.
 * @param {string} letter
 */
function caseFoldOf(letter) {
  const capitals = letter.toLowerCase().toUpperCase();
  return [...capitals].map((capital) => capital.toLowerCase()).join("");
}
