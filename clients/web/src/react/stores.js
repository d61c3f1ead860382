import { ConversationList } from "./conversation-list.js";
import { PresenceStore } from "./presence-store.js";
import { SessionStore } from "./session-store.js";
import { TimelineStore } from "./timeline-store.js";
import { TypingStore } from "./typing-store.js";

/** @import { Chat } from "../index.js" */

/** What the components of one chat share, so that two of them need no two of anything. */
export class Stores {
  /** @type {WeakMap<Chat, Stores>} */
  static #all = new WeakMap();
  /** @type {Map<string, TimelineStore>} */
  #timelines = new Map();
  /** @type {Map<string, PresenceStore>} */
  #presence = new Map();
  #chat;

  /** @param {Chat} chat */
  static of(chat) {
    const known = Stores.#all.get(chat);
    if (known) return known;
    const stores = new Stores(chat);
    Stores.#all.set(chat, stores);
    return stores;
  }

  /** @param {Chat} chat */
  constructor(chat) {
    this.#chat = chat;
    this.session = new SessionStore(chat);
    this.conversations = new ConversationList(chat);
    this.typing = new TypingStore(chat);
  }

  /**
   * @param {string} conversationId
   * @param {boolean} changes
   */
  timeline(conversationId, changes) {
    const key = JSON.stringify([conversationId, changes]);
    const make = () => new TimelineStore(this.#chat, conversationId, { changes });
    return knownOr(this.#timelines, key, make);
  }

  /** @param {string} conversationId */
  presence(conversationId) {
    const make = () => new PresenceStore(this.#chat, conversationId);
    return knownOr(this.#presence, conversationId, make);
  }
}

/**
 * @template Value
 * @param {Map<string, Value>} all
 * @param {string} key
 * @param {() => Value} make
 */
function knownOr(all, key, make) {
  const value = all.get(key) ?? make();
  all.set(key, value);
  return value;
}
