import { ATTACHMENTS } from "../src/index.js";
import { Attaching } from "./attaching.js";
import { measure } from "./measures.js";
import { TrayView } from "./tray-view.js";
import { Tray } from "./tray.js";
import { words } from "./words/index.js";

/** @import { Attachment, Chat } from "../src/index.js" */
/** @import { Previews } from "./previews.js" */

/** The files that are to go with the next message of each conversation. */
export class ComposerFiles {
  /** @type {Map<string, Tray>} by conversation */
  #trays = new Map();
  /** @type {string | null} */
  #conversationId = null;
  #isAllowed = false;
  #chat;
  #parts;
  #view;
  #attaching;

  /**
   * @param {Chat} chat
   * @param {HTMLTextAreaElement} text where files can be pasted
   * @param {{
   *   previews: Previews,
   *   onChange: () => void,
   *   say: (text: string) => void,
   * }} parts
   */
  constructor(chat, text, parts) {
    this.#chat = chat;
    this.#parts = parts;
    this.#view = new TrayView(() => text.focus());
    this.#attaching = new Attaching(text, (files) => {
      this.#add(files);
      text.focus();
    });
  }

  /**
   * @param {string | null} conversationId
   * @param {boolean} isAllowed whether files can go with what is being written
   */
  show(conversationId, isAllowed) {
    const isAllowedHere = conversationId !== null && isAllowed;
    if (conversationId === this.#conversationId && isAllowedHere === this.#isAllowed) return;
    this.#conversationId = conversationId;
    this.#isAllowed = isAllowedHere;
    this.#attaching.allow(isAllowedHere);
    this.#draw();
  }

  get isEmpty() {
    return this.#tray?.isEmpty ?? true;
  }

  get isWaiting() {
    return this.#tray?.isWaiting ?? false;
  }

  get hasFailed() {
    return this.#tray?.items.some(({ state }) => state === "failed") ?? false;
  }

  /** Whether there are files in any conversation: they would be lost with the page. */
  get hasUnsent() {
    return [...this.#trays.values()].some(({ isEmpty }) => !isEmpty);
  }

  /**
   * Calls it with the files as soon as all of them are uploaded: at once, if none is missing.
   * @param {string} conversationId
   * @param {(attachments: Attachment[]) => void} send
   */
  whenReady(conversationId, send) {
    const tray = this.#trays.get(conversationId);
    if (tray) tray.whenReady(() => send(tray.take()));
    else send([]);
  }

  /** The message is not sent by itself any more. */
  hold() {
    if (this.isWaiting) this.#tray?.whenReady(null);
  }

  get #tray() {
    return this.#conversationId === null ? undefined : this.#trays.get(this.#conversationId);
  }

  /** @param {File[]} files */
  #add(files) {
    const id = this.#conversationId;
    if (id === null) return;
    const { previews, say } = this.#parts;
    const onChange = () => id === this.#conversationId && this.#draw();
    const tray = this.#trays.get(id) ?? new Tray(this.#chat, id, { measure, previews, onChange });
    this.#trays.set(id, tray);
    const left = tray.add(files);
    if (left > 0) say(words("composer.left_out", { most: ATTACHMENTS, count: left }));
  }

  #draw() {
    this.#view.show(this.#isAllowed ? (this.#tray ?? null) : null);
    this.#parts.onChange();
  }
}
