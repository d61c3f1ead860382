import { ParleyError } from "../src/index.js";
import { problemText } from "./problems.js";
import { numberText, words } from "./words/index.js";
import { visible } from "./text/characters.js";
import { plainText } from "./text/plain.js";

/** @import { AttachmentRef } from "../src/index.js" */

/** The types that every browser shows as a picture. SVG is not one: it can hold scripts. */
const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);
const UNITS = /** @type {const} */ (["files.kilobytes", "files.megabytes", "files.gigabytes"]);

/** @typedef {"picture" | "video" | "audio" | "document"} Kind */

const WORDS = /** @type {const} */ ({
  picture: ["files.picture", "files.pictures"],
  video: ["files.video", "files.videos"],
  audio: ["files.audio", "files.audios"],
  document: ["files.document", "files.documents"],
});

/**
 * @param {string | undefined} mediaType
 * @returns {Kind}
 */
export function kindOf(mediaType = "") {
  if (PICTURES.has(mediaType)) return "picture";
  if (mediaType.startsWith("video/")) return "video";
  return mediaType.startsWith("audio/") ? "audio" : "document";
}

/**
 * The file's name, as it can be shown.
 * @param {{ name?: string | undefined }} file
 */
export function fileName({ name = "" }) {
  return visible(name) || words("files.unnamed");
}

/**
 * The end of the name, which says what kind of file it is: `PDF`.
 * @param {{ name?: string | undefined }} file
 */
export function extensionOf(file) {
  const [, extension = ""] = /\.([^.\s]{1,8})$/u.exec(fileName(file)) ?? [];
  return extension.toUpperCase();
}

/**
 * @param {number} bytes
 * @returns a rounded size: `812 bytes`, `4.2 MB`
 */
export function sizeText(bytes) {
  if (bytes < 999.5) return words("files.bytes", { count: bytes });
  let [size, unit] = [bytes / 1000, 0];
  for (; size >= 999.5 && unit < UNITS.length - 1; unit++) size /= 1000;
  const digits = size < 9.95 ? 1 : 0;
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return words(UNITS[unit] ?? UNITS[0], { size: numberText(size, options) });
}

/**
 * What a message says, without marks, in one line where there is no room for its files.
 * @param {{ content?: string, attachments?: readonly AttachmentRef[] }} message
 */
export function summaryOf({ content = "", attachments = [] }) {
  return plainText(content) || filesText(attachments);
}

/** @param {readonly AttachmentRef[]} attachments */
function filesText(attachments) {
  const [first] = attachments;
  if (!first) return "";
  const kinds = new Set(attachments.map(({ mediaType }) => kindOf(mediaType)));
  const [kind = "document"] = kinds;
  const [one, many] = WORDS[kinds.size > 1 ? "document" : kind];
  if (attachments.length > 1) return words(many, { count: attachments.length });
  return words(one, { name: fileName(first) });
}

/**
 * Why a file was not uploaded, in plain words.
 * @param {unknown} error
 */
export function problemOf(error) {
  if (!(error instanceof ParleyError)) return problemText(error);
  const { limitBytes, field, status } = error.data ?? {};
  switch (error.code) {
    case "too_large":
      return limitBytes
        ? words("files.larger_than", { size: sizeText(limitBytes) })
        : words("files.too_large");
    case "bad_request":
      if (field === "data.size") return words("files.empty");
      return words("files.not_accepted");
    case "rate_limited":
      return waitingText(error.retryAfterSeconds);
    case "unknown_type":
      return words("files.not_here");
    case "upload_failed":
      return words(status ? "files.store_refused" : "files.broke_off");
    default:
      return problemText(error);
  }
}

/** @param {number} [seconds] */
function waitingText(seconds = 0) {
  const isLong = seconds > 90 * 60;
  return words(isLong ? "files.enough_today" : "files.too_many");
}
