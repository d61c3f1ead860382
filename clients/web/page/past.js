import { applyChange } from "../src/index.js";

/** @import { Chat, Message, MessageChanged } from "../src/index.js" */

const PAGE = 100;
/** How much is shown of what came before: enough to remember what it was about. */
const BEFORE = 25;

/**
 * Messages of a conversation around a number, and page by page those before and after. It asks
 * upwards only: such a page is final, so there are no holes in it.
 */
export class Past {
  /** @type {readonly Message[]} ascending by `seq` */
  messages = [];
  isLoaded = false;
  /** Whether there are messages after the last. */
  hasLater = true;
  /** Whatever comes after this number is there, or after the last message. */
  #from;
  #around;
  #chat;
  #conversationId;
  #signal;

  /**
   * @param {Chat} chat
   * @param {string} conversationId
   * @param {number} around
   * @param {AbortSignal} signal ends what it asks for
   */
  constructor(chat, conversationId, around, signal) {
    this.#chat = chat;
    this.#conversationId = conversationId;
    this.#around = around;
    this.#from = Math.max(0, around - BEFORE);
    this.#signal = signal;
  }

  get hasEarlier() {
    return this.#from > 0;
  }

  async load() {
    // Long messages make short pages.
    do await this.loadLater();
    while (this.hasLater && this.#last <= this.#around);
    this.isLoaded = true;
  }

  async loadLater() {
    const { messages, hasMore } = await this.#after(this.#last);
    this.messages = [...this.messages, ...messages];
    this.hasLater = hasMore && messages.length > 0;
  }

  async loadEarlier() {
    const before = this.#from;
    const from = Math.max(0, before - PAGE);
    /** @type {Message[]} */
    const earlier = [];
    for (let [after, isWhole] = [from, false]; !isWhole;) {
      const { messages, hasMore } = await this.#after(after);
      earlier.push(...messages.filter(({ seq }) => seq <= before));
      after = messages.at(-1)?.seq ?? before;
      isWhole = !hasMore || after >= before;
    }
    this.#from = from;
    this.messages = [...earlier, ...this.messages];
  }

  /**
   * @param {MessageChanged} change
   * @returns whether it is of one of the messages
   */
  apply(change) {
    const isOurs = this.messages.some(({ messageId }) => messageId === change.messageId);
    if (isOurs) this.messages = this.messages.map((message) => applyChange(message, change));
    return isOurs;
  }

  get #last() {
    return this.messages.at(-1)?.seq ?? this.#from;
  }

  /** @param {number} after */
  #after(after) {
    const options = { after, limit: PAGE, signal: this.#signal };
    return this.#chat.history(this.#conversationId, options);
  }
}
