import { RowWindow } from "./row-window.js";

/** @import { Item, Items } from "./items.js" */
/** @import { Surface } from "./row-window.js" */

/** How near to the end counts as being at it. */
const NEAR_PX = 80;
/** How near to the beginning the page before is wanted. */
const EARLY_PX = 400;
/** A message that is brought into view has so much of the view above it. */
const ABOVE = 1 / 3;

/** Scrolling through messages: what is looked at stays where it is, whatever comes around it. */
export class Scroller {
  /** Whether more is to come below: then its end is nothing to stay at. */
  #isOpenEnded = false;
  /** The measures at which the position was last looked at. */
  #measured = "";
  /** @type {RowWindow<Item>} */
  #window;
  #box;

  /**
   * @param {HTMLElement} box
   * @param {{ element: HTMLElement } & Pick<Surface, "draw" | "measure" | "kept">} list
   * @param {() => void} onScroll
   */
  constructor(box, list, onScroll) {
    this.#box = box;
    this.#window = new RowWindow({
      draw: (parts) => list.draw(parts),
      measure: () => list.measure(),
      kept: () => list.kept(),
      sight: () => ({
        top: box.scrollTop,
        height: box.clientHeight,
        start: list.element.offsetTop,
      }),
      scrollTo: (top) => (box.scrollTop = top),
      scrollToEnd: () => this.#toEnd(),
    });
    box.addEventListener("scroll", () => {
      // It is the reader who leaves the end, never a panel that opens or a line that wraps.
      if (this.isAtEnd && this.#measures !== this.#measured) return this.end();
      this.#look();
      onScroll();
    });
    const keep = () => this.#window.resized();
    new ResizeObserver(keep).observe(box);
    new ResizeObserver(keep).observe(list.element);
  }

  /** Whether the end is in view. */
  get isAtEnd() {
    return this.#window.isAtEnd;
  }

  /** Whether there is room for earlier messages. */
  get isNearBeginning() {
    return this.#box.scrollTop < EARLY_PX;
  }

  /** Whether there is room for later messages. */
  get isNearEnd() {
    return this.#below < EARLY_PX;
  }

  /** The index of the last row that is in view down to its end; -1 where there is none. */
  get lastInView() {
    return this.#window.lastInView;
  }

  end() {
    this.#window.end();
  }

  /**
   * Brings a row into view, and has it drawn.
   * @param {number} index
   */
  bring(index) {
    this.#window.bring(index, ABOVE);
    this.#look();
  }

  /**
   * Shows other rows without moving what is in view.
   * @param {Items} items
   * @param {boolean} isOpenEnded whether more is to come below
   */
  change(items, isOpenEnded) {
    if (isOpenEnded && this.isAtEnd) this.#window.scrolled();
    this.#window.change(items);
    if (isOpenEnded === this.#isOpenEnded) return;
    this.#isOpenEnded = isOpenEnded;
    this.#look();
  }

  #look() {
    this.#window.scrolled(!this.#isOpenEnded && this.#below < NEAR_PX);
  }

  #toEnd() {
    this.#measured = this.#measures;
    this.#box.scrollTop = this.#box.scrollHeight;
  }

  get #measures() {
    const { clientWidth, clientHeight, scrollHeight } = this.#box;
    return [clientWidth, clientHeight, scrollHeight].join(" ");
  }

  get #below() {
    return this.#box.scrollHeight - this.#box.scrollTop - this.#box.clientHeight;
  }
}
