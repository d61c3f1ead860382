import { ATTACHMENTS, ParleyError } from "../src/index.js";
import { problemOf } from "./files.js";

/** @import { Attachment, Chat } from "../src/index.js" */
/** @import { Measures } from "./measures.js" */
/** @import { Previews } from "./previews.js" */

/** The service does not take the file, however often it is asked. */
const FINAL = new Set(["too_large", "bad_request", "unknown_type", "not_a_member"]);

/**
 * A file that is to go with the next message. `share`: how much of it is uploaded, from 0 to 1.
 * `isFinal`: it would fail again.
 * @typedef {{
 *   file: File,
 *   state: "uploading" | "done" | "failed",
 *   share: number,
 *   problem: string,
 *   isFinal: boolean,
 *   picture: Blob | null,
 *   attachment: Attachment | null,
 *   stop: AbortController,
 * }} Item
 */

/** The files that are to go with the next message of one conversation. They are uploaded at once. */
export class Tray {
  /** @type {readonly Item[]} */
  items = [];
  /** @type {(() => void) | null} sends the message once every file is uploaded */
  #whenReady = null;
  #chat;
  #conversationId;
  #parts;

  /**
   * @param {Chat} chat
   * @param {string} conversationId
   * @param {{
   *   measure: (file: File) => Promise<Measures>,
   *   previews: Pick<Previews, "keep">,
   *   onChange: () => void,
   * }} parts
   */
  constructor(chat, conversationId, parts) {
    this.#chat = chat;
    this.#conversationId = conversationId;
    this.#parts = parts;
  }

  get isEmpty() {
    return this.items.length === 0;
  }

  /** Whether the message could be sent now. */
  get isReady() {
    return this.items.every(({ state }) => state === "done");
  }

  /** Whether the message is sent as soon as it can be. */
  get isWaiting() {
    return this.#whenReady !== null;
  }

  /**
   * @param {readonly File[]} files
   * @returns how many there is no room for
   */
  add(files) {
    const room = ATTACHMENTS - this.items.length;
    for (const file of files.slice(0, room)) {
      const item = newItem(file);
      this.items = [...this.items, item];
      void this.#upload(item);
    }
    this.#changed();
    return Math.max(0, files.length - room);
  }

  /** @param {Item} item */
  remove(item) {
    item.stop.abort();
    this.items = this.items.filter((it) => it !== item);
    this.#changed();
  }

  /** @param {Item} failed */
  retry(failed) {
    const item = newItem(failed.file);
    this.items = this.items.map((it) => (it === failed ? item : it));
    void this.#upload(item);
    this.#changed();
  }

  /**
   * Calls it once, as soon as every file is uploaded. A file that fails ends the waiting.
   * @param {(() => void) | null} send null: not any more
   */
  whenReady(send) {
    this.#whenReady = send;
    this.#changed();
  }

  /** Takes the uploaded files out, for a message. */
  take() {
    const attachments = this.items.flatMap(({ attachment }) => attachment ?? []);
    this.items = [];
    this.#changed();
    return attachments;
  }

  /** @param {Item} item */
  async #upload(item) {
    try {
      item.attachment = await this.#uploaded(item);
      item.state = "done";
    } catch (error) {
      if (item.stop.signal.aborted) return;
      item.state = "failed";
      item.problem = problemOf(error);
      item.isFinal = error instanceof ParleyError && FINAL.has(error.code);
      this.#whenReady = null;
    }
    this.#changed();
  }

  /**
   * The file and its thumbnail at a time. Without a thumbnail the file can do.
   * @param {Item} item
   * @returns {Promise<Attachment>}
   */
  async #uploaded(item) {
    const { file, stop } = item;
    const { signal } = stop;
    const { thumbnail, ...measures } = await this.#parts.measure(file);
    item.picture = thumbnail ?? (measures.width && !measures.durationSeconds ? file : null);
    this.#changed();
    const onProgress = (/** @type {number} */ share) => {
      item.share = share;
      this.#changed();
    };
    const [attachment, small] = await Promise.all([
      this.#chat.upload(this.#conversationId, file, { signal, onProgress }),
      thumbnail && this.#uploadThumbnail(thumbnail, signal),
    ]);
    const shown = small ?? attachment;
    if (item.picture) this.#parts.previews.keep(shown.attachmentId, item.picture);
    return { ...attachment, ...measures, ...(small && { thumbnailId: small.attachmentId }) };
  }

  /**
   * @param {Blob} thumbnail
   * @param {AbortSignal} signal
   */
  async #uploadThumbnail(thumbnail, signal) {
    try {
      return await this.#chat.upload(this.#conversationId, thumbnail, {
        name: `thumbnail.${thumbnail.type.replace("image/", "")}`,
        signal,
      });
    } catch {
      return null;
    }
  }

  #changed() {
    const send = this.#whenReady;
    if (send && this.isReady) {
      this.#whenReady = null;
      send();
    }
    this.#parts.onChange();
  }
}

/**
 * @param {File} file
 * @returns {Item}
 */
function newItem(file) {
  const result = { problem: "", isFinal: false, picture: null, attachment: null };
  return { file, state: "uploading", share: 0, ...result, stop: new AbortController() };
}
