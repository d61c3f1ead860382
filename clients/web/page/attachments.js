import { element, icon } from "./dom.js";
import { extensionOf, fileName, kindOf, sizeText } from "./files.js";
import { pictureElement } from "./pictures.js";
import { audioElement, videoElement } from "./players.js";
import { hiddenAround } from "./spoken.js";
import { words } from "./words/index.js";

/** @import { AttachmentRef } from "../src/index.js" */
/** @import { Source } from "./pictures.js" */

/**
 * The element that shows a file of a message.
 * @param {Source} source
 * @param {AttachmentRef} attachment
 * @param {() => void} onOpen what a click on a picture does
 * @returns {HTMLElement}
 */
export function fileElement(source, attachment, onOpen) {
  switch (kindOf(attachment.mediaType)) {
    case "picture":
      return pictureElement(source, attachment, onOpen);
    case "video":
      return videoElement(source, attachment);
    case "audio":
      return audioElement(source, attachment);
    default:
      return documentElement(source, attachment);
  }
}

/**
 * @param {Source} source
 * @param {AttachmentRef} attachment
 */
function documentElement({ chat, conversationId }, attachment) {
  const { attachmentId, size = 0 } = attachment;
  const detail = [extensionOf(attachment), sizeText(size)].filter(Boolean).join(" · ");
  const state = element("span", { class: "soft small" }, detail);
  const link = element(
    "a",
    { class: "document", target: "_blank", rel: "noopener noreferrer" },
    element("span", { class: "file-icon" }, icon("file")),
    element(
      "span",
      { class: "document-lines" },
      ...hiddenAround("files.download", {
        name: element("span", { class: "file-name", dir: "auto" }, fileName(attachment)),
      }),
      state,
    ),
  );
  const stop = chat.watchAttachmentUrl(
    conversationId,
    attachmentId,
    (url) => (link.isConnected ? (link.href = url) : stop()),
    () => (state.textContent = words("files.gone")),
  );
  return link;
}
