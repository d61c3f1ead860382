/** Text as readers count it: what looks like one character is one, and is never cut in two. */

/** Characters that are not seen, or that turn the direction of the text around them. */
const UNSEEN = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const segmenter = "Segmenter" in Intl ? new Intl.Segmenter() : null;

/**
 * The beginning of a text, at most so many characters long.
 * @param {string} text
 * @param {number} length
 */
export function beginningOf(text, length) {
  let beginning = "";
  for (const character of charactersOf(text)) {
    if (length-- <= 0) break;
    beginning += character;
  }
  return beginning;
}

/**
 * One after the other, so that of a long text only the beginning is looked at.
 * @param {string} text
 */
export function* charactersOf(text) {
  // Without the segmenter an emoji of several parts may be cut, but never a part of it.
  if (!segmenter) return yield* text;
  for (const { segment } of segmenter.segment(text)) yield segment;
}

/**
 * A name without what could make it look like another one.
 * @param {string} name
 */
export function visible(name) {
  return name.replace(UNSEEN, "").trim();
}
