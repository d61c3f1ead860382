import { ParleyError } from "./errors.js";
import { fromWire, toWire } from "./wire.js";

/** @import { AttachmentRef, Frame } from "./types.js" */

/** API Gateway's quota for one frame. */
export const FRAME_BYTES = 32_768;
/** The service's limit for the content of one message. */
export const CONTENT_BYTES = 16_384;
/** The service's limit for the files of one message. */
export const ATTACHMENTS = 10;

const utf8 = new TextEncoder();
/** Half a surrogate pair, the only thing that JSON escapes so, or any other escape. */
const ESCAPE = /\\(?:ud[89a-f][0-9a-f]{2}|.)/g;

/**
 * The frame as text, in the names of the wire. Every string in it is well-formed: the service cannot
 * decode half a surrogate pair.
 * @param {Frame} frame
 * @throws {ParleyError} `too_large`: API Gateway would close the connection over it
 */
export function encode(frame) {
  const wire = { ...frame, data: toWire(frame.data) };
  const text = JSON.stringify(wire).replace(ESCAPE, (it) => (it.length > 2 ? "\uFFFD" : it));
  checkSize("A frame", text, FRAME_BYTES);
  return text;
}

/**
 * The frame in the text, in the names of the client, or null if it is not one: a client ignores what
 * it does not know.
 * @param {string} text
 * @returns {Frame | null}
 */
export function decode(text) {
  try {
    const frame = JSON.parse(text);
    if (typeof frame !== "object" || frame === null || Array.isArray(frame)) return null;
    return { ...frame, data: fromWire(frame.data) };
  } catch {
    return null;
  }
}

/**
 * The text as a frame carries it: a surrogate without its other half becomes U+FFFD.
 * @param {string} text
 */
export function wellFormed(text) {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(utf8.encode(text));
}

/**
 * @param {string} content
 * @param {readonly AttachmentRef[]} [attachments] with files, a message needs no text
 * @returns the content as a frame carries it
 * @throws {ParleyError} `bad_request` or `too_large`
 */
export function checkContent(content, attachments = []) {
  if (typeof content !== "string" || (content === "" && attachments.length === 0)) {
    throw badRequest("data.content", "A message needs some text.");
  }
  if (attachments.length > ATTACHMENTS) {
    throw badRequest("data.attachments", `A message has at most ${ATTACHMENTS} files.`);
  }
  checkSize("A message", content, CONTENT_BYTES);
  return wellFormed(content);
}

/**
 * @param {string} field
 * @param {string} message
 */
function badRequest(field, message) {
  return new ParleyError("bad_request", message, { data: { field } });
}

/**
 * @param {string} what
 * @param {string} text
 * @param {number} limit
 */
function checkSize(what, text, limit) {
  // No character takes more than three bytes a UTF-16 unit, so most need no counting.
  const bytes = text.length * 3 <= limit ? 0 : utf8.encode(text).length;
  if (bytes <= limit) return;
  const message = `${what} may have ${limit} bytes; this one has ${bytes}.`;
  throw new ParleyError("too_large", message, { data: { limit, bytes } });
}
