/** How near to the end counts as being at it. */
const NEAR_PX = 80;
/** How near to the beginning the page before is wanted. */
const EARLY_PX = 400;

/** Scrolling through messages: what is looked at stays where it is, whatever comes around it. */
export class Scroller {
  #pinned = true;
  /** Whether more is to come below: then its end is nothing to stay at. */
  #isOpenEnded = false;
  /** The measures at which the position was last looked at. */
  #measured = "";
  #box;
  #list;

  /**
   * @param {HTMLElement} box
   * @param {HTMLElement} list
   * @param {() => void} onScroll
   */
  constructor(box, list, onScroll) {
    this.#box = box;
    this.#list = list;
    box.addEventListener("scroll", () => {
      // It is the reader who leaves the end, never a panel that opens or a line that wraps.
      if (this.#pinned && this.#measures !== this.#measured) return this.end();
      this.#look();
      onScroll();
    });
    const keep = () => this.#pinned && this.end();
    new ResizeObserver(keep).observe(box);
    new ResizeObserver(keep).observe(list);
  }

  /** Whether the end is in view. */
  get isAtEnd() {
    return this.#pinned;
  }

  /** Whether there is room for earlier messages. */
  get isNearBeginning() {
    return this.#box.scrollTop < EARLY_PX;
  }

  /** Whether there is room for later messages. */
  get isNearEnd() {
    return this.#toEnd < EARLY_PX;
  }

  end() {
    this.#pinned = true;
    this.#measured = this.#measures;
    this.#box.scrollTop = this.#box.scrollHeight;
  }

  /** @param {HTMLElement} node */
  bring(node) {
    this.#box.scrollTop = node.offsetTop - this.#box.clientHeight / 3;
    this.#look();
  }

  /**
   * Changes the list without moving what is in view.
   * @param {() => void} change
   * @param {boolean} isOpenEnded whether more is to come below
   */
  around(change, isOpenEnded) {
    if (isOpenEnded) this.#pinned = false;
    const anchor = this.#pinned ? null : this.#firstInView();
    const before = anchor?.offsetTop ?? 0;
    change();
    if (this.#pinned) this.end();
    else if (anchor?.isConnected) this.#box.scrollTop += anchor.offsetTop - before;
    if (isOpenEnded === this.#isOpenEnded) return;
    this.#isOpenEnded = isOpenEnded;
    this.#look();
  }

  /** The index of the last message that is in view down to its end; -1 where there is none. */
  get lastInView() {
    const bottom = this.#box.scrollTop + this.#box.clientHeight;
    let index = this.#firstRow((row) => row.offsetTop + row.offsetHeight > bottom) - 1;
    while (index >= 0 && !this.#isMessage(index)) index--;
    return index;
  }

  #look() {
    this.#pinned = !this.#isOpenEnded && this.#toEnd < NEAR_PX;
  }

  get #measures() {
    const { clientWidth, clientHeight, scrollHeight } = this.#box;
    return [clientWidth, clientHeight, scrollHeight].join(" ");
  }

  get #toEnd() {
    return this.#box.scrollHeight - this.#box.scrollTop - this.#box.clientHeight;
  }

  /** A message, since the line above a day's first one moves on to earlier ones. */
  #firstInView() {
    const top = this.#box.scrollTop;
    let index = this.#firstRow((row) => row.offsetTop + row.offsetHeight > top);
    while (index < this.#list.children.length && !this.#isMessage(index)) index++;
    return this.#row(index);
  }

  /**
   * The index of the first row of which it holds, as it does of all that follow.
   * @param {(row: HTMLElement) => boolean} holds
   */
  #firstRow(holds) {
    let [low, high] = [0, this.#list.children.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const row = this.#row(middle);
      if (row && holds(row)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** @param {number} index */
  #isMessage(index) {
    return this.#row(index)?.matches(".message");
  }

  /** @param {number} index */
  #row(index) {
    return /** @type {HTMLElement | null} */ (this.#list.children[index] ?? null);
  }
}
