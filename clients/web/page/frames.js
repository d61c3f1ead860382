import { byId, element, icon } from "./dom.js";
import { frameText } from "./frame-text.js";
import { words } from "./words/index.js";

/** @import { Chat, Events } from "../src/index.js" */

const KEPT = 300;

/** The panel for developers: every frame, as it went over the wire. */
export class Frames {
  #box = byId("frame-scroller", HTMLDivElement);
  #list = byId("frame-list", HTMLOListElement);
  #filter = byId("frames-filter", HTMLInputElement);

  /** @param {Chat} chat */
  constructor(chat) {
    chat.on("frame", (frame) => this.#add(frame));
    this.#filter.addEventListener("input", () => this.#applyFilter());
    byId("frames-clear", HTMLButtonElement).addEventListener("click", () =>
      this.#list.replaceChildren(),
    );
  }

  /** To the latest. */
  show() {
    this.#box.scrollTop = this.#box.scrollHeight;
  }

  /** @param {Events["frame"]} frame */
  #add({ direction, text, at }) {
    const { scrollHeight, scrollTop, clientHeight } = this.#box;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < 60;
    const { type, pretty } = frameText(text);
    const item = frameElement(direction, type, pretty, new Date(at));
    item.hidden = !matches(item, this.#filter.value);
    this.#list.append(item);
    if (this.#list.childElementCount > KEPT) this.#list.firstElementChild?.remove();
    if (isAtEnd) this.show();
  }

  #applyFilter() {
    for (const item of this.#list.children) {
      /** @type {HTMLElement} */ (item).hidden = !matches(item, this.#filter.value);
    }
  }
}

/**
 * @param {"in" | "out"} direction
 * @param {string} type
 * @param {string} pretty
 * @param {Date} at
 */
function frameElement(direction, type, pretty, at) {
  const isOut = direction === "out";
  const arrow = element("span", { class: "frame-arrow" }, isOut ? "↑" : "↓");
  arrow.setAttribute("role", "img");
  arrow.setAttribute("aria-label", words(isOut ? "frames.sent" : "frames.received"));
  const time = element("time", { datetime: at.toISOString() }, at.toISOString().slice(11, 23));
  const summary = element("summary", {}, arrow, element("code", {}, type), time, icon("down"));
  return element(
    "li",
    { class: `frame ${direction}` },
    element("details", {}, summary, element("pre", { dir: "ltr" }, pretty)),
  );
}

/**
 * @param {Element} item
 * @param {string} wanted
 */
function matches(item, wanted) {
  return (item.textContent ?? "").toLowerCase().includes(wanted.trim().toLowerCase());
}
