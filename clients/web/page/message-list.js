import { Fragment, h, render } from "preact";

import { byId } from "./dom.js";
import { lastingRow } from "./message.js";
import { Rows } from "./rows.js";

/** @import { Message } from "../src/index.js" */
/** @import { Items } from "./items.js" */
/** @import { Acts } from "./message.js" */
/** @import { Shown } from "./rows.js" */
/** @import { Part } from "./row-window.js" */

/** So many rows stay in the document although they are out of view, such as those of a selection. */
const MOST_KEPT = 200;

/** The rows of the open conversation. A row keeps its element for as long as it is drawn. */
export class MessageList {
  #rows = new Rows();
  /** @type {Items | null} */
  #items = null;
  /** @type {{ index: number, elements: HTMLElement[] }[]} from top to bottom */
  #drawn = [];
  #acts;
  #onReach;
  element = byId("messages", HTMLOListElement);

  /**
   * @param {Acts} acts
   * @param {(index: number) => void} onReach a row that the keyboard leads to has to be drawn
   */
  constructor(acts, onReach) {
    this.#acts = acts;
    this.#onReach = onReach;
    this.element.addEventListener("keydown", (event) => this.#key(event));
  }

  get isEmpty() {
    return !this.#items?.length;
  }

  /** The index of the first message that is new; -1 where none is. */
  get firstUnread() {
    return this.#rows.firstUnread;
  }

  /**
   * The number up to which the messages go at this place in the list.
   * @param {number} index
   */
  seqAt(index) {
    return this.#items?.at(index)?.seq ?? 0;
  }

  /**
   * @param {Shown} shown
   * @returns {Items} what there is to draw
   */
  set(shown) {
    this.#items = this.#rows.set(shown);
    return this.#items;
  }

  /** @param {Part[]} parts */
  draw(parts) {
    const indices = parts.flatMap((part) => ("index" in part ? [part.index] : []));
    const rows = new Map(this.#rows.of(indices).map((rows, place) => [indices[place], rows]));
    const rowsOf = (/** @type {Part} */ part) => ("index" in part && rows.get(part.index)) || [];
    const views = parts.map((part) =>
      "gap" in part ? gapView(part) : rowsOf(part).map((row) => lastingRow(row, this.#acts)),
    );
    render(h(Fragment, null, ...views.flat()), this.element);
    this.#drawn = [];
    let first = 0;
    for (const part of parts) {
      const many = "gap" in part ? 1 : rowsOf(part).length;
      if ("index" in part)
        this.#drawn.push({ index: part.index, elements: this.#children(first, many) });
      first += many;
    }
    this.#letTabIn();
  }

  /**
   * @param {number} first
   * @param {number} many
   */
  #children(first, many) {
    const { children } = this.element;
    return Array.from(
      { length: many },
      (_, it) => /** @type {HTMLElement} */ (children[first + it]),
    );
  }

  /** How high each of the rows is that are drawn. */
  measure() {
    return this.#drawn.map(({ index, elements }) => {
      const heights = elements.map((row) => row.getBoundingClientRect().height);
      const height = heights.reduce((sum, it) => sum + it, 0);
      return { index, height, lead: height - (heights.at(-1) ?? 0) };
    });
  }

  /** The rows that somebody is using: what has begun to play, is selected or has the focus. */
  kept() {
    const { activeElement } = document;
    /** @type {NodeListOf<HTMLMediaElement>} */
    const all = this.element.querySelectorAll("video, audio");
    const players = [...all].filter(({ currentTime, ended }) => currentTime > 0 && !ended);
    const used = [
      activeElement,
      ...players,
      this.element.querySelector(".actions[aria-expanded=true]"),
    ];
    const selection = document.getSelection();
    const isUsed = (/** @type {HTMLElement} */ row) =>
      used.some((it) => it && row.contains(it)) ||
      (selection && !selection.isCollapsed && selection.containsNode(row, true));
    return this.#drawn
      .filter(({ elements }) => elements.some(isUsed))
      .map(({ index }) => index)
      .slice(0, MOST_KEPT);
  }

  /**
   * The index of a message; -1 if it is not in the list.
   * @param {Message | null} message
   */
  indexOf(message) {
    return message ? (this.#items?.indexOfSeq(message.seq) ?? -1) : -1;
  }

  /**
   * The element of a row that is drawn.
   * @param {number} index
   */
  elementOf(index) {
    return this.#drawn.find((it) => it.index === index)?.elements.at(-1);
  }

  /** Tab leads to the actions of one message: the one used last, or the newest. */
  #letTabIn() {
    /** @type {NodeListOf<HTMLButtonElement>} */
    const buttons = this.element.querySelectorAll("button.actions");
    if (this.element.contains(document.activeElement)) return;
    const last = buttons[buttons.length - 1];
    if (!last || last.tabIndex === 0) return;
    for (const button of buttons) if (button.tabIndex === 0) button.tabIndex = -1;
    last.tabIndex = 0;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const { target } = event;
    if (!step || !(target instanceof HTMLButtonElement) || !target.matches(".actions")) return;
    const index =
      this.#drawn.find(({ elements }) => elements.at(-1)?.contains(target))?.index ?? -1;
    const next = this.#nextWithActions(index, step);
    if (next < 0) return;
    event.preventDefault();
    target.tabIndex = -1;
    if (!this.elementOf(next)) this.#onReach(next);
    /** @type {HTMLElement | null | undefined} */
    const button = this.elementOf(next)?.querySelector("button.actions");
    if (button) button.tabIndex = 0;
    button?.focus();
  }

  /**
   * @param {number} index
   * @param {number} step
   */
  #nextWithActions(index, step) {
    for (let at = index + step, item; (item = this.#items?.at(at)); at += step) {
      if (item.kind === "message" && item.stored && !item.stored.deletedAt) return at;
    }
    return -1;
  }

  clear() {
    this.#rows = new Rows();
    this.#items = null;
    this.#drawn = [];
    render(null, this.element);
  }
}

/**
 * In place of rows that are not drawn.
 * @param {{ gap: number, before: number }} part of so many pixels
 */
function gapView({ gap, before }) {
  const style = { height: `${gap}px` };
  return h("li", { key: `gap ${before}`, class: "gap", "aria-hidden": "true", style });
}
