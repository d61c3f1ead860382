import { Store } from "./store.js";

/** @import { Chat, Message, Numbered, Outgoing, Timeline, User } from "../index.js" */

/**
 * A conversation as it is shown. `isLoaded`: the newest messages are there. `hasEarlier`: there are
 * messages before the first, which `loadEarlier` brings. `error`: why messages cannot be had; `retry`
 * tries again.
 * @typedef {Readonly<{
 *   messages: readonly Message[],
 *   outgoing: readonly Outgoing[],
 *   typing: readonly User[],
 *   changes: readonly Numbered[],
 *   isLoaded: boolean,
 *   hasEarlier: boolean,
 *   error: unknown,
 *   loadEarlier: () => Promise<void>,
 *   retry: () => Promise<void>,
 * }>} TimelineView
 */

/** @type {readonly never[]} */
const NONE = Object.freeze([]);
const nothing = async () => {};

/** @type {TimelineView} */
export const NO_TIMELINE = Object.freeze({
  ...{ messages: NONE, outgoing: NONE, typing: NONE, changes: NONE },
  ...{ isLoaded: false, hasEarlier: false, error: null, loadEarlier: nothing, retry: nothing },
});

/**
 * One conversation, for all components that show it.
 * @extends {Store<TimelineView>}
 */
export class TimelineStore extends Store {
  /** @type {Timeline | null} null if it is not open */
  #timeline = null;
  #conversationId;
  #options;

  /**
   * @param {Chat} chat
   * @param {string} conversationId
   * @param {{ changes?: boolean }} options
   */
  constructor(chat, conversationId, options) {
    super(chat, NO_TIMELINE);
    this.#conversationId = conversationId;
    this.#options = options;
  }

  /** @override */
  begin() {
    this.#open();
    this.listen({
      // The client closes it when the user signs out, or is removed.
      authenticated: () => this.#open(),
      conversation_created: (it) => it.conversationId === this.#conversationId && this.#open(),
    });
    this.onEnd(() => this.#timeline?.close());
  }

  #open() {
    if (this.#timeline) return;
    const timeline = this.chat.open(this.#conversationId, this.#options);
    this.#timeline = timeline;
    timeline.onClosed(() => (this.#timeline = null));
    const loadEarlier = () => timeline.loadEarlier();
    const retry = () => timeline.load();
    const look = () => this.update({ ...viewOf(timeline), loadEarlier, retry });
    timeline.on("change", look);
    look();
  }
}

/** @param {Timeline} timeline */
function viewOf({ messages, outgoing, typing, changes, isLoaded, hasEarlier, error }) {
  return { messages, outgoing, typing, changes, isLoaded, hasEarlier, error };
}
