import { ParleyError } from "./errors.js";

/** The picture of a user, in bytes. */
export const PICTURE_BYTES = 3_072;

/** By the first byte: the service stores no others. */
const MEDIA_TYPES = new Map([
  [0x52, "image/webp"],
  [0xff, "image/jpeg"],
  [0x89, "image/png"],
]);

/**
 * A picture as a frame carries it, in base64.
 * @param {Blob} picture
 * @throws {ParleyError} `too_large` if it has more than `PICTURE_BYTES`
 */
export async function encodePicture(picture) {
  if (picture.size > PICTURE_BYTES) {
    const data = { limitBytes: PICTURE_BYTES };
    throw new ParleyError("too_large", "The picture is too large.", { data });
  }
  return btoa(String.fromCharCode(...new Uint8Array(await picture.arrayBuffer())));
}

/**
 * What a picture is says the picture itself, and nobody else.
 * @param {string} base64
 * @returns {Blob}
 */
export function decodePicture(base64) {
  const bytes = Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
  return new Blob([bytes], { type: MEDIA_TYPES.get(bytes[0] ?? 0) ?? "" });
}
