import { changesOf } from "./changes.js";
import { ParleyError } from "./errors.js";
import { checkContent } from "./frames.js";
import { dataOf } from "./reply-data.js";

/** @import { Abortable, EditOptions, HistoryOptions, MessageRef, ReactionsOptions, SearchOptions } from "./options.js" */
/** @import { ConversationChanged, FoundMessages, Message, MessageChanged, Page, Reactor } from "./types.js" */
/** @import { Session } from "./session.js" */
/** @import { ConversationStreams } from "./streams.js" */

/** The requests of the client about messages that are stored. */
export class MessageCommands {
  #session;
  #streams;

  /**
   * @param {Session} session
   * @param {ConversationStreams} streams
   */
  constructor(session, streams) {
    this.#session = session;
    this.#streams = streams;
  }

  /**
   * Replaces the content and the mentions of a message of the user's own. Its files stay.
   * @param {Pick<Message, "messageId" | "version" | "attachments">} message as the user saw it
   * @param {string} content may be empty if the message has files
   * @param {EditOptions} [options]
   * @returns {Promise<MessageChanged>}
   * @throws {ParleyError} `conflict` with `data.version` if it was edited meanwhile, or deleted
   */
  async edit(message, content, { type = "text", mentions, overwrite = false, signal } = {}) {
    const version = overwrite ? undefined : (message.version ?? 0);
    const text = checkContent(content, message.attachments);
    const data = { content: text, type, version, ...(mentions && { mentions }) };
    const { messageId } = message;
    try {
      return await dataOf(this.#session, { type: "edit_message", messageId, data }, { signal });
    } catch (error) {
      const made = await this.#madeBefore(error, messageId, text, signal);
      if (!made) throw error;
      return made;
    }
  }

  /**
   * Deletes the message for everybody, for good. Authors may, and owners and moderators.
   * @param {MessageRef} message
   * @param {Abortable} [options]
   * @returns {Promise<MessageChanged>}
   */
  remove(message, options) {
    return dataOf(this.#session, { type: "delete_message", messageId: message.messageId }, options);
  }

  /**
   * Adds a reaction of the user to the message, or takes it away. 1 to 32 bytes of UTF-8.
   * @param {MessageRef} message
   * @param {string} reaction
   * @param {boolean} [isOn]
   * @param {Abortable} [options]
   * @returns {Promise<MessageChanged>}
   */
  react(message, reaction, isOn = true, options) {
    const data = { reaction, isOn };
    return dataOf(this.#session, { type: "react", messageId: message.messageId, data }, options);
  }

  /**
   * Who reacted to the message, and how.
   * @param {MessageRef} message
   * @param {ReactionsOptions} [options]
   * @returns {Promise<Page<Reactor>>}
   */
  listReactions(message, { signal, ...data } = {}) {
    const { messageId } = message;
    return dataOf(this.#session, { type: "list_reactions", messageId, data }, { signal });
  }

  /**
   * Messages of the past, ascending, as they are now: before or after a number, or the newest. A
   * page after a number also has what changed, up to `upTo`.
   * @param {string} conversationId
   * @param {HistoryOptions} [options]
   */
  history(conversationId, { before, after, limit, signal } = {}) {
    const range = { beforeSeq: before, afterSeq: after, limit };
    return this.#streams.history(conversationId, range, signal);
  }

  /**
   * Messages that contain the text, newest first, in any case: the newest 50, or those before a
   * number. A page may have none and a `cursor`, which is the `before` of the next page.
   * @param {string} conversationId
   * @param {string} text 1 to 128 characters
   * @param {SearchOptions} [options]
   * @returns {Promise<FoundMessages>} without a `cursor` at the beginning of the conversation
   */
  async search(conversationId, text, { before, signal } = {}) {
    const frame = { type: "search", conversationId, data: { text, beforeSeq: before } };
    const { messages, cursor } = await this.#streams.messages(frame, signal);
    const page = { messages: messages.filter((/** @type {Message} */ each) => !each.deletedAt) };
    return cursor === undefined ? page : { ...page, cursor };
  }

  /**
   * For owners and moderators. A conversation has at most 50 pins.
   * @param {MessageRef} message
   * @param {Abortable} [options]
   * @returns {Promise<ConversationChanged>}
   */
  pin(message, options) {
    return dataOf(this.#session, { type: "pin_message", messageId: message.messageId }, options);
  }

  /**
   * @param {MessageRef} message
   * @param {Abortable} [options]
   * @returns {Promise<ConversationChanged>}
   */
  unpin(message, options) {
    return dataOf(this.#session, { type: "unpin_message", messageId: message.messageId }, options);
  }

  /**
   * The pinned messages, as they are now, the one pinned last first.
   * @param {string} conversationId
   * @param {Abortable} [options]
   * @returns {Promise<Message[]>}
   */
  async listPins(conversationId, { signal } = {}) {
    const messages = await this.#readAll(conversationId, { pinned: true }, signal);
    return messages.filter((each) => !each.deletedAt);
  }

  /**
   * Messages by their ids, at most 50, as they are now: what a reply refers to, or a pin.
   * @param {string} conversationId
   * @param {string[]} messageIds
   * @param {Abortable} [options]
   * @returns {Promise<Message[]>} those that exist
   */
  async getMessages(conversationId, messageIds, { signal } = {}) {
    return this.#readAll(conversationId, { messageIds }, signal);
  }

  /**
   * Reports a message to the operator. Nobody else learns of it.
   * @param {MessageRef} message
   * @param {Abortable & { reason?: string }} [options]
   * @returns {Promise<void>}
   */
  async report(message, { reason, signal } = {}) {
    const data = { ...(reason && { reason }) };
    const { messageId } = message;
    await this.#session.call(() => ({ type: "report_message", messageId, data }), { signal });
  }

  /**
   * @param {string} conversationId
   * @param {{ pinned: true } | { messageIds: string[] }} wanted
   * @param {AbortSignal} [signal]
   * @returns {Promise<Message[]>} also those that do not fit one frame
   */
  async #readAll(conversationId, wanted, signal) {
    const frame = { type: "get_messages", conversationId, data: wanted };
    const { messages, leftOut } = await this.#streams.messages(frame, signal);
    if (!leftOut?.length) return messages;
    return [...messages, ...(await this.#readAll(conversationId, { messageIds: leftOut }, signal))];
  }

  /**
   * The edit that a `conflict` reports may be this one: the service made it, and its reply was lost.
   * @param {unknown} error
   * @param {string} messageId
   * @param {string} content
   * @param {AbortSignal} [signal]
   * @returns {Promise<MessageChanged | null>}
   */
  async #madeBefore(error, messageId, content, signal) {
    const version =
      error instanceof ParleyError && error.code === "conflict" && error.data?.version;
    if (!version) return null;
    const conversationId = messageId.slice(0, messageId.lastIndexOf(":"));
    const [message] = await this.getMessages(conversationId, [messageId], { signal });
    const isSame = message?.version === version && message?.content === content;
    const [edit] = message && isSame ? changesOf(message) : [];
    return edit ? /** @type {any} */ (edit.data) : null;
  }
}
