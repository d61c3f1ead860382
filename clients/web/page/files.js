import { ParleyError } from "../src/index.js";
import { plainText } from "./text/plain.js";

/** @import { AttachmentRef } from "../src/index.js" */

/** The types that every browser shows as a picture. SVG is not one: it can hold scripts. */
const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);
/** Characters that are not seen, or that turn the direction of the text around them. */
const UNSEEN = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const UNITS = ["bytes", "KB", "MB", "GB"];

/** @typedef {"picture" | "video" | "audio" | "document"} Kind */

/** @type {Record<Kind, [one: string, many: string]>} */
const WORDS = {
  picture: ["Picture", "pictures"],
  video: ["Video", "videos"],
  audio: ["Audio", "audio files"],
  document: ["File", "files"],
};

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
  return name.replace(UNSEEN, "").trim() || "file";
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
  if (bytes === 1) return "1 byte";
  let [size, unit] = [bytes, 0];
  for (; size >= 999.5 && unit < UNITS.length - 1; unit++) size /= 1000;
  const digits = unit > 0 && size < 9.95 ? 1 : 0;
  return `${size.toFixed(digits)} ${UNITS[unit]}`;
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
  const kinds = new Set(attachments.map(({ media_type }) => kindOf(media_type)));
  const [kind = "document"] = kinds;
  const [one, many] = WORDS[kinds.size > 1 ? "document" : kind];
  if (attachments.length > 1) return `${attachments.length} ${many}`;
  return `${one}: ${fileName(first)}`;
}

/**
 * Why a file was not uploaded, in plain words.
 * @param {unknown} error
 */
export function problemOf(error) {
  if (!(error instanceof ParleyError)) return String(error);
  const { limit_bytes, field, status } = error.data ?? {};
  switch (error.code) {
    case "too_large":
      return limit_bytes ? `Too large: at most ${sizeText(limit_bytes)}.` : "Too large.";
    case "bad_request":
      if (field === "data.size") return "The file is empty.";
      return "Files of this kind are not accepted here.";
    case "rate_limited":
      return waitingText(error.retryAfterSeconds);
    case "unknown_type":
      return "This chat takes no files.";
    case "upload_failed":
      return status ? "The file store did not accept it." : "The connection broke off.";
    default:
      return error.message;
  }
}

/** @param {number} [seconds] */
function waitingText(seconds = 0) {
  const isLong = seconds > 90 * 60;
  return isLong ? "Too many files for today." : "Too many files at once. Try again in a moment.";
}
