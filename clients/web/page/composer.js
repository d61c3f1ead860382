import { CONTENT_BYTES } from "../src/index.js";
import { byId, say } from "./dom.js";

/** @import { Chat } from "../src/index.js" */

const HINT_ABOVE = 0.9;
/** What an input method's own keys are called, also by browsers that end the composition first. */
const OF_INPUT_METHOD = 229;
const utf8 = new TextEncoder();
const onlyTouch = window.matchMedia("(pointer: coarse) and (hover: none)");

/** Where messages are written. What was begun in a conversation waits there. */
export class Composer {
  #form = byId("composer", HTMLFormElement);
  #text = byId("composer-text", HTMLTextAreaElement);
  #button = byId("send", HTMLButtonElement);
  #hint = byId("composer-hint", HTMLParagraphElement);
  #usualHint = [...this.#hint.childNodes];
  /** @type {Map<string, string>} */
  #drafts = new Map();
  /** @type {string | null} */
  #conversationId = null;
  /** What was sent and has no outcome yet; it would be lost with the page. */
  #underWay = 0;
  #chat;
  #onSent;

  /**
   * @param {Chat} chat
   * @param {() => void} onSent
   */
  constructor(chat, onSent) {
    this.#chat = chat;
    this.#onSent = onSent;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.#underWay) event.preventDefault();
    });
    this.#text.addEventListener("input", () => this.#typed());
    if (onlyTouch.matches) this.#text.enterKeyHint = "enter";
    this.#text.addEventListener("keydown", (event) => {
      if (!asksToSend(event)) return;
      event.preventDefault();
      this.#send();
    });
  }

  /** @param {string | null} conversationId null where there is nothing to write to */
  show(conversationId) {
    if (conversationId === this.#conversationId) return;
    if (this.#conversationId !== null) this.#drafts.set(this.#conversationId, this.#text.value);
    this.#conversationId = conversationId;
    this.#form.hidden = this.#hint.hidden = conversationId === null;
    this.#text.value = this.#drafts.get(conversationId ?? "") ?? "";
    this.#fit();
  }

  focus() {
    this.#text.focus();
  }

  #send() {
    const content = this.#text.value.trim();
    if (this.#conversationId === null || this.#button.disabled) return;
    this.#underWay += 1;
    this.#chat
      .send(this.#conversationId, content)
      .catch(() => {}) // What comes of it shows among the messages.
      .finally(() => (this.#underWay -= 1));
    this.#text.value = "";
    this.#fit();
    this.#onSent();
  }

  #typed() {
    const isWriting = this.#text.value.trim() !== "";
    if (this.#conversationId !== null) this.#chat.typing(this.#conversationId, isWriting);
    this.#fit();
  }

  /** As high as its text, and with a word about the length where that comes near the limit. */
  #fit() {
    const bytes = utf8.encode(this.#text.value.trim()).length;
    this.#button.disabled = bytes === 0 || bytes > CONTENT_BYTES;
    const isLong = bytes > CONTENT_BYTES * HINT_ABOVE;
    this.#hint.classList.toggle("over", bytes > CONTENT_BYTES);
    if (isLong) say(this.#hint, `${bytes} of ${CONTENT_BYTES} bytes`);
    else this.#hint.replaceChildren(...this.#usualHint);
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight}px`;
  }
}

/**
 * Enter sends. While an input method composes, it chooses a word; on a screen keyboard it begins a
 * new line, for there is no Shift + Enter there and the button is at hand.
 * @param {KeyboardEvent} event
 */
function asksToSend({ key, keyCode, isComposing, shiftKey, ctrlKey, metaKey }) {
  if (key !== "Enter" || isComposing || keyCode === OF_INPUT_METHOD) return false;
  return ctrlKey || metaKey || !(shiftKey || onlyTouch.matches);
}
