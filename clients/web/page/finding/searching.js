/** @import { Message } from "../../src/index.js" */

/** So many pages are read in one go without finding anything; then the user says whether to go on. */
export const MOST_PAGES = 20;

/**
 * @typedef {(text: string, options: { before: number | undefined, signal: AbortSignal }) =>
 *   Promise<{ messages: Message[], cursor?: number }>} Search a page of it
 */

/** A search of one conversation, page by page, from its end towards its beginning. */
export class Searching {
  text = "";
  /** @type {Message[]} what was found, newest first */
  messages = [];
  /** @type {number | undefined} what is before this number was not searched yet */
  cursor = undefined;
  isBusy = false;
  /** Whether all of the conversation was searched. */
  isWhole = false;
  /** @type {unknown} why it did not go on */
  error = null;
  #stop = new AbortController();
  #search;
  #onChange;

  /**
   * @param {Search} search
   * @param {() => void} onChange
   */
  constructor(search, onChange) {
    this.#search = search;
    this.#onChange = onChange;
  }

  /** @param {string} text */
  async begin(text) {
    this.clear();
    this.text = text;
    await this.goOn();
  }

  /** Searches further back, until something is found, the beginning is reached, or enough was read. */
  async goOn() {
    if (this.isBusy || this.isWhole || this.text === "") return;
    const stop = (this.#stop = new AbortController());
    this.isBusy = true;
    this.error = null;
    this.#onChange();
    try {
      await this.#read(stop.signal);
    } catch (error) {
      if (!stop.signal.aborted) this.error = error;
    }
    if (stop !== this.#stop) return;
    this.isBusy = false;
    this.#onChange();
  }

  /** What was found stays, and the search can go on. */
  stop() {
    this.#stop.abort();
  }

  clear() {
    this.stop();
    this.#stop = new AbortController();
    this.text = "";
    this.messages = [];
    this.cursor = undefined;
    this.isBusy = this.isWhole = false;
    this.error = null;
    this.#onChange();
  }

  /**
   * What was found has changed: null takes it out.
   * @param {(message: Message) => Message | null} change
   */
  update(change) {
    const changed = this.messages.flatMap((message) => change(message) ?? []);
    const isSame = changed.every((message, index) => message === this.messages[index]);
    if (isSame && changed.length === this.messages.length) return;
    this.messages = changed;
    this.#onChange();
  }

  /** @param {AbortSignal} signal */
  async #read(signal) {
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const page = await this.#search(this.text, { before: this.cursor, signal });
      signal.throwIfAborted();
      this.messages = [...this.messages, ...page.messages];
      this.cursor = page.cursor;
      this.isWhole = page.cursor === undefined;
      if (this.isWhole || page.messages.length > 0) return;
      this.#onChange();
    }
  }
}
