import { byId, say } from "./dom.js";

/** What happened to the user rather than by them; it stays until it is closed or outdated. */
export class Notice {
  #box = byId("notice", HTMLElement);
  #text = byId("notice-text", HTMLParagraphElement);

  constructor() {
    byId("notice-close", HTMLButtonElement).addEventListener("click", () => this.hide());
  }

  /** @param {string} text */
  show(text) {
    // A live region that is hidden is not heard: shown first, then filled. Filled also with the
    // same text, for it happened again.
    this.#box.hidden = false;
    this.#text.replaceChildren(text);
  }

  hide() {
    this.#box.hidden = true;
    say(this.#text, "");
  }
}
