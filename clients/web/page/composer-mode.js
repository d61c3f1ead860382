import { byId, say } from "./dom.js";
import { quotedText } from "./message.js";
import { words } from "./words/index.js";

/** @import { Message } from "../src/index.js" */

/**
 * What the composer writes: a new message, a reply to one, or the new text of one.
 * @typedef {{ kind: "new" } | { kind: "reply" | "edit", message: Message }} Mode
 */

/** The line above the composer that says what is written, with a button that ends it. */
export class ComposerMode {
  #bar = byId("composer-mode", HTMLDivElement);
  #title = byId("composer-mode-title", HTMLSpanElement);
  #text = byId("composer-mode-text", HTMLSpanElement);
  /** @type {Mode} */
  #mode = { kind: "new" };

  /** @param {() => void} onCancel */
  constructor(onCancel) {
    byId("composer-mode-cancel", HTMLButtonElement).addEventListener("click", onCancel);
  }

  get current() {
    return this.#mode;
  }

  /** @param {Mode} mode */
  set(mode) {
    this.#mode = mode;
    this.#bar.hidden = mode.kind === "new";
    if (mode.kind === "new") return say(this.#text, "");
    const replying = () => words("composer.replying", { name: mode.message.username });
    say(this.#title, mode.kind === "edit" ? words("composer.editing") : replying());
    say(this.#text, quotedText(mode.message));
  }

  /**
   * What was edited has changed meanwhile: shown, so that the user decides.
   * @param {Message} message as it is now
   */
  outdated(message) {
    this.set({ kind: "edit", message });
    say(
      this.#title,
      words(message.deletedAt ? "composer.deleted_meanwhile" : "composer.edited_meanwhile"),
    );
  }
}
