import { CONTENT_BYTES } from "../src/index.js";
import { byId, say } from "./dom.js";

/** @import { Chat } from "../src/index.js" */
/** @import { Drafts } from "./drafts.js" */

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
  /** @type {string | null} */
  #conversationId = null;
  /** @type {Set<string>} what is on its way or failed; it would be lost with the page */
  #unsent = new Set();
  #chat;
  #drafts;
  #onSent;

  /**
   * @param {Chat} chat
   * @param {Drafts} drafts
   * @param {() => void} onSent
   */
  constructor(chat, drafts, onSent) {
    this.#chat = chat;
    this.#drafts = drafts;
    this.#onSent = onSent;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.hasUnsent) event.preventDefault();
    });
    chat.on("outgoing", ({ clientMessageId, state }) => {
      if (state === "sending" || state === "failed") this.#unsent.add(clientMessageId);
      else this.#unsent.delete(clientMessageId);
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
    this.#conversationId = conversationId;
    this.#form.hidden = this.#hint.hidden = conversationId === null;
    const userId = this.#chat.user?.user_id ?? "";
    this.#text.value = conversationId === null ? "" : this.#drafts.read(userId, conversationId);
    this.#fit();
  }

  /** Whether there are messages without a good end. */
  get hasUnsent() {
    return this.#unsent.size > 0;
  }

  focus() {
    this.#text.focus();
  }

  #send() {
    const content = this.#text.value.trim();
    if (this.#conversationId === null || this.#button.disabled) return;
    // What comes of it shows among the messages.
    this.#chat.send(this.#conversationId, content).catch(() => {});
    this.#text.value = "";
    this.#keep();
    this.#fit();
    this.#onSent();
  }

  #typed() {
    const isWriting = this.#text.value.trim() !== "";
    if (this.#conversationId !== null) this.#chat.typing(this.#conversationId, isWriting);
    this.#keep();
    this.#fit();
  }

  /** Over a reload, too. */
  #keep() {
    const userId = this.#chat.user?.user_id ?? "";
    if (this.#conversationId !== null) {
      this.#drafts.write(userId, this.#conversationId, this.#text.value);
    }
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
