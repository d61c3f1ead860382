import { onlyTouch } from "./asking-to-send.js";
import { byId, say } from "./dom.js";

/** A pointer that rests so long wants to know what a button does. */
const REST_MS = 450;
const BUTTONS = ".icon-button, .send, .pick, .emoji";
const GAP = 6;

/**
 * Shows what a button without words does, while a pointer rests on it or the keyboard is there. With
 * a finger there is none: it would cover what is beside the button. A screen reader has the same
 * words from the button itself, so the tooltip is hidden from it.
 */
export class Tooltip {
  #box = byId("tooltip", HTMLDivElement);
  /** @type {Element | null} */
  #button = null;
  #timer = 0;

  constructor() {
    const hide = () => this.#hide();
    document.addEventListener("pointerover", (event) => this.#over(event));
    document.addEventListener("focusin", ({ target }) => this.#focused(target));
    document.addEventListener("focusout", hide);
    document.addEventListener("pointerdown", hide);
    document.addEventListener("scroll", hide, { capture: true });
    // Before a dialog or a panel takes the key for itself.
    const escape = (/** @type {KeyboardEvent} */ { key }) => key === "Escape" && this.#hide();
    document.addEventListener("keydown", escape, { capture: true });
  }

  /** @param {PointerEvent} event */
  #over({ target, pointerType }) {
    // One that reaches the tooltip itself may stay there.
    if (pointerType === "touch" || target === this.#box) return;
    const button = buttonOf(target);
    if (button === this.#button) return;
    this.#hide();
    this.#button = button;
    if (button) this.#timer = window.setTimeout(() => this.#show(button), REST_MS);
  }

  /** @param {EventTarget | null} target */
  #focused(target) {
    const button = buttonOf(target);
    if (onlyTouch.matches || !button?.matches(":focus-visible")) return;
    this.#hide();
    this.#button = button;
    this.#show(button);
  }

  /** @param {Element} button */
  #show(button) {
    const words = wordsOf(button);
    const isOpen = button.getAttribute("aria-expanded") === "true";
    if (!button.isConnected || isOpen || words === "") return;
    say(this.#box, words);
    this.#box.showPopover();
    this.#place(button.getBoundingClientRect());
  }

  /** @param {DOMRect} button */
  #place({ left, width, top, bottom }) {
    const { offsetWidth, offsetHeight } = this.#box;
    const isBelow = bottom + GAP + offsetHeight < window.innerHeight;
    const x = Math.min(left + width / 2 - offsetWidth / 2, window.innerWidth - offsetWidth - GAP);
    this.#box.style.left = `${Math.max(GAP, x)}px`;
    this.#box.style.top = `${isBelow ? bottom : top - offsetHeight}px`;
  }

  #hide() {
    clearTimeout(this.#timer);
    this.#button = null;
    if (this.#box.matches(":popover-open")) this.#box.hidePopover();
  }
}

/** @param {EventTarget | null} target */
function buttonOf(target) {
  return target instanceof Element ? target.closest(BUTTONS) : null;
}

/**
 * The button's name, unless the browser shows a title of it already.
 * @param {Element} button
 */
function wordsOf(button) {
  if (button.hasAttribute("title")) return "";
  const words =
    button.getAttribute("aria-label") ?? button.querySelector(".hidden-text")?.textContent;
  return words ?? "";
}
