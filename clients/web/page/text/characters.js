/** Text as readers count it: what looks like one character is one, and is never cut in two. */

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
