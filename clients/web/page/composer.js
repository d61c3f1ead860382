import { CONTENT_BYTES, ParleyError } from "../src/index.js";
import { asksToSend, onlyTouch } from "./asking-to-send.js";
import { Completion } from "./completion.js";
import { emojiCompletion, nameCompletion } from "./completions.js";
import { ComposerFiles } from "./composer-files.js";
import { ComposerMode } from "./composer-mode.js";
import { byId, say } from "./dom.js";
import { mentionsIn } from "./text/mentioned.js";
import { words } from "./words/index.js";

/** @import { Attachment, Chat, Member, Message } from "../src/index.js" */
/** @import { Mode } from "./composer-mode.js" */
/** @import { Drafts } from "./drafts.js" */
/** @import { EmojiPicker } from "./emoji/picker.js" */
/** @import { Previews } from "./previews.js" */

/**
 * @typedef {{
 *   onSent: () => void,
 *   onError: (error: unknown) => void,
 *   members: () => readonly Member[],
 *   canNameAll: () => boolean,
 *   lastOwn: () => Message | null,
 *   say: (text: string) => void,
 *   outlivesPage: () => boolean,
 *   previews: Previews,
 *   emoji: EmojiPicker,
 * }} Surroundings
 */

const HINT_ABOVE = 0.9;
const utf8 = new TextEncoder();

/** Where messages are written. What was begun in a conversation waits there. */
export class Composer {
  #form = byId("composer", HTMLFormElement);
  #text = byId("composer-text", HTMLTextAreaElement);
  #button = byId("send", HTMLButtonElement);
  #hint = byId("composer-hint", HTMLParagraphElement);
  #usualHint = [...this.#hint.childNodes];
  /** @type {string | null} */
  #conversationId = null;
  /** @type {Set<string>} what is on its way or failed; it would be lost with the page */
  #unsent = new Set();
  #mode = new ComposerMode(() => this.#cancel());
  #chat;
  #drafts;
  #around;
  #files;
  #completion;

