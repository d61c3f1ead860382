import { kindOf } from "./files.js";

/** A thumbnail is no larger than this, in pixels, on either side: sharp also on dense screens. */
const THUMBNAIL = 720;
/** A picture that is smaller than this in both ways is its own thumbnail. */
const SMALL_BYTES = 150_000;
const QUALITY = 0.8;
/** A browser that cannot read a file may not say so. */
const PATIENCE_MS = 10_000;

/**
 * What others need to show a file before they have it, and a small picture of it.
 * @typedef {{
 *   width?: number, height?: number, durationSeconds?: number, thumbnail?: Blob,
 * }} Measures
 */

/**
 * Looks at a file. What the browser cannot read has no measures.
 * @param {File} file
 * @returns {Promise<Measures>}
 */
export async function measure(file) {
  try {
    const kind = kindOf(file.type);
    if (kind === "picture") return await ofPicture(file);
    if (kind === "video" || kind === "audio") return await ofRecording(file, kind);
  } catch {
    // It is sent as it is.
  }
  return {};
}

/**
 * @param {File} file
 * @returns {Promise<Measures>}
 */
async function ofPicture(file) {
  const picture = await createImageBitmap(file);
  try {
    const { width, height } = picture;
    const isSmall = Math.max(width, height) <= THUMBNAIL && file.size <= SMALL_BYTES;
    // A small picture of an animation would stand still.
    if (isSmall || file.type === "image/gif") return { width, height };
    return { width, height, thumbnail: await drawn(picture, width, height, file.type) };
  } finally {
    picture.close();
  }
}

/**
 * @param {File} file
 * @param {"video" | "audio"} kind
 * @returns {Promise<Measures>}
 */
async function ofRecording(file, kind) {
  const url = URL.createObjectURL(file);
  const player = document.createElement(kind);
  try {
    player.muted = true;
    player.preload = "auto";
    player.src = url;
    await happens(player, "loadedmetadata");
    const { duration } = player;
    const measures = Number.isFinite(duration) ? { durationSeconds: duration } : {};
    if (!(player instanceof HTMLVideoElement) || !player.videoWidth) return measures;
    const { videoWidth: width, videoHeight: height } = player;
    return { ...measures, width, height, ...(await still(player)) };
  } finally {
    player.removeAttribute("src");
    URL.revokeObjectURL(url);
  }
}

/**
 * A picture from near the beginning: the first one is often black.
 * @param {HTMLVideoElement} video
 * @returns {Promise<{ thumbnail?: Blob }>}
 */
async function still(video) {
  try {
    video.currentTime = Math.min(1, (video.duration || 0) / 10);
    await happens(video, "seeked");
    const { videoWidth, videoHeight } = video;
    return { thumbnail: await drawn(video, videoWidth, videoHeight, "image/jpeg") };
  } catch {
    return {};
  }
}

/**
 * @param {HTMLMediaElement} player
 * @param {string} event
 */
function happens(player, event) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(reject, PATIENCE_MS);
    player.addEventListener("error", reject, { once: true });
    player.addEventListener(
      event,
      () => {
        clearTimeout(timer);
        resolve(undefined);
      },
      { once: true },
    );
  });
}

/**
 * @param {CanvasImageSource} source
 * @param {number} width
 * @param {number} height
 * @param {string} type the source's
 * @returns {Promise<Blob>}
 */
function drawn(source, width, height, type) {
  const scale = Math.min(1, THUMBNAIL / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext("2d")?.drawImage(source, 0, 0, canvas.width, canvas.height);
  // JPEG has no transparency.
  const into = type === "image/jpeg" ? type : "image/webp";
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(blob)), into, QUALITY);
  });
}
