import { RowHeights } from "./row-heights.js";

/** So much above and below what is in view is drawn as well: this share of the view, or so much. */
const MARGIN = 1;
const MARGIN_PX = 300;
/** Less than this share of it may be left before more is drawn. */
const SPARE = 0.4;
/** Rows may turn out smaller than they were taken for: then more of them are drawn, so many times. */
const ROUNDS = 50;

/**
 * What there is to show, from top to bottom.
 * @template Item
 * @typedef {{
 *   length: number,
 *   at: (index: number) => Item | undefined,
 *   indexOf: (item: Item) => number,
 * }} Items `indexOf` gives -1 for what is not there
 */

/**
 * What is drawn: rows, and gaps of so many pixels in place of those that are not.
 * @typedef {{ index: number } | { gap: number, before: number }} Part
 */

/**
 * Where rows are drawn and scrolled.
 * @typedef {{
 *   sight: () => { top: number, height: number, start: number },
 *   draw: (parts: Part[]) => void,
 *   measure: () => { index: number, height: number, lead: number }[],
 *   kept: () => number[],
 *   scrollTo: (top: number) => void,
 *   scrollToEnd: () => void,
 * }} Surface `sight` says how far it is scrolled, how much of it is in view, and where in it the rows
 *   begin. `lead` is the part of a row above what stays when its neighbours change. `kept` are the
 *   rows that must not go, wherever they are
 */

/**
 * The rows around what is in view are drawn, and no others. What is looked at stays where it is,
 * whatever comes or changes around it.
 * @template Item
 */
export class RowWindow {
  #heights = new RowHeights();
  /** @type {Map<number, number>} of the rows that are drawn */
  #leads = new Map();
  /** @type {Items<Item>} */
  #items = { length: 0, at: () => undefined, indexOf: () => -1 };
  /** The rows in view and around it: from the first up to before the last. */
  #range = { first: 0, last: 0 };
  /** @type {number[]} rows outside of the range that are drawn as well */
  #kept = [];
  /** @type {{ index: number, into: number } | null} what is at the top of the view; null at the end */
  #anchor = null;
  #surface;

  /** @param {Surface} surface */
  constructor(surface) {
    this.#surface = surface;
  }

  /** Whether the end stays in view. */
  get isAtEnd() {
    return this.#anchor === null;
  }

  /** The index of the last row that is in view down to its end; -1 where there is none. */
  get lastInView() {
    const { top, height, start } = this.#surface.sight();
    const bottom = top + height - start;
    const index = this.#heights.at(bottom);
    return this.#heights.offset(index + 1) <= bottom ? index : index - 1;
  }

  /**
   * Other rows are there, or they look different. What is in view stays there, unless it is the end.
   * @param {Items<Item>} items
   */
  change(items) {
    if (this.#anchor) this.#anchor = this.#anchorAt(this.#surface.sight());
    this.#kept = this.#surface.kept();
    this.#replace(items);
    this.#fill(true);
  }

  /** The surface was scrolled. */
  scrolled(isAtEnd = false) {
    const sight = this.#surface.sight();
    this.#anchor = isAtEnd ? null : this.#anchorAt(sight);
    if (!this.#covers(sight, SPARE)) this.#fill();
  }

  /** Rows or the view have got another size by themselves. */
  resized() {
    this.#measure();
    this.#fill();
  }

  end() {
    this.#anchor = null;
    this.#fill();
  }

  /**
   * Brings a row into view.
   * @param {number} index
   * @param {number} share how far down in the view, of its height
   */
  bring(index, share) {
    this.#anchor = { index, into: -share * this.#surface.sight().height };
    this.#fill();
  }

  /**
   * Draws until what is in view is drawn, with some more around it, and scrolls to it.
   * @param {boolean} [isStale] whether what is drawn is to be drawn again
   */
  #fill(isStale = false) {
    if (!isStale) this.#kept = this.#surface.kept();
    for (let round = 0; round < ROUNDS; round++) {
      const { height, start } = this.#surface.sight();
      // It cannot be scrolled any further than to the end.
      const place = Math.min(this.#topOf(height), Math.max(0, this.#heights.total - height));
      const sight = { height, start, top: start + place };
      const isCovered = this.#covers(sight, round === 0 ? SPARE : 0);
      if (isCovered && !(isStale && round === 0)) break;
      if (!isCovered) this.#range = this.#rangeOf(sight);
      this.#draw();
    }
    this.#scroll();
  }

  #scroll() {
    if (this.#anchor === null) return this.#surface.scrollToEnd();
    const { top, height, start } = this.#surface.sight();
    const wanted = start + this.#topOf(height);
    if (Math.abs(wanted - top) >= 0.5) this.#surface.scrollTo(wanted);
  }

  #draw() {
    this.#surface.draw([...this.#parts()]);
    this.#measure();
  }

  #measure() {
    const rows = this.#surface.measure();
    this.#heights.measured(rows);
    this.#leads = new Map(rows.map(({ index, lead }) => [index, lead]));
  }