  /**
   * @param {Chat} chat
   * @param {Drafts} drafts
   * @param {Surroundings} around
   */
  constructor(chat, drafts, around) {
    this.#chat = chat;
    this.#drafts = drafts;
    this.#around = around;
    const { say, previews, emoji } = around;
    this.#completion = new Completion(this.#text, [
      nameCompletion(() => around.members()),
      emojiCompletion(() => emoji.tone),
    ]);
    const button = byId("pick-emoji", HTMLButtonElement);
    button.addEventListener("click", () => emoji.open(button, (it) => this.#insert(it)));
    this.#files = new ComposerFiles(chat, this.#text, {
      ...{ say, previews },
      onChange: () => this.#fit(),
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    window.addEventListener("beforeunload", (event) => {
      const isSafe = around.outlivesPage() && !this.#files.hasUnsent;
      if (this.hasUnsent && !isSafe) event.preventDefault();
    });
    chat.on("outgoing", ({ clientMessageId, state }) => {
      if (state === "sending" || state === "failed") this.#unsent.add(clientMessageId);
      else this.#unsent.delete(clientMessageId);
    });
    this.#text.addEventListener("input", () => this.#typed());
    const hint = () => (this.#text.enterKeyHint = onlyTouch.matches ? "enter" : "send");
    onlyTouch.addEventListener("change", hint);
    hint();
    this.#text.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {string | null} conversationId null where there is nothing to write to */
  show(conversationId) {
    if (conversationId === this.#conversationId) return;
    this.#conversationId = conversationId;
    this.#setMode({ kind: "new" });
    this.#completion.close();
    this.#form.hidden = this.#hint.hidden = conversationId === null;
    this.#restore();
  }

  /** Whether there are messages without a good end, or files that are not sent. */
  get hasUnsent() {
    return this.#unsent.size > 0 || this.#files.hasUnsent;
  }

  focus() {
    this.#text.focus();
  }

  /** The draft is another one than this field has: it was begun on another page. */
  showDraft() {
    if (this.#mode.current.kind !== "edit") this.#restore();
  }

  /** @param {string} text comes where the caret is */
  #insert(text) {
    if (this.#text.readOnly) return;
    const { selectionStart, selectionEnd } = this.#text;
    this.#text.setRangeText(text, selectionStart, selectionEnd, "end");
    this.#text.dispatchEvent(new Event("input", { bubbles: true }));
    this.focus();
  }

  /** @param {Message} message */
  reply(message) {
    if (this.#mode.current.kind === "edit") this.#cancel();
    this.#setMode({ kind: "reply", message });
    this.focus();
  }

  /** @param {Message} message the user's own */
  edit(message) {
    this.#setMode({ kind: "edit", message });
    this.#text.value = message.content;
    this.#fit();
    this.focus();
  }

  /** Back to a new message, and to what was begun of one. */
  #cancel() {
    const wasEdit = this.#mode.current.kind === "edit";
    this.#files.hold();
    this.#setMode({ kind: "new" });
    if (wasEdit) this.#restore();
    this.focus();
  }

  /** @param {Mode} mode */
  #setMode(mode) {
    this.#mode.set(mode);
    this.#files.show(this.#conversationId, mode.kind !== "edit");
  }

  #restore() {
    const userId = this.#chat.user?.userId ?? "";
    const id = this.#conversationId;
    this.#text.value = id === null ? "" : this.#drafts.read(userId, id);
    this.#fit();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const isEmpty = this.#text.value === "";
    if (asksToSend(event)) this.#send();
    else if (
      event.key === "Escape" &&
      (this.#files.isWaiting || this.#mode.current.kind !== "new")
    ) {
      event.stopPropagation();
      this.#cancel();
    } else if (event.key === "ArrowUp" && isEmpty && this.#mode.current.kind === "new") {
      const last = this.#around.lastOwn();
      if (!last) return;
      this.edit(last);
    } else return;
    event.preventDefault();
  }

  #send() {
    const content = this.#text.value.trim();
    const mode = this.#mode.current;
    const id = this.#conversationId;
    if (id === null || this.#button.disabled) return;
    const mentions = mentionsIn(content, this.#around.members(), this.#around.canNameAll());
    if (mode.kind === "edit") return void this.#saveEdit(mode.message, content, mentions);
    const options = {
      ...(mentions.length > 0 && { mentions }),
      ...(mode.kind === "reply" && { replyTo: mode.message.messageId }),
    };
    this.#files.whenReady(id, (attachments) => this.#post(id, { content, attachments }, options));
  }

  /**
   * @param {string} id
   * @param {{ content: string, attachments: Attachment[] }} said
   * @param {{ mentions?: string[], replyTo?: string }} options
   */
  #post(id, said, options) {
    if (said.content === "" && said.attachments.length === 0) return;
    // What comes of it shows among the messages.
    this.#chat.send(id, said, options).catch(() => {});
    this.#drafts.write(this.#chat.user?.userId ?? "", id, "");
    if (id !== this.#conversationId || this.#mode.current.kind === "edit") return;
    this.#setMode({ kind: "new" });
    this.#text.value = "";
    this.#fit();
    this.#around.onSent();
  }

  /**
   * What was written stays in the field until the service has it.
   * @param {Message} message
   * @param {string} content
   * @param {string[]} mentions
   */
  async #saveEdit(message, content, mentions) {
    if (content === message.content) return this.#cancel();
    this.#button.disabled = true;
    try {
      await this.#chat.edit(message, content, { mentions });
      if (isEditOf(this.#mode.current, message)) this.#cancel();
    } catch (error) {
      await this.#explain(error, message);
    } finally {
      this.#fit();
    }
  }

  /**
   * @param {unknown} error
   * @param {Message} message
   */
  async #explain(error, message) {
    const isOutdated = error instanceof ParleyError && error.code === "conflict";
    if (!isOutdated) return this.#around.onError(error);
    const { conversationId, messageId } = message;
    const [now] = await this.#chat.getMessages(conversationId, [messageId]).catch(() => []);
    if (now && isEditOf(this.#mode.current, message)) this.#mode.outdated(now);
  }

  /** Whether what is written needs no text. */
  get #hasFiles() {
    const mode = this.#mode.current;
    if (mode.kind !== "edit") return !this.#files.isEmpty;
    return Boolean(mode.message.attachments?.length);
  }

  #typed() {
    const isWriting = this.#text.value.trim() !== "";
    if (this.#conversationId !== null) this.#chat.typing(this.#conversationId, isWriting);
    this.#keep();
    this.#fit();
  }

  /** Over a reload, too; the text of an edit is no draft. */
  #keep() {
    if (this.#mode.current.kind === "edit") return;
    const userId = this.#chat.user?.userId ?? "";
    if (this.#conversationId !== null) {
      this.#drafts.write(userId, this.#conversationId, this.#text.value);
    }
  }

  /** As high as its text, and with a word about the length where that comes near the limit. */
  #fit() {
    const bytes = utf8.encode(this.#text.value.trim()).length;
    const isBlank = bytes === 0 && !this.#hasFiles;
    const isHeld = this.#files.hasFailed && this.#mode.current.kind !== "edit";
    this.#text.readOnly = this.#files.isWaiting && this.#mode.current.kind !== "edit";
    this.#button.disabled = isBlank || bytes > CONTENT_BYTES || isHeld || this.#text.readOnly;
    const isLong = bytes > CONTENT_BYTES * HINT_ABOVE;
    this.#hint.classList.toggle("over", bytes > CONTENT_BYTES);
    if (isLong) say(this.#hint, words("composer.bytes", { bytes, limit: CONTENT_BYTES }));
    else this.#hint.replaceChildren(...this.#usualHint);
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight}px`;
  }
}

/**
 * @param {Mode} mode
 * @param {Message} message
 */
function isEditOf(mode, { messageId }) {
  return mode.kind === "edit" && mode.message.messageId === messageId;
}
