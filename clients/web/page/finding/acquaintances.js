import { profiles } from "./profiles.js";

/** @import { Chat, User } from "../../src/index.js" */
/** @import { Directory } from "../directory.js" */

/** The members of so many conversations are looked up, those of the latest first. */
const CONVERSATIONS = 20;

/** The people with whom the user shares a conversation, as far as they are known. */
export class Acquaintances {
  /** @type {Map<string, User>} by id, those heard of last at the end */
  #people = new Map();
  /** @type {Set<string>} conversations whose members were looked up */
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
    chat.on("message", (message) => this.#hear(message));
    chat.on("members_added", ({ conversationId, members }) => {
      this.#asked.delete(conversationId);
      for (const member of members) this.#know(member);
    });
  }

  /** Without the user; who was heard of last comes first. */
  get all() {
    const me = this.#chat.user?.userId;
    return [...this.#people.values()].filter(({ userId }) => userId !== me).reverse();
  }

  /**
   * Looks up members, one conversation after the other.
   * @param {() => void} onMore there are more now
   */
  async learn(onMore) {
    if (this.#isBusy || this.#chat.state !== "online") return;
    this.#isBusy = true;
    const latest = this.#directory.entries.slice(0, CONVERSATIONS);
    try {
      for (const { id } of latest.filter((entry) => !this.#asked.has(entry.id))) {
        const { items } = await this.#chat.listMembers(id);
        this.#asked.add(id);
        profiles.note(items);
        for (const member of items) this.#know(member);
        onMore();
      }
    } catch (error) {
      // Those who are known are shown; the others are asked for the next time.
      console.warn(error);
    } finally {
      this.#isBusy = false;
    }
  }

  /** @param {User} user */
  #hear(user) {
    this.#people.delete(user.userId);
    this.#know(user);
  }

  /** @param {User} user */
  #know({ userId, username }) {
    this.#people.set(userId, { userId, username });
  }
}
