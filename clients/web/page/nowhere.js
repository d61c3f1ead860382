import { byId, say } from "./dom.js";

const UNKNOWN = "There is no such conversation, or you are not in it.";
const NOT_STORED =
  "This conversation is not stored on this device. It opens once there is a connection.";

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
    say(this.#text, isKnown ? UNKNOWN : NOT_STORED);
  }

  hide() {
    this.#back.hidden = true;
    say(this.#text, "");
  }
}
