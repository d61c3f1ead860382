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
    this.element.addEventListener("keydown", (event) => this.#key(event));
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
    return row?.kind === "message" || row?.kind === "system" ? row.seq : 0;
  }

  /** @param {Shown} shown */
  show(shown) {
    this.#rows = this.#looks.of(shown);
    this.#drawn = new Map(
      this.#rows.map((row) => [row, this.#drawn.get(row) ?? rowElement(row, this.#acts)]),
    );
    this.#letTabIn();
    arrange(this.element, [...this.#drawn.values()]);
  }

  /**
   * The element of a message that is in the list.
   * @param {string} messageId
   */
  elementOf(messageId) {
    const row = this.#rows.find(
      (it) => it.kind === "message" && it.stored?.message_id === messageId,
    );
    return row ? this.#drawn.get(row) : undefined;
  }

  /** Tab leads to the actions of one message: the one used last, or the newest. */
  #letTabIn() {
    const buttons = this.#buttons();
    if (buttons.some((button) => button === document.activeElement)) return;
    const last = buttons.at(-1);
    if (!last || last.tabIndex === 0) return;
    for (const button of buttons) if (button.tabIndex === 0) button.tabIndex = -1;
    last.tabIndex = 0;
  }

  #buttons() {
    /** @type {HTMLButtonElement[]} */
    const buttons = [];
    for (const row of this.#drawn.values()) {
      /** @type {HTMLButtonElement | null} */
      const button = row.querySelector("button.actions");
      if (button) buttons.push(button);
    }
    return buttons;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const { target } = event;
    if (!step || !(target instanceof HTMLButtonElement) || !target.matches(".actions")) return;
    const buttons = this.#buttons();
    const next = buttons[buttons.indexOf(target) + step];
    if (!next) return;
    event.preventDefault();
    target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  clear() {
    this.#looks = new Rows();
    this.#rows = [];
    this.#drawn.clear();
    this.element.replaceChildren();
  }
}
