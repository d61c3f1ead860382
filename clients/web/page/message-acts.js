import { openActions } from "./message-actions.js";
import { toggleReaction } from "./reactions.js";
import { problemText } from "./problems.js";
import { words } from "./words/index.js";

/** @import { Chat, Message } from "../src/index.js" */
/** @import { Composer } from "./composer.js" */
/** @import { Deletions } from "./deletions.js" */
/** @import { Directory } from "./directory.js" */
/** @import { EmojiPicker } from "./emoji/picker.js" */
/** @import { Finding } from "./finding/index.js" */
/** @import { Menu } from "./menu.js" */
/** @import { Notice } from "./notice.js" */
/** @import { Pins } from "./pins.js" */
/** @import { Room } from "./room.js" */

/**
 * @typedef {{
 *   directory: Directory, menu: Menu, notice: Notice, deletions: Deletions, room: Room,
 *   composer: Composer, pins: Pins, emoji: EmojiPicker, finding: Finding,
 * }} Parts
 */

/** What a user may do with a message. */
export class MessageActs {
  #chat;
  #parts;

  /**
   * @param {Chat} chat
   * @param {Parts} parts they exist by the time that somebody acts
   */
  constructor(chat, parts) {
    this.#chat = chat;
    this.#parts = parts;
  }

  /**
   * @param {Message} message
   * @param {HTMLElement} button
   */
  show(message, button) {
    const { directory, menu, composer, pins, emoji, finding } = this.#parts;
    const entry = directory.find(message.conversationId);
    const me = this.#chat.user;
    if (!entry || !me) return;
    openActions(
      menu,
      button,
      message,
      { me, entry },
      {
        onReact: (it, reaction) => this.react(it, reaction),
        onPickReaction: (it, at) => emoji.open(at, (reaction) => this.react(it, reaction)),
        onReply: (it) => composer.reply(it),
        onEdit: (it) => composer.edit(it),
        onDelete: (it) => this.#delete(it),
        onPin: (it, isPinned) => this.#pin(it, isPinned),
        onReport: (it) => this.#report(it),
        onReactors: (it) => finding.showReactors(it),
        onMessage: (username) => void finding.message(username),
        isPinned: (it) => pins.has(it.messageId),
      },
    );
  }

  /** @param {string} messageId */
  reply(messageId) {
    const message = this.#parts.room.messageOf(messageId);
    if (message) this.#parts.composer.reply(message);
  }

  /**
   * @param {Message} message
   * @param {string} reaction
   */
  react(message, reaction) {
    toggleReaction(this.#chat, message, reaction).catch((error) => this.fail(error));
  }

  /** @param {Message} message */
  undo(message) {
    this.#parts.deletions.undo(message.messageId);
    this.#parts.room.focusMessage(message.messageId, ".actions");
  }

  /**
   * What the user asked for did not happen.
   * @param {unknown} error
   */
  fail(error) {
    this.#parts.notice.show(problemText(error));
  }

  /** @param {Message} message */
  async #report(message) {
    try {
      await this.#chat.report(message);
      this.#parts.notice.show(words("app.reported"));
    } catch (error) {
      this.fail(error);
    }
  }

  /** @param {Message} message */
  #delete(message) {
    this.#parts.deletions.begin(message);
    this.#parts.room.focusMessage(message.messageId, ".undo");
  }

  /**
   * @param {Message} message
   * @param {boolean} isPinned
   */
  #pin(message, isPinned) {
    const done = isPinned ? this.#chat.pin(message) : this.#chat.unpin(message);
    done.catch((error) => this.fail(error));
  }
}
