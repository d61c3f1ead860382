import { mentionsIn } from "../page/text/mentioned.js";

/** @import { Chat, Message, Outgoing, Timeline, User } from "../src/index.js" */

/** A conversation that the element shows, until it is closed. */
export class OpenConversation {
  static #opened = 0;
  /** Another one of the same id has another key. */
  key = ++OpenConversation.#opened;
  /** The number of the last message that the user had read when it was opened; null if not known. */
  unreadAfter = /** @type {number | null} */ (null);
  /** Whether its messages, and which of them are unread, are known. */
  isReady = false;
  /** Whether it shows nothing new: the user signed out, or was removed. */
  isClosed = false;
  /** @type {Timeline} */
  timeline;
  #chat;
  #onChange;

  /**
   * @param {Chat} chat
   * @param {string} id
   * @param {() => void} onChange
   */
  constructor(chat, id, onChange) {
    this.#chat = chat;
    this.#onChange = onChange;
    this.id = id;
    this.timeline = chat.open(id);
    this.timeline.on("change", onChange);
    this.timeline.onClosed(() => (this.isClosed = true));
    void this.#prepare();
  }

  /** Everybody who has written here, as far as that is loaded. */
  get authors() {
    /** @type {Map<string, User>} */
    const authors = new Map();
    for (const { userId, username } of this.timeline.messages) {
      authors.set(userId, { userId, username });
    }
    return [...authors.values()];
  }

  /** @param {string} content */
  send(content) {
    const mentions = mentionsIn(content, this.authors, false);
    const options = mentions.length > 0 ? { mentions } : {};
    // What comes of it shows among the messages.
    this.#chat.send(this.id, content, options).catch(() => {});
  }

  /** @param {Outgoing} outgoing */
  resend(outgoing) {
    this.#chat.resend(outgoing).catch(() => {});
  }

  /** @param {Outgoing} outgoing */
  discard(outgoing) {
    this.#chat.discard(outgoing);
  }

  typing() {
    this.#chat.typing(this.id);
  }

  /** @param {Message} message */
  seen(message) {
    this.#chat.markRead(message);
  }

  close() {
    this.timeline.close();
  }

  async #prepare() {
    const asked = this.#chat.listConversations({ conversationIds: [this.id] });
    const [listed] = await Promise.allSettled([asked, this.timeline.ready()]);
    const [conversation] = listed.status === "fulfilled" ? listed.value.items : [];
    this.unreadAfter = conversation?.lastReadSeq ?? null;
    this.isReady = true;
    this.#onChange();
  }
}
