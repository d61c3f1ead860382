import { arrange, byId } from "./dom.js";
import { rowElement } from "./message.js";
import { Rows } from "./rows.js";

/** @import { Acts } from "./message.js" */
/** @import { Row, Shown } from "./rows.js" */

/** The rows of the open conversation: a row that did not change keeps its element. */
export class MessageList {
  #rows = new Rows();
  /** @type {Map<Row, HTMLLIElement>} */
  #drawn = new Map();
  #acts;
  element = byId("messages", HTMLOListElement);

  /** @param {Acts} acts */
  constructor(acts) {
    this.#acts = acts;
  }

  get isEmpty() {
    return this.#drawn.size === 0;
  }

  /** @returns {HTMLElement | null} where what is new begins */
  get mark() {
    return this.element.querySelector(".unread-mark");
  }

  /** @param {Shown} shown */
  show(shown) {
    const rows = this.#rows.of(shown);
    this.#drawn = new Map(
      rows.map((row) => [row, this.#drawn.get(row) ?? rowElement(row, this.#acts)]),
    );
    arrange(this.element, [...this.#drawn.values()]);
  }

  clear() {
    this.#rows = new Rows();
    this.#drawn.clear();
    this.element.replaceChildren();
  }
}
