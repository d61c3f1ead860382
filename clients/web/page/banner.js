import { byId, say } from "./dom.js";
import { words } from "./words/index.js";

/** @import { Chat } from "../src/index.js" */

/** A connection that comes back at once need not be spoken of. */
const PATIENCE_MS = 700;

/** Says when the connection is lost, and until when. */
export class Banner {
  #box = byId("banner", HTMLElement);
  #text = byId("banner-text", HTMLSpanElement);
  #wait = byId("banner-wait", HTMLSpanElement);
  #retry = byId("banner-retry", HTMLButtonElement);
  #retryAt = 0;
  #canWrite;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #ticks = 0;

  /**
   * @param {Chat} chat
   * @param {() => boolean} canWrite whether there is something to write to
   */
  constructor(chat, canWrite) {
    this.#canWrite = canWrite;
    this.#retry.addEventListener("click", () => chat.wake());
    chat.on("state", ({ state, retryAt }) => {
      clearInterval(this.#ticks);
      clearTimeout(this.#timer);
      if (state === "offline") return this.#offline(retryAt ?? 0);
      if (state === "connecting" && !this.#box.hidden) return this.#connecting();
      this.#box.hidden = true;
      say(this.#text, "");
    });
  }

  /** @param {number} retryAt by the time of day */
  #offline(retryAt) {
    // Counted down by a clock that nobody sets.
    this.#retryAt = performance.now() + retryAt - Date.now();
    this.#ticks = window.setInterval(() => this.#tick(), 500);
    if (this.#box.hidden) this.#timer = setTimeout(() => this.#show(), PATIENCE_MS);
    else this.#show();
  }

  #connecting() {
    say(this.#wait, words("banner.connecting"));
    this.#retry.hidden = true;
  }

  #show() {
    this.#box.hidden = false;
    say(this.#text, words(this.#canWrite() ? "banner.offline_later" : "banner.offline"));
    this.#retry.hidden = false;
    this.#tick();
  }

  /** Not in the live region: a countdown is not to be read out. */
  #tick() {
    const seconds = Math.ceil((this.#retryAt - performance.now()) / 1000);
    say(this.#wait, seconds > 0 ? words("banner.next", { seconds }) : words("banner.connecting"));
  }
}
