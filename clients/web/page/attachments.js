import { element, hiddenText, icon } from "./dom.js";
import { extensionOf, fileName, kindOf, sizeText } from "./files.js";
import { pictureElement } from "./pictures.js";
import { audioElement, videoElement } from "./players.js";

/** @import { AttachmentRef, Chat } from "../src/index.js" */
/** @import { Source } from "./pictures.js" */
/** @import { Previews } from "./previews.js" */

/**
 * The elements of the files in the open conversation. A file keeps its element when its message is
 * drawn again: a video plays on, and a picture does not blink.
 */
export class Attachments {
  /** @type {Map<string, HTMLElement>} by attachment */
  #elements = new Map();
  #chat;
  #previews;
  #onOpen;

  /**
   * @param {Chat} chat
   * @param {Pick<Previews, "urlOf">} previews
   * @param {(picture: AttachmentRef) => void} onOpen
   */
  constructor(chat, previews, onOpen) {
    this.#chat = chat;
    this.#previews = previews;
    this.#onOpen = onOpen;
  }

  /**
   * @param {string} conversationId
   * @param {readonly AttachmentRef[]} attachments
   */
  listOf(conversationId, attachments) {
    if (attachments.length === 0) return null;
    const pictures = attachments.filter(({ media_type }) => kindOf(media_type) === "picture");
    const isGallery = pictures.length > 1;
    return element(
      "div",
      { class: isGallery ? "attachments gallery" : "attachments" },
      ...attachments.map((it) => this.#elementOf(conversationId, it)),
    );
  }

  /**
   * Lets the others go, but for what was begun to play: it goes on from there.
   * @param {ReadonlySet<string>} ids the attachments that are drawn
   */
  retain(ids) {
    for (const [id, it] of this.#elements) {
      if (!ids.has(id) && !hasBegun(it)) this.#elements.delete(id);
    }
  }

  clear() {
    this.#elements.clear();
  }

  /**
   * @param {string} conversationId
   * @param {AttachmentRef} attachment
   */
  #elementOf(conversationId, attachment) {
    const { attachment_id } = attachment;
    const made = this.#elements.get(attachment_id) ?? this.#make(conversationId, attachment);
    this.#elements.set(attachment_id, made);
    return made;
  }

  /**
   * @param {string} conversationId
   * @param {AttachmentRef} attachment
   */
  #make(conversationId, attachment) {
    const source = { chat: this.#chat, conversationId, previews: this.#previews };
    switch (kindOf(attachment.media_type)) {
      case "picture":
        return pictureElement(source, attachment, () => this.#onOpen(attachment));
      case "video":
        return videoElement(source, attachment);
      case "audio":
        return audioElement(source, attachment);
      default:
        return documentElement(source, attachment);
    }
  }
}

/** @param {HTMLElement} box */
function hasBegun(box) {
  const player = box.matches("video") ? box : box.querySelector("audio");
  return player instanceof HTMLMediaElement && player.currentTime > 0;
}

/**
 * @param {Source} source
 * @param {AttachmentRef} attachment
 */
function documentElement({ chat, conversationId }, attachment) {
  const { attachment_id, size = 0 } = attachment;
  const detail = [extensionOf(attachment), sizeText(size)].filter(Boolean).join(" · ");
  const state = element("span", { class: "soft small" }, detail);
  const link = element(
    "a",
    { class: "document", target: "_blank", rel: "noopener noreferrer" },
    element("span", { class: "file-icon" }, icon("file")),
    element(
      "span",
      { class: "document-lines" },
      hiddenText("Download "),
      element("span", { class: "file-name", dir: "auto" }, fileName(attachment)),
      state,
    ),
  );
  const stop = chat.watchAttachmentUrl(
    conversationId,
    attachment_id,
    (url) => (link.isConnected ? (link.href = url) : stop()),
    () => (state.textContent = "No longer available"),
  );
  return link;
}
