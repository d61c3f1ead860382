import { byId, element, icon } from "./dom.js";
import { placeAt } from "./placing.js";
import { words } from "./words/index.js";

/**
 * `isChecked`: the item is one of several, of which one holds.
 * @typedef {{
 *   text: string, icon: string, act: () => void, isDanger?: boolean, isChecked?: boolean,
 * }} Item
 */

const STEPS = new Map([
  ["ArrowDown", 1],
  ["ArrowRight", 1],
  ["ArrowUp", -1],
  ["ArrowLeft", -1],
]);
const ACROSS = new Set(["ArrowLeft", "ArrowRight"]);

/** A menu that opens at a button: one at a time, closed by Escape, a click elsewhere or a choice. */
export class Menu {
  #box = byId("menu", HTMLDivElement);
  /** @type {HTMLElement | null} */
  #anchor = null;

  constructor() {
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    this.#box.addEventListener("toggle", (event) => {
      if (/** @type {ToggleEvent} */ (event).newState === "closed") this.#closed();
    });
  }

  /**
   * @param {HTMLElement} anchor the button, which gets the focus back
   * @param {HTMLElement | null} head what stands above the items
   * @param {Item[]} items
   */
  open(anchor, head, items) {
    this.close();
    this.#anchor = anchor;
    if (anchor.hasAttribute("aria-haspopup")) anchor.setAttribute("aria-expanded", "true");
    const list = element(
      "div",
      { role: "menu", "aria-label": words("action.label") },
      ...items.map(this.#item),
    );
    this.#box.replaceChildren(...(head ? [head] : []), list);
    this.#box.showPopover();
    placeAt(this.#box, anchor);
    this.#choices()[0]?.focus();
  }

  close() {
    if (this.#box.matches(":popover-open")) this.#box.hidePopover();
  }

  /** @param {Item} item */
  #item = ({ text, icon: name, act, isDanger, isChecked }) => {
    const choose = () => {
      this.close();
      act();
    };
    const kind = isDanger ? "menu-item danger-text" : "menu-item";
    const role = isChecked === undefined ? "menuitem" : "menuitemradio";
    const checked = isChecked === undefined ? {} : { "aria-checked": String(isChecked) };
    const attributes = { class: kind, type: "button", role, ...checked, onclick: choose };
    return element("button", attributes, icon(name), text);
  };

  #choices() {
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.#box.querySelectorAll("button"))];
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const all = this.#choices();
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const isMirrored = document.dir === "rtl" && ACROSS.has(event.key);
    const step = (STEPS.get(event.key) ?? 0) * (isMirrored ? -1 : 1);
    if (step) {
      event.preventDefault();
      const next = at + step;
      all[(next + all.length) % all.length]?.focus();
    } else if (event.key === "Tab") {
      this.close();
    } else if (event.key === "Escape") {
      // It closes the menu, and no panel behind it.
      event.stopPropagation();
      this.close();
    }
  }

  #closed() {
    if (this.#anchor?.hasAttribute("aria-expanded"))
      this.#anchor.setAttribute("aria-expanded", "false");
    const hadFocus =
      this.#box.contains(document.activeElement) || document.activeElement === document.body;
    if (hadFocus) this.#anchor?.focus();
    this.#anchor = null;
    this.#box.replaceChildren();
  }
}
