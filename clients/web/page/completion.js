import { byId, element } from "./dom.js";
import { EVERYBODY, mentionBefore } from "./mentions.js";

const MOST = 6;

/** The names that complete an `@` in the message field: chosen by arrow keys, Enter or Tab. */
export class Completion {
  #list = byId("completion", HTMLUListElement);
  /** @type {string[]} */
  #names = [];
  #at = 0;
  #field;
  #namesFor;

  /**
   * @param {HTMLTextAreaElement} field
   * @param {() => string[]} namesFor who can be named
   */
  constructor(field, namesFor) {
    this.#field = field;
    this.#namesFor = namesFor;
    field.addEventListener("input", () => this.#look());
    field.addEventListener("blur", () => this.close());
    // Before the field's own keys: Enter chooses a name, and sends nothing.
    field.addEventListener("keydown", (event) => this.#key(event), { capture: true });
  }

  close() {
    this.#names = [];
    this.#show();
  }

  #look() {
    const begun = mentionBefore(this.#field.value, this.#field.selectionStart);
    this.#at = 0;
    this.#names =
      begun === null
        ? []
        : [...this.#namesFor(), EVERYBODY].filter((name) => name.startsWith(begun)).slice(0, MOST);
    if (this.#names.length === 1 && this.#names[0] === begun) this.#names = [];
    this.#show();
  }

  #show() {
    this.#list.hidden = this.#names.length === 0;
    this.#list.replaceChildren(...this.#names.map((name, index) => this.#option(name, index)));
    if (this.#list.hidden) this.#field.removeAttribute("aria-activedescendant");
    else this.#field.setAttribute("aria-activedescendant", `completion-${this.#at}`);
  }

  /**
   * @param {string} name
   * @param {number} index
   */
  #option(name, index) {
    const option = element(
      "li",
      { id: `completion-${index}`, role: "option", "aria-selected": String(index === this.#at) },
      `@${name}`,
    );
    // The field keeps the focus.
    option.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.#choose(name);
    });
    return option;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (this.#names.length === 0 || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const name = this.#names[this.#at];
    if (step) {
      this.#at = (this.#at + step + this.#names.length) % this.#names.length;
      this.#show();
    } else if ((event.key === "Enter" || event.key === "Tab") && name) {
      this.#choose(name);
    } else if (event.key === "Escape") {
      this.close();
    } else {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** @param {string} name */
  #choose(name) {
    const { value, selectionStart } = this.#field;
    const begun = mentionBefore(value, selectionStart) ?? "";
    const begins = selectionStart - begun.length;
    this.#field.setRangeText(`${name} `, begins, selectionStart, "end");
    this.close();
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
