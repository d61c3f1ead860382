import { hitsIn } from "./hits.js";

/** The name by which the style sheet knows the hits. */
const NAME = "found";

/**
 * Marks the hits in one message of the list, for as long as it is the one that was chosen. The marks are
 * ranges beside the document and no elements in it, so the list draws its rows as it likes.
 */
export class MarkedMessage {
  #messageId = "";
  #text = "";
  #list;
  #changes = new MutationObserver(() => this.#mark());

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
  }

  /**
   * @param {string} messageId
   * @param {string} text
   */
  show(messageId, text) {
    // Without them the message is pointed out, and no more.
    if (!("highlights" in CSS)) return;
    [this.#messageId, this.#text] = [messageId, text];
    this.#changes.observe(this.#list, { childList: true, subtree: true });
    this.#mark();
  }

  clear() {
    this.#changes.disconnect();
    if ("highlights" in CSS) CSS.highlights.delete(NAME);
  }

  #mark() {
    const message = this.#list.querySelector(`[data-id="${CSS.escape(this.#messageId)}"]`);
    const content = message?.querySelector(".content");
    let ranges = content ? rangesIn(content, this.#text) : [];
    /** @type {HTMLElement | null | undefined} */
    const fold = content?.querySelector(".fold[aria-expanded=false]");
    // The hit is in the part of a long message that is not shown.
    if (ranges.length === 0 && fold) fold.click();
    else CSS.highlights.set(NAME, new Highlight(...ranges));
  }
}

/**
 * @param {Element} content
 * @param {string} wanted
 */
function rangesIn(content, wanted) {
  const walker = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
  /** @type {Text[]} */
  const nodes = [];
  for (let node; (node = walker.nextNode());) {
    if (!node.parentElement?.closest("button")) nodes.push(/** @type {Text} */ (node));
  }
  const whole = nodes.map(({ data }) => data).join("");
  return hitsIn(whole, wanted).map(({ start, end }) => rangeOf(nodes, start, end));
}

/**
 * @param {Text[]} nodes
 * @param {number} start in the text of all of them
 * @param {number} end
 */
function rangeOf(nodes, start, end) {
  const range = new Range();
  let at = 0;
  for (const node of nodes) {
    const next = at + node.length;
    if (start >= at && start < next) range.setStart(node, start - at);
    if (end > at && end <= next) range.setEnd(node, end - at);
    at = next;
  }
  return range;
}
