/** @import { Chat } from "../src/index.js" */
/** @import { Directory } from "./directory.js" */

/** Direct conversations have no title: they are called after the other one in them. */
export class Titles {
  /** @type {Set<string>} asked for already */
  #asked = new Set();
  #isBusy = false;
  #chat;
  #directory;

  /**
   * @param {Chat} chat
   * @param {Directory} directory
   */
  constructor(chat, directory) {
    this.#chat = chat;
    this.#directory = directory;
  }

  /** One request after the other: the list may be long, and nobody waits for its end. */
  async complete() {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (let id; (id = this.#next());) await this.#ask(id);
    } finally {
      this.#isBusy = false;
    }
  }

  #next() {
    const isNameless = ({ kind = "", title = "", id = "" }) =>
      kind === "direct" && title === "" && !this.#asked.has(id);
    return this.#directory.entries.find(isNameless)?.id;
  }

  /** @param {string} id */
  async #ask(id) {
    this.#asked.add(id);
    const { items } = await this.#chat.listMembers(id);
    const other = items.find(({ user_id }) => user_id !== this.#chat.user?.user_id);
    if (other) this.#directory.rename(id, other.username);
  }
}
