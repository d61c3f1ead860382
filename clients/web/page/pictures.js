import { element } from "./dom.js";
import { fileName } from "./files.js";
import { words } from "./words/index.js";

/** @import { AttachmentRef, Chat } from "../src/index.js" */
/** @import { Previews } from "./previews.js" */

/** A picture is shown no larger than this, in pixels of the page. */
const WIDEST = 360;
const HIGHEST = 320;
/** Less could not be pressed. */
const SMALLEST = 48;

/**
 * Where the files of a conversation can be had.
 * @typedef {{ chat: Chat, conversationId: string, previews: Pick<Previews, "urlOf"> }} Source
 */

/**
 * @param {Source} source
 * @param {AttachmentRef} attachment
 * @param {() => void} onOpen
 */
export function pictureElement(source, attachment, onOpen) {
  const { attachmentId, thumbnailId = attachmentId } = attachment;
  const name = fileName(attachment);
  const image = element("img", { alt: "", loading: "lazy", decoding: "async" });
  const problem = element("span", { class: "picture-problem small" });
  const attributes = {
    class: "picture",
    type: "button",
    "aria-label": words("files.open_picture", { name }),
  };
  const button = element("button", attributes, image, problem);
  button.addEventListener("click", onOpen);
  reserve(button, attachment);
  void load(source, thumbnailId, image, () => {
    button.classList.add("broken");
    problem.textContent = words("files.broken", { name });
  });
  return button;
}

/**
 * The room that a picture takes is there before the picture is.
 * @param {HTMLElement} box
 * @param {AttachmentRef} attachment
 */
export function reserve(box, { width, height }) {
  const [wide, high] = width && height ? fitted(width, height) : [WIDEST, (WIDEST * 3) / 4];
  box.style.width = `${wide}px`;
  box.style.aspectRatio = `${wide} / ${high}`;
}

/**
 * @param {number} width
 * @param {number} height
 */
function fitted(width, height) {
  const scale = Math.min(WIDEST / width, HIGHEST / height, 1);
  return [width, height].map((side) => Math.max(SMALLEST, Math.round(side * scale)));
}

/**
 * Loads a picture, and once more with another URL if the first one does not work.
 * @param {Source} source
 * @param {string} attachmentId
 * @param {HTMLImageElement} image
 * @param {() => void} onBroken
 */
export async function load({ chat, conversationId, previews }, attachmentId, image, onBroken) {
  let renew = false;
  const show = async () => {
    try {
      image.src = await chat.attachmentUrl(conversationId, attachmentId, { renew });
    } catch {
      onBroken();
    }
  };
  image.addEventListener("load", () => (renew = false));
  image.addEventListener("error", () => {
    if (renew) return onBroken();
    renew = true;
    void show();
  });
  const preview = previews.urlOf(attachmentId);
  if (preview) image.src = preview;
  else await show();
}
