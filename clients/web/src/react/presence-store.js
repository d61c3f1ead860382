import { Store } from "./store.js";

/** @import { Chat, PresenceView } from "../index.js" */

/** @typedef {PresenceView & { readonly error: unknown }} WatchedPresence `error`: why it is not known */

/** @type {WatchedPresence} */
export const NO_PRESENCE = Object.freeze({ users: new Map(), error: null });

/**
 * Who is online in a conversation. A conversation has one list of users who are watched, so this is the list
 * of all components.
 * @extends {Store<WatchedPresence>}
 */
export class PresenceStore extends Store {
  /** @type {Map<symbol, readonly string[]>} the users whom each component watches */
  #wanted = new Map();
  /** @type {string | null} the users whom the service was asked for last */
  #asked = null;
  #conversationId;

  /**
   * @param {Chat} chat
   * @param {string} conversationId
   */
  constructor(chat, conversationId) {
    super(chat, NO_PRESENCE);
    this.#conversationId = conversationId;
  }

  /** @override */
  begin() {
    this.listen({
      presence: ({ conversationId }) => conversationId === this.#conversationId && this.#look(),
      // The client forgets what another user watched.
      signed_out: () => this.#forget(),
      authenticated: () => this.#ask(),
    });
  }

  /**
   * Watches these users too, until the function is called.
   * @param {readonly string[]} userIds
   */
  watch(userIds) {
    const watcher = Symbol("watcher");
    this.#wanted.set(watcher, userIds);
    this.#askSoon();
    return () => {
      this.#wanted.delete(watcher);
      this.#askSoon();
    };
  }

  /** Components come and go together. */
  #askSoon() {
    queueMicrotask(() => this.#ask());
  }

  async #ask() {
    const userIds = [...new Set([...this.#wanted.values()].flat())].sort();
    const asked = userIds.join("\n");
    const isNothing = this.#asked === null && userIds.length === 0;
    if (asked === this.#asked || isNothing || this.chat.state === "signed_out") return;
    this.#asked = asked;
    try {
      await this.chat.watchPresence(this.#conversationId, userIds);
      this.#look();
    } catch (error) {
      this.#failed(asked, error);
    }
    if (userIds.length === 0) this.#asked = null;
  }

  #look() {
    const { users, onlineCount } = this.chat.presence(this.#conversationId);
    this.update({ users, onlineCount, error: null });
  }

  /**
   * @param {string} asked
   * @param {unknown} error
   */
  #failed(asked, error) {
    if (asked !== this.#asked) return;
    this.#asked = null;
    this.update({ error });
  }

  #forget() {
    this.#asked = null;
    this.update(this.empty);
  }
}
