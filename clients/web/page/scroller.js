/** How near to the end counts as being at it. */
const NEAR_PX = 80;
/** How near to the beginning the page before is wanted. */
const EARLY_PX = 400;

/** Scrolling through messages: what is looked at stays where it is, whatever comes around it. */
export class Scroller {
  #pinned = true;
  /** The measures at which the position was last looked at. */
  #measured = "";
  #box;
  #list;

  /**
   * @param {HTMLElement} box
   * @param {HTMLElement} list
   * @param {{ onEnd: () => void, onBeginning: () => void, onScroll: () => void }} listeners
   */
  constructor(box, list, { onEnd, onBeginning, onScroll }) {
    this.#box = box;
    this.#list = list;
    box.addEventListener("scroll", () => {
      // It is the reader who leaves the end, never a panel that opens or a line that wraps.
      if (this.#pinned && this.#measures !== this.#measured) return this.end();
      this.#pinned = this.#toEnd < NEAR_PX;
      if (this.#pinned) onEnd();
      if (box.scrollTop < EARLY_PX) onBeginning();
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

  end() {
    this.#pinned = true;
    this.#measured = this.#measures;
    this.#box.scrollTop = this.#box.scrollHeight;
  }

  /** @param {HTMLElement} node */
  bring(node) {
    this.#pinned = false;
    this.#box.scrollTop = node.offsetTop - this.#box.clientHeight / 3;
    this.#pinned = this.#toEnd < NEAR_PX;
  }

  /**
   * Changes the list without moving what is in view.
   * @param {() => void} change
   */
  around(change) {
    const anchor = this.#pinned ? null : this.#firstInView();
    const before = anchor?.offsetTop ?? 0;
    change();
    if (this.#pinned) this.end();
    else if (anchor?.isConnected) this.#box.scrollTop += anchor.offsetTop - before;
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
    const rows = this.#list.children;
    const top = this.#box.scrollTop;
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const row = /** @type {HTMLElement} */ (rows[middle]);
      if (row.offsetTop + row.offsetHeight > top) high = middle;
      else low = middle + 1;
    }
    while (low < rows.length && !rows[low]?.matches(".message")) low++;
    return /** @type {HTMLElement | null} */ (rows[low] ?? null);
  }
}
