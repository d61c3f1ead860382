import { arrange, byId, element } from "./dom.js";
import { rowElement } from "./message.js";
import { Rows } from "./rows.js";

/** @import { Message } from "../src/index.js" */
/** @import { Items } from "./items.js" */
/** @import { Acts } from "./message.js" */
/** @import { Row, Shown } from "./rows.js" */
/** @import { Part } from "./row-window.js" */

/** So many rows stay in the document although they are out of view, such as those of a selection. */
const MOST_KEPT = 200;

/** The rows of the open conversation: a row that did not change keeps its element. */
export class MessageList {
  #rows = new Rows();
  /** @type {Items | null} */
  #items = null;
  /** @type {{ index: number, rows: Row[] }[]} from top to bottom */
  #drawn = [];
  /** @type {Map<Row, HTMLLIElement>} */
  #elements = new Map();
  #acts;
  #onReach;
  element = byId("messages", HTMLOListElement);

  /**
   * @param {Acts & { retainFiles: (ids: ReadonlySet<string>) => void }} acts
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
    const rows = this.#rows.of(indices);
    this.#drawn = indices.map((index, place) => ({ index, rows: rows[place] ?? [] }));
    this.#elements = new Map(
      rows.flat().map((row) => [row, this.#elements.get(row) ?? rowElement(row, this.#acts)]),
    );
    const drawn = this.#drawn.values();
    const children = parts.flatMap((part) => {
      if ("gap" in part) return [gapElement(part.gap)];
      return this.#elementsOf(drawn.next().value?.rows ?? []);
    });
    arrange(this.element, children);
    this.#letTabIn();
    const files = rows.flat().flatMap((row) => (row.kind === "message" ? row.files : []));
    this.#acts.retainFiles(new Set(files.map(({ attachment_id }) => attachment_id)));
  }

  /** How high each of the rows is that are drawn. */
  measure() {
    return this.#drawn.map(({ index, rows }) => {
      const heights = this.#elementsOf(rows).map((row) => row.getBoundingClientRect().height);
      const height = heights.reduce((sum, it) => sum + it, 0);
      return { index, height, lead: height - (heights.at(-1) ?? 0) };
    });
  }

  /** The rows that somebody is using: what plays, is selected or has the focus stays. */
  kept() {
    const { activeElement } = document;
    const players = [...this.element.querySelectorAll("video, audio")].filter(
      (player) => !(/** @type {HTMLMediaElement} */ (player).paused),
    );
    const used = [activeElement, ...players, this.element.querySelector("[aria-expanded=true]")];
    const selection = document.getSelection();
    const isUsed = (/** @type {HTMLElement} */ row) =>
      used.some((it) => it && row.contains(it)) ||
      (selection && !selection.isCollapsed && selection.containsNode(row, true));
    return this.#drawn
      .filter(({ rows }) => this.#elementsOf(rows).some(isUsed))
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
    const row = this.#drawn.find((it) => it.index === index)?.rows.at(-1);
    return row && this.#elements.get(row);
  }

  /** @param {readonly Row[]} rows */
  #elementsOf(rows) {
    return rows.flatMap((row) => this.#elements.get(row) ?? []);
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
    const index = this.#drawn.find((it) => this.elementOf(it.index)?.contains(target))?.index ?? -1;
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
      if (item.kind === "message" && item.stored && !item.stored.deleted_at) return at;
    }
    return -1;
  }

  clear() {
    this.#rows = new Rows();
    this.#items = null;
    this.#drawn = [];
    this.#elements.clear();
    this.element.replaceChildren();
  }
}

/**
 * In place of rows that are not drawn.
 * @param {number} height in pixels
 */
function gapElement(height) {
  const gap = element("li", { class: "gap", "aria-hidden": "true" });
  gap.style.height = `${height}px`;
  return gap;
}
