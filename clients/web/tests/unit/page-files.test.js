import assert from "node:assert/strict";
import { test } from "node:test";

import { ParleyError } from "../../src/index.js";
import { extensionOf, fileName, kindOf, problemOf, sizeText, summaryOf } from "../../page/files.js";
import { Tray } from "../../page/tray.js";
import { settled } from "../support/clock.js";

/** @import { ErrorCode } from "../../src/index.js" */
/** @import { Measures } from "../../page/measures.js" */

const PICTURE = new File(["twelve bytes"], "cat.png", { type: "image/png" });
const PDF = new File(["%PDF"], "plan.pdf", { type: "application/pdf" });

test("pictures are what every browser shows, and SVG and HTML are documents", () => {
  const types = ["image/png", "image/svg+xml", "image/heic", "text/html", "video/mp4", "audio/ogg"];

  const kinds = types.map(kindOf);

  assert.deepEqual(kinds, ["picture", "document", "document", "document", "video", "audio"]);
  assert.equal(kindOf(undefined), "document");
});

test("a file's name cannot pass itself off as another", () => {
  const names = ["photo\u202egnp.exe", "a\u0000b\nc.txt", " \u200f ", "plain.txt"];

  const shown = names.map((name) => fileName({ name }));

  assert.deepEqual(shown, ["photognp.exe", "abc.txt", "file", "plain.txt"]);
  assert.equal(extensionOf({ name: "photo.png.exe" }), "EXE");
  assert.equal(extensionOf({ name: "README" }), "");
});

test("a size is rounded to what people read", () => {
  const sizes = [1, 999, 1_000, 9_949, 9_950, 999_499, 1_234_567, 26_214_400, 5e9];

  assert.deepEqual(sizes.map(sizeText), [
    "1 byte",
    "999 bytes",
    "1.0 KB",
    "9.9 KB",
    "10 KB",
    "999 KB",
    "1.2 MB",
    "26 MB",
    "5.0 GB",
  ]);
});

test("a message is summed up by its text, or else by its files", () => {
  const cat = { attachmentId: "a", name: "cat.png", mediaType: "image/png" };
  const clip = { attachmentId: "b", name: "clip.mp4", mediaType: "video/mp4" };

  const lines = [
    summaryOf({ content: "Hello **there**", attachments: [cat] }),
    summaryOf({ content: "", attachments: [cat] }),
    summaryOf({ attachments: [cat, cat] }),
    summaryOf({ attachments: [cat, clip] }),
    summaryOf({}),
  ];

  assert.deepEqual(lines, ["Hello there", "Picture: cat.png", "2 pictures", "2 files", ""]);
});

test("why a file was not uploaded is said in plain words", () => {
  /** @type {[ErrorCode, object?][]} */
  const errors = [
    ["too_large", { limitBytes: 26_214_400 }],
    ["bad_request", { field: "data.media_type" }],
    ["bad_request", { field: "data.size" }],
    ["rate_limited", { retryAfterSeconds: 20 }],
    ["rate_limited", { retryAfterSeconds: 40_000 }],
    ["unknown_type"],
    ["upload_failed", { status: 0 }],
    ["upload_failed", { status: 400 }],
  ];

  const words = errors.map(([code, data]) => problemOf(new ParleyError(code, "…", { data })));

  assert.deepEqual(words, [
    "Too large: at most 26 MB.",
    "Files of this kind are not accepted here.",
    "The file is empty.",
    "Too many files at once. Try again in a moment.",
    "Too many files for today.",
    "This chat takes no files.",
    "The connection broke off.",
    "The file store did not accept it.",
  ]);
});

/**
 * A tray whose uploads end when the test says so.
 * @param {Measures} [measures]
 */
