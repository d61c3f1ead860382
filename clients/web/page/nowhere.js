import { byId, say } from "./dom.js";
import { words } from "./words/index.js";

/** Stands in the conversation's place where the address leads to none. */
export class Nowhere {
  #text = byId("nowhere-text", HTMLParagraphElement);
  #back = byId("nowhere-back", HTMLButtonElement);

  /** @param {() => void} onBack */
  constructor(onBack) {
    this.#back.addEventListener("click", onBack);
  }

  get isShown() {
    return !this.#back.hidden;
  }

  /** @param {boolean} isKnown whether all conversations of the user are listed */
  show(isKnown) {
    this.#back.hidden = false;
    this.#back.focus();
    say(this.#text, words(isKnown ? "room.unknown" : "room.not_stored"));
  }

  hide() {
    this.#back.hidden = true;
    say(this.#text, "");
  }
}
