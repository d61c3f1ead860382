import { applyChange } from "../../src/index.js";
import { dayText } from "../dates.js";
import { byId, say } from "../dom.js";
import { problemText } from "../problems.js";
import { words } from "../words/index.js";
import { DayJump } from "./day-jump.js";
import { hitsIn } from "./hits.js";
import { MarkedMessage } from "./marked-message.js";
import { Results, statusOf } from "./results.js";
import { Searching } from "./searching.js";

/** @import { Chat, Message, MessageChanged } from "../../src/index.js" */
/** @import { Entry } from "../entry.js" */

/** As many characters as the service takes. */
const MOST = 128;

/** The panel that searches the open conversation. */
export class SearchPanel {
  #panel = byId("search", HTMLElement);
  #toggle = byId("search-toggle", HTMLButtonElement);
  #form = byId("search-form", HTMLFormElement);
  #field = byId("search-text", HTMLInputElement);
  #status = byId("search-status", HTMLSpanElement);
  #stop = byId("search-stop", HTMLButtonElement);
  #problem = byId("search-problem", HTMLParagraphElement);
  #more = byId("search-more", HTMLButtonElement);
  #list = byId("search-results", HTMLUListElement);
  /** @type {Entry | null} */
  #entry = null;
  /** @type {string | null} the message that was chosen last */
  #chosen = null;
  /** @type {string | null} the day up to which nothing was found */
  #since = null;
  #marked = new MarkedMessage(byId("messages", HTMLOListElement));
  #results;
  #searching;
  #days;
  #chat;
  #onOpen;

  /**
   * @param {Chat} chat
   * @param {(messageId: string) => void} onOpen shows a message of the conversation
   */
  constructor(chat, onOpen) {
    this.#chat = chat;
    this.#onOpen = onOpen;
    this.#results = new Results(this.#list, (message) => this.#choose(message));
    this.#searching = new Searching(
      (text, options) => chat.search(this.#entry?.id ?? "", text, options),
      () => this.#render(),
    );
    this.#days = new DayJump(chat, (messageId) => this.#leave(messageId));
    this.#listen();
    chat.on("state", () => this.#render());
    chat.on("message_changed", (change) => this.#changed(change));
  }

  /** @param {Entry | null} entry the conversation that is open */
  show(entry) {
    this.#toggle.hidden = entry === null;
    if (entry?.id !== this.#entry?.id) {
      this.#entry = entry;
      this.#field.value = "";
      this.#clear();
    }
    this.#entry = entry;
    this.#days.show(entry);
  }

  /**
   * Offers to go to a day, and this one first.
   * @param {Date} at
   */
  showDay(at) {
    if (this.#panel.hidden) this.#toggle.click();
    this.#days.offer(at);
  }

  /** The panel is open now. */
  opened() {
    this.#field.select();
  }

  #listen() {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#begin();
    });
    this.#field.addEventListener("input", () => this.#field.value.trim() === "" && this.#clear());
    this.#field.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" && this.#results.focus(0)) event.preventDefault();
    });
    this.#more.addEventListener("click", () => void this.#goOn(() => this.#searching.goOn()));
    this.#stop.addEventListener("click", () => this.#searching.stop());
    byId("room", HTMLElement).addEventListener("keydown", (event) => {
      if (!isFind(event)) return;
      event.preventDefault();
      if (this.#panel.hidden) this.#toggle.click();
      else this.#field.focus();
    });
    // On a phone the panel covers the message, so it closes when one is chosen.
    new MutationObserver(() => {
      if (this.#panel.hidden && !this.#isOverMessages) this.#marked.clear();
    }).observe(this.#panel, { attributeFilter: ["hidden"] });
  }

  async #begin() {
    const text = this.#field.value.trim();
    this.#clear();
    if (text === "") return;
    if ([...text.normalize("NFC")].length > MOST) {
      return say(this.#problem, words("search.too_long", { count: MOST }));
    }
    await this.#goOn(() => this.#searching.begin(text));
  }

  /** @param {() => Promise<void>} search */
  async #goOn(search) {
    const { length } = this.#searching.messages;
    const hadFocus = document.activeElement === this.#more;
    this.#since = null;
    await search();
    if (hadFocus) this.#results.focus(length);
    if (this.#searching.messages.length === 0) await this.#lookUpDay();
  }

  #clear() {
    this.#chosen = this.#since = null;
    this.#marked.clear();
    say(this.#problem, "");
    this.#searching.clear();
  }

  /** How far it looked is said by a day. */
  async #lookUpDay() {
    const { cursor } = this.#searching;
    const id = this.#entry?.id;
    if (cursor === undefined || id === undefined) return;
    try {
      const { messages } = await this.#chat.history(id, { before: cursor, limit: 1 });
      const [message] = messages;
      if (!message || cursor !== this.#searching.cursor || id !== this.#entry?.id) return;
      this.#since = dayText(new Date(message.createdAt));
      this.#render();
    } catch {
      // Then it is not said.
    }
  }

  /** @param {Message} message */
  #choose(message) {
    this.#chosen = message.messageId;
    this.#render();
    this.#marked.show(message.messageId, this.#searching.text);
    this.#leave(message.messageId);
  }

  /** @param {string} messageId */
  #leave(messageId) {
    if (this.#isOverMessages) this.#toggle.click();
    this.#onOpen(messageId);
  }

  get #isOverMessages() {
    return window.matchMedia("(width < 50rem)").matches;
  }

  /**
   * What was found is shown as it is now.
   * @param {MessageChanged} change
   */
  #changed(change) {
    this.#searching.update((message) => {
      const now = applyChange(message, change);
      if (now === message || now.content === message.content) return now;
      const isHit = !now.deletedAt && hitsIn(now.content, this.#searching.text).length > 0;
      return isHit ? now : null;
    });
  }

  #render() {
    const searching = this.#searching;
    const { messages, text, isBusy, isWhole, error, cursor } = searching;
    const isOnline = this.#chat.state === "online";
    const last = Math.max(this.#entry?.lastSeq ?? 0, cursor ?? 0, 1);
    const share = 1 - (cursor ?? last) / last;
    this.#results.show(messages, text, this.#chosen);
    say(this.#status, error ? "" : statusOf(searching, { isOnline, share, since: this.#since }));
    this.#stop.hidden = !isBusy;
    this.#more.hidden = isBusy || isWhole || text === "";
    say(this.#more, words(error ? "common.try_again" : "search.more"));
    if (text)
      say(this.#problem, error ? words("search.failed", { reason: problemText(error) }) : "");
  }
}

/** @param {KeyboardEvent} event */
function isFind({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  return key.toLowerCase() === "f" && ctrlKey !== metaKey && !altKey && !shiftKey;
}
