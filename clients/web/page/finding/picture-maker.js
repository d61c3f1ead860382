import { PICTURE_BYTES } from "../../src/index.js";
import { words } from "../words/index.js";

/** In pixels, the best first: sharp on dense screens, or else small enough in any case. */
const SIDES = [96, 64];
const QUALITIES = [0.9, 0.8, 0.7, 0.55, 0.4, 0.25, 0.1];

/**
 * Makes a picture of a user out of a file: its middle, as a square, in as many bytes as the service takes.
 * Nothing but the pixels is left of the file.
 * @param {Blob} file
 * @returns {Promise<Blob>}
 */
export async function makePicture(file) {
  const source = await createImageBitmap(file).catch(() => null);
  if (!source) throw new Error(words("profile.unreadable_picture"));
  try {
    return await smallEnough(source);
  } finally {
    source.close();
  }
}

/** @param {ImageBitmap} source */
async function smallEnough(source) {
  for (const side of SIDES) {
    const canvas = squareOf(source, side);
    for (const quality of QUALITIES) {
      const picture = await encoded(canvas, quality);
      if (picture.size <= PICTURE_BYTES) return picture;
    }
  }
  throw new Error(words("profile.unreadable_picture"));
}

/**
 * @param {ImageBitmap} source
 * @param {number} side
 */
function squareOf(source, side) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  if (!context) throw new Error(words("profile.unreadable_picture"));
  const least = Math.min(source.width, source.height);
  const left = (source.width - least) / 2;
  const top = (source.height - least) / 2;
  // What is transparent would let the letter below shine through.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, side, side);
  context.imageSmoothingQuality = "high";
  context.drawImage(source, left, top, least, least, 0, 0, side, side);
  return canvas;
}

/**
 * As WebP, or as JPEG where the browser makes no WebP.
 * @param {HTMLCanvasElement} canvas
 * @param {number} quality
 */
async function encoded(canvas, quality) {
  const webp = await blobOf(canvas, "image/webp", quality);
  return webp.type === "image/webp" ? webp : blobOf(canvas, "image/jpeg", quality);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} type
 * @param {number} quality
 * @returns {Promise<Blob>}
 */
function blobOf(canvas, type, quality) {
  return new Promise((resolve, reject) => {
    const unreadable = () => reject(new Error(words("profile.unreadable_picture")));
    canvas.toBlob((blob) => (blob ? resolve(blob) : unreadable()), type, quality);
  });
}
