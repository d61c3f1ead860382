import { plainText } from "../text/plain.js";
import { charactersOf, folded } from "./folding.js";

/** @import { Span } from "./folding.js" */

/** @typedef {{ text: string, isHit: boolean }} Piece */

/** So much of a message is shown before the first hit in it. */
const BEFORE = 40;

/**
 * Where a text contains another one, as the service finds it. A hit covers whole characters, with the
 * marks on them.
 * @param {string} text
 * @param {string} wanted
 * @returns {Span[]} in order, none of which overlap
 */
export function hitsIn(text, wanted) {
  const fold = folded(wanted.trim());
  if (fold === "") return [];
  const characters = charactersOf(text);
  const owners = characters.flatMap((it) => Array.from(it.fold, () => it));
  const points = Array.from(characters.map((it) => it.fold).join(""));
  const joined = points.join("");
  const places = placesOf(points);
  const length = [...fold].length;
  /** @type {Span[]} */
  const hits = [];
  for (let at = joined.indexOf(fold); at >= 0; at = joined.indexOf(fold, at + fold.length)) {
    const first = places.get(at) ?? 0;
    add(hits, owners[first]?.start ?? 0, owners[first + length - 1]?.end ?? text.length);
  }
  return hits;
}

/**
 * Which of the code points begins at an index of the text that they make.
 * @param {string[]} points
 */
function placesOf(points) {
  /** @type {Map<number, number>} */
  const places = new Map();
  let index = 0;
  for (const [place, point] of points.entries()) {
    places.set(index, place);
    index += point.length;
  }
  return places;
}

/**
 * @param {Span[]} hits
 * @param {number} start
 * @param {number} end
 */
function add(hits, start, end) {
  const last = hits.at(-1);
  // Two hits may end and begin in one character: ß is two letters.
  if (last && start < last.end) last.end = end;
  else hits.push({ start, end });
}

/**
 * The whole text, cut where hits begin and end.
 * @param {string} text
 * @param {Span[]} hits
 * @returns {Piece[]}
 */
export function piecesOf(text, hits) {
  /** @type {Piece[]} */
  const pieces = [];
  let at = 0;
  for (const { start, end } of hits) {
    pieces.push({ text: text.slice(at, start), isHit: false });
    pieces.push({ text: text.slice(start, end), isHit: true });
    at = end;
  }
  pieces.push({ text: text.slice(at), isHit: false });
  return pieces.filter((piece) => piece.text !== "");
}

/**
 * What a message says around the first hit in it, without the marks, unless the hit is in those.
 * @param {string} content
 * @param {string} wanted
 */
export function excerptOf(content, wanted) {
  const plain = inOneLine(plainText(content));
  const text = hitsIn(plain, wanted).length > 0 ? plain : inOneLine(content);
  const hits = hitsIn(text, wanted);
  const from = beginningAt(text, (hits[0]?.start ?? 0) - BEFORE);
  if (from === 0) return piecesOf(text, hits);
  const moved = hits.map(({ start, end }) => ({ start: start - from, end: end - from }));
  return [{ text: "…", isHit: false }, ...piecesOf(text.slice(from), moved)];
}

/** @param {string} text */
function inOneLine(text) {
  return text.replace(/\s+/g, " ").trim();
}

/**
 * Where a word begins, or at least a character.
 * @param {string} text
 * @param {number} index at the latest
 */
function beginningAt(text, index) {
  if (index <= 0) return 0;
  const space = text.lastIndexOf(" ", index);
  if (space > index - BEFORE) return space + 1;
  const before = charactersOf(text).filter(({ start }) => start <= index);
  return before.at(-1)?.start ?? 0;
}
