import { countedText } from "./counts.js";
import { byId, say } from "./dom.js";
import { words } from "./words/index.js";

/** The button that leads to the latest messages, and says how many are new. */
export class Jump {
  #button = byId("jump", HTMLButtonElement);
  #text = byId("jump-text", HTMLSpanElement);

  /** @param {() => void} onJump */
  constructor(onJump) {
    this.#button.addEventListener("click", onJump);
  }

  /**
   * @param {boolean} isAtEnd
   * @param {number} unread
   */
  show(isAtEnd, unread) {
    this.#button.hidden = isAtEnd;
    const many = countedText(unread, "room.new_messages", "room.many_new_messages");
    say(this.#text, unread > 0 ? many : words("room.latest"));
  }
}
