import { arrange, byId } from "./dom.js";
import { rowElement } from "./message.js";
import { Rows } from "./rows.js";

/** @import { Acts } from "./message.js" */
/** @import { Row, Shown } from "./rows.js" */

/** The rows of the open conversation: a row that did not change keeps its element. */
export class MessageList {
  #looks = new Rows();
  /** @type {Row[]} */
  #rows = [];
  /** @type {Map<Row, HTMLLIElement>} */
  #drawn = new Map();
  #acts;
  element = byId("messages", HTMLOListElement);

  /** @param {Acts} acts */
  constructor(acts) {
    this.#acts = acts;
  }

  get isEmpty() {
    return this.#rows.length === 0;
  }

  /** @returns {HTMLElement | null} where what is new begins */
  get mark() {
    return this.element.querySelector(".unread-mark");
  }

  /**
   * The number up to which the messages go at this place in the list.
   * @param {number} index
   */
  seqAt(index) {
    const row = this.#rows[index];
    return row?.kind === "message" ? row.seq : 0;
  }

  /** @param {Shown} shown */
  show(shown) {
    this.#rows = this.#looks.of(shown);
    this.#drawn = new Map(
      this.#rows.map((row) => [row, this.#drawn.get(row) ?? rowElement(row, this.#acts)]),
    );
    arrange(this.element, [...this.#drawn.values()]);
  }

  clear() {
    this.#looks = new Rows();
    this.#rows = [];
    this.#drawn.clear();
    this.element.replaceChildren();
  }
}
