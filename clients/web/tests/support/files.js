/** Real files, made here: pictures, sounds, recordings. */

import { crc32, deflateSync } from "node:zlib";

/** @import { Page } from "playwright-core" */

/** @typedef {{ name: string, mimeType: string, buffer: Buffer }} TestFile */

/**
 * A PNG of rolling colours.
 * @param {string} name
 * @param {number} width
 * @param {number} height
 * @returns {TestFile}
 */
export function picture(name, width, height) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits for each of red, green and blue.
  header.set([8, 2], 8);
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0, at = 0; y < height; y++) {
    at++;
    for (let x = 0; x < width; x++) {
      rows[at++] = 90 + (110 * x) / width;
      rows[at++] = 150 - (90 * y) / height;
      rows[at++] = 130 + 80 * Math.sin((x + y) / 60);
    }
  }
  const chunks = [chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND")];
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return { name, mimeType: "image/png", buffer: Buffer.concat([signature, ...chunks]) };
}

/**
 * @param {string} type
 * @param {Buffer} [data]
 */
function chunk(type, data = Buffer.alloc(0)) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8 + body.length);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), 4 + body.length);
  return frame;
}

/**
 * A second of a tone.
 * @param {string} name
 * @returns {TestFile}
 */
export function sound(name) {
  const rate = 8_000;
  const buffer = Buffer.alloc(44 + rate);
  buffer.write("RIFF", 0);
  buffer.writeUInt32LE(36 + rate, 4);
  buffer.write("WAVEfmt ", 8);
  buffer.writeUInt32LE(16, 16);
  buffer.set([1, 0, 1, 0], 20);
  buffer.writeUInt32LE(rate, 24);
  buffer.writeUInt32LE(rate, 28);
  buffer.set([1, 0, 8, 0], 32);
  buffer.write("data", 36);
  buffer.writeUInt32LE(rate, 40);
  for (let n = 0; n < rate; n++) buffer[44 + n] = 128 + 60 * Math.sin(n / 4);
  return { name, mimeType: "audio/wav", buffer };
}

/**
 * A short video, recorded in the browser.
 * @param {Page} page
 * @returns {Promise<TestFile>}
 */
export async function recording(page) {
  const bytes = await page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [320, 180];
    const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/webm" });
    /** @type {Blob[]} */
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    const context = canvas.getContext("2d");
    for (let frame = 0; frame < 30; frame++) {
      if (context) context.fillStyle = `hsl(${frame * 12} 60% 50%)`;
      context?.fillRect(0, 0, 320, 180);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    recorder.stop();
    await stopped;
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
  });
  return { name: "clip.webm", mimeType: "video/webm", buffer: Buffer.from(bytes) };
}

/**
 * Drops a file on the messages, as from a folder.
 * @param {Page} page
 * @param {TestFile} file
 */
export async function dropped(page, file) {
  const transfer = await page.evaluateHandle(transferOf, serialized(file));
  for (const type of ["dragenter", "dragover", "drop"]) {
    await page.dispatchEvent("#scroller", type, { dataTransfer: transfer });
  }
}

/**
 * Pastes a file into the message field, as a screenshot, perhaps with text beside it.
 * @param {Page} page
 * @param {TestFile} file
 * @param {string} [text]
 * @returns {Promise<boolean>} whether the page took it for its own
 */
export async function pasted(page, file, text) {
  const transfer = await page.evaluateHandle(transferOf, { ...serialized(file), text });
  return page.getByLabel("Message", { exact: true }).evaluate((field, clipboardData) => {
    const options = { clipboardData, bubbles: true, cancelable: true };
    return !field.dispatchEvent(new ClipboardEvent("paste", options));
  }, transfer);
}

/** @param {TestFile} file */
function serialized({ name, mimeType: type, buffer }) {
  return { name, type, bytes: [...buffer] };
}

/** @param {{ name: string, type: string, bytes: number[], text?: string | undefined }} file */
function transferOf({ name, type, bytes, text }) {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(bytes)], name, { type }));
  if (text) transfer.setData("text/plain", text);
  return transfer;
}