function trayWith(measures = {}) {
  /** @type {{ name: string, signal: AbortSignal, resolve: () => void, reject: (error: unknown) => void }[]} */
  const uploads = [];
  const chat = {
    /** @param {string} _ @param {any} file @param {any} options */
    upload: (_, file, { name = file.name, signal }) =>
      new Promise((resolve, reject) => {
        const attachment = { attachmentId: `id of ${name}`, name };
        uploads.push({ name, signal, resolve: () => resolve(attachment), reject });
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
  };
  /** @type {string[]} */
  const kept = [];
  const tray = new Tray(/** @type {any} */ (chat), "general", {
    measure: async () => measures,
    previews: { keep: (id) => kept.push(id) },
    onChange: () => {},
  });
  return { tray, uploads, kept };
}

test("a file goes with its measures, and with its thumbnail if that could be uploaded", async () => {
  for (const [isThere, thumbnail] of /** @type {const} */ ([
    [true, { thumbnailId: "id of thumbnail.webp" }],
    [false, {}],
  ])) {
    const measures = { width: 40, height: 30 };
    const small = new Blob(["small"], { type: "image/webp" });
    const { tray, uploads, kept } = trayWith({ ...measures, thumbnail: small });
    tray.add([PICTURE]);
    await settled();

    uploads[0]?.resolve();
    if (isThere) uploads[1]?.resolve();
    else uploads[1]?.reject(new ParleyError("upload_failed", "…"));
    await settled();

    const attachment = { attachmentId: "id of cat.png", name: "cat.png", ...measures };
    assert.deepEqual(kept, [isThere ? "id of thumbnail.webp" : "id of cat.png"]);
    assert.deepEqual(tray.take(), [{ ...attachment, ...thumbnail }]);
    assert.ok(tray.isEmpty);
  }
});

test("a message is sent once, when the last of its files is uploaded", async () => {
  const { tray, uploads } = trayWith();
  let sent = 0;
  tray.add([PICTURE, PDF]);
  await settled();

  tray.whenReady(() => sent++);
  uploads[1]?.resolve();
  await settled();
  const early = sent;
  uploads[0]?.resolve();
  await settled();
  tray.take();

  assert.deepEqual([early, sent, tray.isWaiting], [0, 1, false]);
});

test("a file that fails ends the waiting, and tried again it is not sent by itself", async () => {
  const { tray, uploads } = trayWith();
  let sent = 0;
  tray.add([PDF]);
  await settled();
  tray.whenReady(() => sent++);

  uploads[0]?.reject(new ParleyError("upload_failed", "…", { data: { status: 0 } }));
  await settled();
  const [failed] = tray.items;
  assert.ok(failed);
  tray.retry(failed);
  await settled();
  uploads[1]?.resolve();
  await settled();

  assert.deepEqual([failed.state, failed.isFinal, sent], ["failed", false, 0]);
  assert.deepEqual([tray.isReady, tray.items.length], [true, 1]);
});

test("a file that the service does not take is not worth another try", async () => {
  const { tray, uploads } = trayWith();
  tray.add([PDF]);
  await settled();

  uploads[0]?.reject(new ParleyError("too_large", "…", { data: { limitBytes: 10 } }));
  await settled();

  assert.equal(tray.items[0]?.isFinal, true);
});

test("a file that is taken out ends its upload, and the message goes without it", async () => {
  const { tray, uploads } = trayWith();
  let sent = 0;
  tray.add([PICTURE, PDF]);
  await settled();
  uploads[0]?.resolve();
  await settled();
  tray.whenReady(() => sent++);

  const [, second] = tray.items;
  assert.ok(second);
  tray.remove(second);
  await settled();

  assert.equal(uploads[1]?.signal.aborted, true);
  assert.deepEqual(
    tray.take().map(({ name }) => name),
    ["cat.png"],
  );
  assert.equal(sent, 1);
});

test("a message has room for ten files, and the others are counted", async () => {
  const { tray } = trayWith();

  const left = [tray.add(Array(8).fill(PDF)), tray.add(Array(5).fill(PDF))];

  assert.deepEqual([left, tray.items.length], [[0, 3], 10]);
});
