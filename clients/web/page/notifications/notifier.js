import { nameOf } from "../entry.js";
import { summaryOf } from "../files.js";
import { beginningOf } from "../text/characters.js";
import { words } from "../words/index.js";
import { isMention, isQuiet } from "./levels.js";

/** @import { Chat, Message } from "../../src/index.js" */
/** @import { Directory } from "../directory.js" */
/** @import { Entry } from "../entry.js" */
/** @import { Leader } from "./leader.js" */
/** @import { OnScreen } from "./on-screen.js" */
/** @import { Preferences } from "./preferences.js" */
/** @import { Presenter } from "./presenter.js" */
/** @import { Sound } from "./sound.js" */

/** So long another device of the user's has for saying that the message was read there. */
const PATIENCE_MS = 800;
const CHARACTERS = 160;

/**
 * Notifies of messages that the user is not looking at, if the user asked for that. What is read,
 * here or elsewhere, is taken back.
 */
export class Notifier {
  /** @type {Map<string, { message: Message, timer: ReturnType<typeof setTimeout> | null }>} */
  #waiting = new Map();
  /** Whether the list of conversations says what has been read elsewhere. */
  #isCurrent = false;
  #chat;
  #parts;

  /**
   * @param {Chat} chat
   * @param {{
   *   directory: Directory, preferences: Preferences, presenter: Presenter, onScreen: OnScreen,
   *   leader: Leader, sound: Sound,
   * }} parts
   */
  constructor(chat, parts) {
    this.#chat = chat;
    this.#parts = parts;
    chat.on("message", (message) => this.#arrived(message));
    chat.on("message_changed", ({ messageId, deletedAt }) => {
      if (deletedAt) this.#deleted(messageId);
    });
    chat.on("read", ({ conversationId, userId, seq }) => {
      if (userId === chat.user?.userId) this.read(conversationId, seq);
    });
    chat.on("state", ({ state }) => state !== "online" && this.#lost());
  }

  /** The list of conversations is as the service has it. */
  current() {
    const me = this.#chat.user;
    if (!me) return;
    this.#isCurrent = true;
    this.#parts.leader.stand(me.userId);
    for (const id of this.#waiting.keys()) this.#begin(id);
    const isRead = (/** @type {string} */ id) => !(this.#parts.directory.find(id)?.unread ?? 0);
    void this.#parts.presenter.withdrawAll(isRead);
  }

  /**
   * The user has read up to there.
   * @param {string} conversationId
   * @param {number} seq
   */
  read(conversationId, seq) {
    const waiting = this.#waiting.get(conversationId);
    if (waiting && waiting.message.seq <= seq) this.#drop(conversationId);
    void this.#parts.presenter.withdraw(conversationId, seq);
  }

  /**
   * The conversation is no longer the user's.
   * @param {string} conversationId
   */
  gone(conversationId) {
    this.read(conversationId, Infinity);
  }

  /** Nobody is signed in. */
  async forgetAll() {
    this.#lost();
    for (const id of [...this.#waiting.keys()]) this.#drop(id);
    await this.#parts.presenter.withdrawAll();
  }

  #lost() {
    this.#isCurrent = false;
    this.#parts.leader.resign();
    for (const waiting of this.#waiting.values()) {
      if (waiting.timer) clearTimeout(waiting.timer);
      waiting.timer = null;
    }
  }

  /** @param {Message} message */
  #arrived(message) {
    const { conversationId, seq, userId, deletedAt } = message;
    // A user who writes, here or elsewhere, has read what came before.
    if (userId === this.#chat.user?.userId) return this.read(conversationId, seq);
    if (deletedAt || !this.#parts.preferences.choice.isOn) return;
    const before = this.#waiting.get(conversationId);
    this.#waiting.set(conversationId, { message, timer: before?.timer ?? null });
    if (this.#isCurrent && !before?.timer) this.#begin(conversationId);
  }

  /** @param {string} conversationId */
  #begin(conversationId) {
    const waiting = this.#waiting.get(conversationId);
    if (!waiting) return;
    waiting.timer ??= setTimeout(() => this.#due(conversationId), PATIENCE_MS);
  }

  /** @param {string} messageId */
  #deleted(messageId) {
    for (const [id, { message }] of this.#waiting) {
      if (message.messageId === messageId) this.#drop(id);
    }
    void this.#parts.presenter.withdrawMessage(messageId);
  }

  /** @param {string} conversationId */
  #drop(conversationId) {
    const waiting = this.#waiting.get(conversationId);
    if (waiting?.timer) clearTimeout(waiting.timer);
    this.#waiting.delete(conversationId);
  }

  /** @param {string} conversationId */
  async #due(conversationId) {
    const { message } = this.#waiting.get(conversationId) ?? {};
    this.#waiting.delete(conversationId);
    if (!message || !(await this.#isWanted(message))) return;
    const { choice } = this.#parts.preferences;
    const entry = this.#parts.directory.find(conversationId);
    if (!entry || this.#isRead(message)) return;
    await this.#parts.presenter.show({
      ...textsFor(message, entry, choice.hidesText),
      place: { conversationId, messageId: message.messageId, seq: message.seq },
    });
    if (this.#isRead(message)) return this.#parts.presenter.withdraw(conversationId, message.seq);
    if (choice.hasSound) await this.#parts.sound.play();
  }

  /** @param {Message} message */
  #isRead({ conversationId, seq }) {
    return (this.#parts.directory.find(conversationId)?.readSeq ?? Infinity) >= seq;
  }

  /** @param {Message} message */
  async #isWanted(message) {
    const { leader, preferences, directory, onScreen } = this.#parts;
    const entry = directory.find(message.conversationId);
    const isOn = preferences.choice.isOn && Notification.permission === "granted";
    if (!isOn || !leader.isLeading || !entry || isQuiet(entry.wish, new Date())) return false;
    if (await onScreen.has(message.conversationId)) return false;
    return entry.wish.level === "all" || this.#concerns(message);
  }

  /** @param {Message} message */
  async #concerns(message) {
    const me = this.#chat.user?.userId ?? "";
    const { conversationId, replyTo } = message;
    if (isMention(message, me)) return true;
    if (!replyTo) return false;
    const [original] = await this.#chat.getMessages(conversationId, [replyTo]);
    return original?.userId === me;
  }
}

/**
 * @param {Message} message
 * @param {Entry} entry
 * @param {boolean} hidesText
 */
function textsFor(message, entry, hidesText) {
  const { username } = message;
  const isDirect = entry.kind === "direct";
  const says = hidesText ? words("push.new_message") : beginningOf(summaryOf(message), CHARACTERS);
  return {
    title: isDirect ? username : nameOf(entry),
    body: isDirect ? says : words("push.by", { name: username, text: says }),
  };
}
