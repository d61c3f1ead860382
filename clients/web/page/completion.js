import { byId, element } from "./dom.js";

/** @typedef {{ shown: string, inserted: string, isWhole?: boolean }} Option `isWhole`: it is written to its end, so nothing else is meant */

/**
 * What can be completed: names after `@`, emoji after `:`.
 * @typedef {{
 *   begun: (before: string) => string | null,
 *   options: (begun: string) => Option[] | Promise<Option[]>,
 * }} Source what is being written before the caret, with its sign, and what completes it
 */

/** What completes a word in the message field: chosen by arrow keys, Enter or Tab. */
export class Completion {
  #list = byId("completion", HTMLUListElement);
  /** @type {Option[]} */
  #options = [];
  #begun = "";
  #at = 0;
  /** How often was looked: what is found later than the next look is out of date. */
  #looks = 0;
  #field;
  #sources;

  /**
   * @param {HTMLTextAreaElement} field
   * @param {Source[]} sources
   */
  constructor(field, sources) {
    this.#field = field;
    this.#sources = sources;
    field.addEventListener("input", () => this.#look());
    field.addEventListener("blur", () => this.close());
    document.addEventListener("selectionchange", () => this.#moved());
    // Before the field's own keys: Enter chooses a name, and sends nothing.
    field.addEventListener("keydown", (event) => this.#key(event), { capture: true });
  }

  close() {
    this.#looks++;
    this.#options = [];
    this.#show();
  }

  async #look() {
    const look = ++this.#looks;
    const before = this.#before();
    const [found] = this.#sources.flatMap(({ begun, options }) => {
      const written = begun(before);
      return written === null ? [] : [{ written, options: options(written) }];
    });
    const options = found?.options instanceof Promise ? await found.options : found?.options;
    if (look !== this.#looks || before !== this.#before()) return;
    this.#begun = found?.written ?? "";
    this.#at = 0;
    this.#options = options ?? [];
    const [first] = this.#options;
    if (first?.isWhole) return this.#choose(first, "");
    if (this.#options.length === 1 && first?.inserted === this.#begun) this.#options = [];
    this.#show();
  }

  #before() {
    return this.#field.value.slice(0, this.#field.selectionStart);
  }

  #moved() {
    if (this.#options.length > 0 && !this.#before().endsWith(this.#begun)) this.close();
  }

  #show() {
    this.#list.hidden = this.#options.length === 0;
    this.#list.replaceChildren(...this.#options.map((option, index) => this.#item(option, index)));
    if (this.#list.hidden) this.#field.removeAttribute("aria-activedescendant");
    else this.#field.setAttribute("aria-activedescendant", `completion-${this.#at}`);
  }

  /**
   * @param {Option} option
   * @param {number} index
   */
  #item(option, index) {
    const item = element(
      "li",
      { id: `completion-${index}`, role: "option", "aria-selected": String(index === this.#at) },
      option.shown,
    );
    // The field keeps the focus.
    item.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.#choose(option);
    });
    return item;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (this.#options.length === 0 || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const option = this.#options[this.#at];
    if (step) {
      this.#at = (this.#at + step + this.#options.length) % this.#options.length;
      this.#show();
    } else if ((event.key === "Enter" || event.key === "Tab") && option) {
      this.#choose(option);
    } else if (event.key === "Escape") {
      this.close();
    } else {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /**
   * @param {Option} option
   * @param {string} [after]
   */
  #choose({ inserted }, after = " ") {
    const { selectionStart } = this.#field;
    const begins = selectionStart - this.#begun.length;
    this.#field.setRangeText(inserted + after, begins, selectionStart, "end");
    this.close();
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