  /** @returns {Generator<Part>} */
  *#parts() {
    const { first, last } = this.#range;
    const length = this.#items.length;
    const outside = this.#kept.filter((it) => it < length && (it < first || it >= last));
    const within = Array.from({ length: last - first }, (_, index) => first + index);
    let next = 0;
    for (const index of [...outside, ...within].sort((a, b) => a - b)) {
      if (index > next) yield this.#gap(next, index);
      yield { index };
      next = index + 1;
    }
    if (next < length) yield this.#gap(next, length);
  }

  /**
   * @param {number} from
   * @param {number} before
   */
  #gap(from, before) {
    return { gap: this.#heights.offset(before) - this.#heights.offset(from), before };
  }

  /**
   * How far the rows have to be scrolled so that what is looked at is where it was.
   * @param {number} height of the view
   */
  #topOf(height) {
    if (this.#anchor === null) return Math.max(0, this.#heights.total - height);
    const { index, into } = this.#anchor;
    return this.#heights.offset(index) + (this.#leads.get(index) ?? 0) + into;
  }

  /** @param {ReturnType<Surface["sight"]>} sight */
  #anchorAt({ top, start }) {
    // What has just been unfolded is higher than it was.
    this.#measure();
    const place = top - start;
    const index = this.#heights.at(Math.max(0, place));
    const begin = this.#heights.offset(index) + (this.#leads.get(index) ?? 0);
    return { index, into: place - begin };
  }

  /**
   * Whether all that is in view is drawn, and as much again of what is around it.
   * @param {ReturnType<Surface["sight"]>} sight
   * @param {number} share of the margin
   */
  #covers(sight, share) {
    const { first, last } = this.#rangeOf(sight, share);
    return this.#range.first <= first && last <= this.#range.last;
  }

  /**
   * @param {ReturnType<Surface["sight"]>} sight
   * @param {number} [share]
   */
  #rangeOf({ top, height, start }, share = 1) {
    if (this.#items.length === 0) return { first: 0, last: 0 };
    const margin = Math.max(MARGIN_PX, height * MARGIN) * share;
    const first = this.#heights.at(top - start - margin);
    return { first, last: this.#heights.at(top - start + height + margin) + 1 };
  }

  /** @param {Items<Item>} items */
  #replace(items) {
    const before = this.#items;
    this.#items = items;
    const placeOf = (/** @type {number} */ index) => {
      const item = before.at(index);
      return item === undefined ? -1 : items.indexOf(item);
    };
    const front = placeOf(0);
    const isWhole = before.length > 0 && front >= 0 && isSame(before, items, front);
    if (isWhole) this.#heights.resize(front, items.length);
    else this.#heights.rearrange(items.length, placeOf);
    this.#move(placeOf);
  }

  /** @param {(index: number) => number} placeOf */
  #move(placeOf) {
    const length = this.#items.length;
    this.#kept = this.#kept.map(placeOf).filter((index) => index >= 0);
    if (this.#anchor) {
      const { index, into } = this.#anchor;
      const place = placeOf(index);
      this.#anchor = { index: place >= 0 ? place : Math.min(index, length - 1), into };
    }
    const { first, last } = this.#range;
    const [begin, end] = [placeOf(first), placeOf(last - 1)];
    const isWhole = last > first && begin >= 0 && end - begin === last - 1 - first;
    // Where rows came in between, it is chosen again: not all of them need be drawn.
    this.#range = isWhole ? { first: begin, last: end + 1 } : { first: 0, last: 0 };
    this.#leads.clear();
  }
}

/**
 * Whether the items from before are there without any between them; those at the end may differ.
 * @template Item
 * @param {Items<Item>} before
 * @param {Items<Item>} now
 * @param {number} front how many are there in front of them
 */
function isSame(before, now, front) {
  const last = before.length - 1;
  const item = before.at(last);
  return item !== undefined && now.indexOf(item) === front + last;
}
