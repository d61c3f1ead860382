import { nameOf } from "../entry.js";
import { byId } from "../dom.js";
import { plainLetters } from "./folding.js";

/** @import { Entry } from "../entry.js" */

/** Leaves conversations out of the list: by their names, or those without unread messages. */
export class ListFilter {
  #field = byId("filter", HTMLInputElement);
  #unread = byId("unread-only", HTMLButtonElement);
  #isUnreadOnly = false;

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.#field.addEventListener("input", onChange);
    this.#field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.#field.value === "") return;
      // It empties the field, and closes no panel.
      event.stopPropagation();
      this.#field.value = "";
      onChange();
    });
    this.#unread.addEventListener("click", () => {
      this.#isUnreadOnly = !this.#isUnreadOnly;
      this.#unread.setAttribute("aria-pressed", String(this.#isUnreadOnly));
      onChange();
    });
  }

  get isActive() {
    return this.#isUnreadOnly || this.#field.value.trim() !== "";
  }

  /**
   * @param {Entry} entry
   * @param {boolean} isCurrent what is open stays, although it was read just now
   */
  accepts(entry, isCurrent) {
    if (this.#isUnreadOnly && entry.unread === 0 && !isCurrent) return false;
    return plainLetters(nameOf(entry)).includes(plainLetters(this.#field.value.trim()));
  }
}
