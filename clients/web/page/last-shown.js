/** @import { Chat, Message, Timeline } from "../src/index.js" */
/** @import { Directory } from "./directory.js" */
/** @import { Entry } from "./entry.js" */
/** @import { Keeping } from "./keeping.js" */
/** @import { Navigation } from "./navigation.js" */

/** What is shown is kept this long after it changed, once for many changes. */
const PAUSE_MS = 500;

/** Keeps what is shown, for the time without a connection, if the user wants that. */
export class LastShown {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {readonly Message[] | null} the messages that were kept last */
  #kept = null;
  #keeping;
  #directory;
  #navigation;

  /**
   * @param {Chat} chat
   * @param {{ keeping: Keeping, directory: Directory, navigation: Navigation }} parts
   */
  constructor(chat, { keeping, directory, navigation }) {
    this.#keeping = keeping;
    this.#directory = directory;
    this.#navigation = navigation;
    // At once: nothing is to stay here that was deleted.
    chat.on("message_changed", (change) => keeping.saved?.changed(change));
    window.addEventListener("pagehide", () => this.#keep());
  }

  /** Something is shown in another way. */
  changed() {
    if (this.#keeping.saved) this.#timer ??= setTimeout(() => this.#keep(), PAUSE_MS);
  }

  /**
   * @param {Message} message
   * @param {number} after the number of the message before it
   */
  received(message, after) {
    this.#keeping.saved?.received(message, after);
  }

  /** @param {Entry} entry of a conversation that the user is no longer in */
  left(entry) {
    this.#keeping.saved?.left(entry);
  }

  #keep() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { saved } = this.#keeping;
    if (!saved || this.#directory.hasLists !== true) return;
    saved.listed(this.#directory.entries);
    const { timeline } = this.#navigation;
    if (timeline?.isLoaded && !timeline.error) this.#keepMessages(timeline);
  }

  /** @param {Timeline} timeline */
  #keepMessages({ conversationId, messages }) {
    if (messages === this.#kept) return;
    this.#kept = messages;
    this.#keeping.saved?.opened(conversationId, messages);
  }
}
