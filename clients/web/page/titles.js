import { profiles } from "./finding/profiles.js";
import { words } from "./words/index.js";

/** @import { Chat, Member } from "../src/index.js" */
/** @import { Directory } from "./directory.js" */

/** How many people a conversation is called after. */
const NAMED = 3;

/** Conversations without a title are called after the others in them. */
export class Titles {
  /** @type {Set<string>} asked for already */
  #asked = new Set();
  /** @type {Set<string>} those that got their name here */
  #named = new Set();
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
    profiles.onChange(() => this.#renameDirect());
  }

  /**
   * Others are in it now.
   * @param {string} id
   */
  doubt(id) {
    this.#asked.delete(id);
  }

  /** A direct conversation is called after the other, who may have another name now. */
  #renameDirect() {
    for (const { id, otherId } of this.#directory.entries) {
      const name = otherId && profiles.displayNameOf(otherId);
      if (name && this.#named.has(id)) this.#directory.rename(id, name);
    }
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

  /**
   * The name that is known of somebody who talked here and is gone.
   * @param {string} id
   */
  async #formerName(id) {
    const { title = "", kind } = this.#directory.find(id) ?? {};
    if (title || kind !== "direct") return title;
    const { messages } = await this.#chat.history(id, { limit: 100 });
    const theirs = messages.filter(({ userId }) => userId !== this.#chat.user?.userId);
    return theirs.at(-1)?.username ?? words("conversation.former_member");
  }

  #next() {
    const isNameless = ({ title = "", id = "" }) =>
      (title === "" || this.#named.has(id)) && !this.#asked.has(id);
    return this.#directory.entries.find(isNameless)?.id;
  }

  /** @param {string} id */
  async #ask(id) {
    this.#asked.add(id);
    this.#named.add(id);
    try {
      const { items } = await this.#chat.listMembers(id);
      profiles.note(items);
      const names = namesOf(items, this.#chat.user?.userId) || (await this.#formerName(id));
      this.#directory.rename(id, names);
      const other = items.find(({ userId }) => userId !== this.#chat.user?.userId);
      if (other && this.#directory.find(id)?.kind === "direct") {
        this.#directory.meet(id, other.userId);
      }
    } catch (error) {
      this.#asked.delete(id);
      throw error;
    }
  }
}

/**
 * @param {Member[]} members
 * @param {string | undefined} me
 */
function namesOf(members, me) {
  const others = members
    .filter(({ userId }) => userId !== me)
    .map((member) => profiles.nameOf(member));
  const names = others.sort().slice(0, NAMED).join(words("common.comma"));
  return others.length > NAMED ? words("conversation.and_others", { names }) : names;
}
