import { element } from "./dom.js";
import { fileName } from "./files.js";
import { reserve } from "./pictures.js";
import { words } from "./words/index.js";

/** @import { AttachmentRef } from "../src/index.js" */
/** @import { Source } from "./pictures.js" */

/**
 * @param {Source} source
 * @param {AttachmentRef} attachment
 */
export function videoElement(source, attachment) {
  const name = fileName(attachment);
  const { attachmentId, thumbnailId } = attachment;
  const preload = thumbnailId ? "none" : "metadata";
  const attributes = { class: "video", controls: true, playsinline: true, preload };
  const video = element("video", {
    ...attributes,
    "aria-label": words("files.play_video", { name }),
  });
  reserve(video, attachment);
  if (thumbnailId) void showPoster(source, thumbnailId, video);
  return playable(source, attachmentId, video, video);
}

/**
 * @param {Source} source
 * @param {AttachmentRef} attachment
 */
export function audioElement(source, attachment) {
  const name = fileName(attachment);
  const audio = element("audio", { controls: true, preload: "metadata", "aria-label": name });
  const title = element("span", { class: "file-name small", dir: "auto" }, name);
  const box = element("div", { class: "audio" }, title, audio);
  return playable(source, attachment.attachmentId, audio, box);
}

/**
 * @param {Source} source
 * @param {string} attachmentId
 * @param {HTMLVideoElement} video
 */
async function showPoster({ chat, conversationId, previews }, attachmentId, video) {
  try {
    video.poster =
      previews.urlOf(attachmentId) ?? (await chat.attachmentUrl(conversationId, attachmentId));
  } catch {
    // It is played all the same.
  }
}

/**
 * Gives the player a URL that works, time after time: never while it plays.
 * @template {HTMLElement} Box
 * @param {Source} source
 * @param {string} attachmentId
 * @param {HTMLMediaElement} player
 * @param {Box} box
 */
function playable({ chat, conversationId }, attachmentId, player, box) {
  let next = "";
  let wasRenewed = false;
  const use = () => {
    const at = player.currentTime;
    if (next) player.src = next;
    if (next && at > 0) player.currentTime = at;
    next = "";
  };
  const breakOff = () => box.classList.add("broken");
  const stop = chat.watchAttachmentUrl(
    conversationId,
    attachmentId,
    (url) => {
      next = url;
      if (!box.isConnected) stop();
      else if (player.paused) use();
    },
    breakOff,
  );
  const renew = async () => {
    if (wasRenewed) return breakOff();
    wasRenewed = true;
    try {
      next = await chat.attachmentUrl(conversationId, attachmentId, { renew: true });
      use();
    } catch {
      breakOff();
    }
  };
  player.addEventListener("pause", use);
  player.addEventListener("error", renew);
  player.addEventListener("loadeddata", () => (wasRenewed = false));
  return box;
}
