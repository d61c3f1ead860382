import { ParleyError } from "../src/index.js";

/** @import { Chat, UserPresence } from "../src/index.js" */
/** @import { Directory } from "./directory.js" */
/** @import { Entry } from "./entry.js" */

/** One list names so many at most. */
const MOST_MEMBERS = 50;
/** Of so many direct conversations it is shown who is online: with the members, below 100. */
const MOST_DIRECT = 20;

/** Whom the page watches: the people of the open conversation, and those of the latest direct ones. */
export class Watching {
  /** @type {Map<string, string>} what was asked for last, by conversation */
  #asked = new Map();
  /** @type {{ id: string, userIds: string[] } | null} */
  #open = null;
  /** Whether the service knows who is online. */
  #isSupported = true;
  #chat;
  #directory;
  #onError;

  /**
   * @param {Chat} chat
   * @param {Directory} directory
   * @param {{ onChange: (conversationId: string) => void, onError: (error: unknown) => void }} listeners
   */
  constructor(chat, directory, { onChange, onError }) {
    this.#chat = chat;
    this.#directory = directory;
    this.#onError = onError;
    chat.on("presence", ({ conversationId }) => onChange(conversationId));
    chat.on("member_removed", ({ conversationId, userId }) => {
      if (userId === chat.user?.userId) this.#asked.delete(conversationId);
    });
  }

  /**
   * @param {string} conversationId
   * @param {string} userId
   * @returns {UserPresence | undefined}
   */
  of(conversationId, userId) {
    return this.#chat.presence(conversationId).users.get(userId);
  }

  /**
   * Of the other one in a direct conversation.
   * @param {Entry} entry
   */
  ofDirect({ id, otherId }) {
    return otherId ? this.of(id, otherId) : undefined;
  }

  /**
   * Whether what changes of its members comes by itself.
   * @param {string} conversationId
   */
  isLive(conversationId) {
    return this.#chat.presence(conversationId).users.size > 0;
  }

  /**
   * How many are online in a conversation that is too big to watch its members.
   * @param {string} conversationId
   */
  countIn(conversationId) {
    return this.#chat.presence(conversationId).onlineCount;
  }

  /**
   * @param {string | null} id the conversation that is open
   * @param {string[]} userIds those of its members that are shown
   */
  open(id, userIds) {
    const me = this.#chat.user?.userId;
    const others = userIds.filter((userId) => userId !== me).slice(0, MOST_MEMBERS);
    this.#open = id === null ? null : { id, userIds: others };
    this.update();
  }

  /** How many are online in a big conversation changes without a word. */
  countAgain() {
    if (this.#open) this.#asked.delete(this.#open.id);
    this.update();
  }

  /** Asks for what is not watched yet, once it has ended what is not to be watched any more. */
  update() {
    if (!this.#isSupported) return;
    const wanted = this.#wanted();
    for (const id of this.#asked.keys()) {
      if (!wanted.has(id)) this.#watch(id, []);
    }
    for (const [id, userIds] of wanted) this.#watch(id, userIds);
  }

  #wanted() {
    const direct = this.#directory.entries.filter(({ otherId }) => otherId).slice(0, MOST_DIRECT);
    /** @type {Map<string, string[]>} */
    const wanted = new Map(direct.map(({ id, otherId = "" }) => [id, [otherId]]));
    if (this.#open?.userIds.length) wanted.set(this.#open.id, this.#open.userIds);
    return wanted;
  }

  /**
   * @param {string} id
   * @param {string[]} userIds
   */
  #watch(id, userIds) {
    const asked = JSON.stringify(userIds);
    if (this.#asked.get(id) === asked) return;
    if (userIds.length) this.#asked.set(id, asked);
    else this.#asked.delete(id);
    this.#chat.watchPresence(id, userIds).catch((error) => this.#failed(id, asked, error));
  }

  /**
   * @param {string} id
   * @param {string} asked
   * @param {unknown} error
   */
  #failed(id, asked, error) {
    if (this.#asked.get(id) === asked) this.#asked.delete(id);
    if (error instanceof ParleyError && error.code === "unknown_type") this.#isSupported = false;
    else this.#onError(error);
  }
}
