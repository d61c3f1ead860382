import { Profiles } from "../page/finding/profiles.js";
import { tabStorage } from "../page/storage.js";
import { SavedToken } from "../page/token.js";
import { connect } from "../src/index.js";
import { OpenConversation } from "./conversation.js";
import { SignIn } from "./sign-in.js";

/** @import { Message, State, TextStorage } from "../src/index.js" */
/** @import { TokenSource } from "./sign-in.js" */

/** A connection that comes back at once need not be spoken of. */
const PATIENCE_MS = 700;

/**
 * @typedef {{
 *   onChange: () => void,
 *   onEvent: (name: string, detail: unknown) => void,
 * }} Listeners `onEvent` hears of what the page may want to know
 */

/** What an element does while it is on a page: one connection, one user, one conversation. */
export class Embed {
  /** @type {OpenConversation | null} */
  conversation = null;
  /** Whether the connection has been lost for so long that it is worth a word. */
  isOffline = false;
  profiles = new Profiles();
  chat;
  signIn;
  #id;
  #listeners;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {{ url: string, conversation: string, source: TokenSource | null }} settings
   * @param {Listeners} listeners
   * @throws {ParleyError} if the url is no ws:// or wss:// address
   */
  constructor({ url, conversation, source }, listeners) {
    this.#id = conversation;
    this.#listeners = listeners;
    const { onChange, onEvent } = listeners;
    const chat = (this.chat = connect(url, { storage: scoped(tabStorage(), conversation) }));
    const saved = new SavedToken(url, { shared: null });
    this.signIn = new SignIn(chat, source, saved, onChange);
    this.profiles.use((ids) => chat.profiles(ids), clock);
    this.profiles.onChange(onChange);
    chat.on("authenticated", ({ userId, username }) => {
      this.#open();
      onEvent("parley-signed-in", { userId, username });
    });
    chat.on("signed_out", (detail) => onEvent("parley-signed-out", detail));
    chat.on("message", (message) => this.#message(message));
    chat.on("state", ({ state }) => this.#state(state));
    this.signIn.start();
  }

  /** Whether the user has to sign in here, or is about to. */
  get isFormWanted() {
    const { stage, isOwn } = this.signIn;
    return isOwn && (stage === "form" || (stage === "entering" && !this.conversation));
  }

  /** @param {string} conversation */
  show(conversation) {
    this.conversation?.close();
    this.conversation = null;
    this.#id = conversation;
    if (this.chat.state === "online") this.#open();
    this.#listeners.onChange();
  }

  end() {
    clearTimeout(this.#timer);
    this.chat.close();
  }

  /** Unless it is open: the client closes it when the user signs out, or is removed. */
  #open() {
    if (this.conversation && !this.conversation.isClosed) return;
    this.conversation = new OpenConversation(this.chat, this.#id, this.#listeners.onChange);
    this.#listeners.onChange();
  }

  /** @param {Message} message */
  #message(message) {
    if (message.conversationId === this.#id) this.#listeners.onEvent("parley-message", message);
  }

  /** @param {State} state */
  #state(state) {
    clearTimeout(this.#timer);
    if (state === "offline") this.#timer = setTimeout(() => this.#setOffline(true), PATIENCE_MS);
    else if (state !== "connecting") this.#setOffline(false);
    this.#listeners.onChange();
  }

  /** @param {boolean} isOffline */
  #setOffline(isOffline) {
    this.isOffline = isOffline;
    this.#listeners.onChange();
  }
}

const clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (/** @type {() => void} */ run, /** @type {number} */ ms) => setTimeout(run, ms),
  clearTimeout: (/** @type {any} */ timer) => clearTimeout(timer),
};

/**
 * A part of a storage: two elements on a page keep nothing in the same place.
 * @param {TextStorage} storage
 * @param {string} name
 * @returns {TextStorage}
 */
function scoped(storage, name) {
  const inside = (/** @type {string} */ key) => `${key} ${name}`;
  return {
    getItem: (key) => storage.getItem(inside(key)),
    setItem: (key, text) => storage.setItem(inside(key), text),
    removeItem: (key) => storage.removeItem(inside(key)),
  };
}
