import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { PHONE, barriers, missing } from "../support/chromium.js";
import { signInAt, stage } from "./browser.js";

/** @import { Page } from "playwright-core" */

const skip = missing;
const ICON = await readFile(new URL("../../page/icons/icon-192.png", import.meta.url));
const PNG = ICON.toString("base64");
const PLACE = "taken at 52.5200 N, 13.4050 E";

/**
 * @param {Page} page
 * @param {string} name
 */
async function profileOf(page, name) {
  await page.getByRole("button", { name: `Signed in as ${name}` }).click();
  return page.getByRole("dialog", { name: "Your profile" });
}

/**
 * @param {Page} page
 * @param {string} type
 * @param {Buffer} buffer
 */
async function chooses(page, type, buffer) {
  const choosing = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose a picture" }).click();
  await (await choosing).setFiles({ name: "me", mimeType: type, buffer });
}

/**
 * A photo that is wide, and as hard to compress as can be.
 * @param {Page} page
 */
async function noisePhoto(page) {
  const base64 = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(900, 300);
    const context = canvas.getContext("2d");
    if (!context) throw new Error("There is no canvas.");
    const pixels = context.createImageData(900, 300);
    for (let at = 0; at < pixels.data.length; at++) pixels.data[at] = (at * 7919 * at) % 255;
    context.putImageData(pixels, 0, 0);
    const blob = await canvas.convertToBlob();
    const bytes = new Uint8Array(await blob.arrayBuffer());
    return btoa([...bytes].map((byte) => String.fromCharCode(byte)).join(""));
  });
  return Buffer.from(base64, "base64");
}

/**
 * Whether the pictures there are all shown, and how large they are.
 * @param {import("playwright-core").Locator} images
 */
function sizesOf(images) {
  return images.evaluateAll((all) =>
    all.map((image) => {
      const { naturalWidth, naturalHeight, alt, src } = /** @type {HTMLImageElement} */ (image);
      return [naturalWidth, naturalHeight, alt, src.slice(0, 5)].join(" ");
    }),
  );
}

/** @param {string | undefined} base64 */
function kindOf(base64 = "") {
  const bytes = Buffer.from(base64, "base64");
  return { bytes, isWebp: bytes.toString("latin1", 8, 12) === "WEBP", isJpeg: bytes[0] === 0xff };
}

test(
  "a picture is shown wherever its user is, and goes when it is removed",
  { skip },
  async (t) => {
    const { service, signIn, complaints } = await stage(t);
    const bob = await signIn("bob");
    const dialog = await profileOf(bob, "bob");
    await chooses(bob, "image/png", ICON);
    await dialog.locator(".avatar img").waitFor();
    const found = await barriers(bob);
    await dialog.getByRole("button", { name: "Save" }).click();
    await bob.locator("#me .avatar img").waitFor();

    const alice = await signIn("alice");
    await alice.locator(".message .avatar img").first().waitFor();
    await alice.getByRole("button", { name: "People", exact: true }).click();
    await alice.locator(".member .avatar img").waitFor();
    await alice.keyboard.press("Control+k");
    await alice.keyboard.type("bob");
    const option = alice.locator(".switcher-option").filter({ hasText: "bob" });
    await option.locator(".avatar img").waitFor();
    await option.click();
    await alice.locator(".conversation[aria-current] .avatar img").waitFor();
    await alice.locator("#room-avatar img").waitFor();
    const sizes = new Set(await sizesOf(alice.locator(".avatar img")));
    const { bytes, isWebp } = kindOf(service.pictures.get("user-bob"));

    await profileOf(bob, "bob");
    await dialog.getByRole("button", { name: "Remove the picture" }).click();
    await dialog.getByRole("button", { name: "Save" }).click();
    await bob.locator("#me .avatar img").waitFor({ state: "detached" });
    await alice.reload();
    await alice.locator(".member, .conversation").first().waitFor();

    assert.deepEqual([...sizes], ["96 96  blob:"]);
    assert.ok(isWebp && bytes.length <= 3072);
    assert.equal(service.pictures.size, 0);
    assert.equal(await alice.locator(".avatar img").count(), 0);
    assert.deepEqual([found, await barriers(alice), complaints], [[], [], []]);
  },
);

test(
  "a picture is small, square and nothing but pixels, whatever was chosen",
  { skip },
  async (t) => {
    const { service, signIn, complaints } = await stage(t);
    const bob = await signIn("bob", PHONE);
    const photo = Buffer.concat([await noisePhoto(bob), Buffer.from(PLACE)]);

    const dialog = await profileOf(bob, "bob");
    await chooses(bob, "image/png", photo);
    await dialog.locator(".avatar img").waitFor();
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "hidden" });

    const { bytes } = kindOf(service.pictures.get("user-bob"));
    const [size] = await sizesOf(bob.locator("#me .avatar img"));
    assert.ok(bytes.length > 500 && bytes.length <= 3072, String(bytes.length));
    assert.match(size ?? "", /^(96 96|64 64) {2}blob:$/);
    assert.ok(!bytes.includes(PLACE));
    assert.deepEqual(complaints, []);
  },
);

test("a browser that makes no WebP makes a JPEG", { skip }, async (t) => {
  const { service, visit } = await stage(t);
  const page = await visit();
  await page.addInitScript(() => {
    const { toBlob } = HTMLCanvasElement.prototype;
    /** @this {HTMLCanvasElement} */
    HTMLCanvasElement.prototype.toBlob = function (callback, type, quality) {
      toBlob.call(this, callback, type === "image/webp" ? "image/png" : type, quality);
    };
  });
  await page.reload();
  const bob = await signInAt(page, "bob");

  const dialog = await profileOf(bob, "bob");
  await chooses(bob, "image/png", ICON);
  await dialog.locator(".avatar img").waitFor();
  await dialog.getByRole("button", { name: "Save" }).click();
  await bob.locator("#me .avatar img").waitFor();

  const { bytes, isJpeg } = kindOf(service.pictures.get("user-bob"));
  assert.ok(isJpeg && bytes.length <= 3072);
});

test("a file that is no picture is not taken, and what was there stays", { skip }, async (t) => {
  const { service, signIn, complaints } = await stage(t);
  const small = PNG.slice(0, 4000);
  service.pictures.set("user-bob", small);
  const bob = await signIn("bob");
  const dialog = await profileOf(bob, "bob");

  for (const content of [
    "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "<script>alert(1)</script>",
  ]) {
    await chooses(bob, "image/png", Buffer.from(content));
    await dialog.getByText("This file is no picture").waitFor();
  }
  await dialog.getByLabel("Display name").fill("Bob");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "hidden" });

  assert.equal(service.pictures.get("user-bob"), small);
  assert.deepEqual(complaints, []);
});

test(
  "a picture that is no picture after all leaves the letter, and runs nothing",
  { skip },
  async (t) => {
    const { service, signIn, complaints } = await stage(t);
    const polyglot = Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>");
    service.pictures.set("user-bob", polyglot.toString("base64"));
    const alice = await signIn("alice");
    alice.on("dialog", () => complaints.push("a script ran"));

    const avatar = alice.locator(".message .avatar").filter({ hasText: "B" }).first();
    await avatar.locator("img").waitFor({ state: "attached" });
    const [size] = await sizesOf(avatar.locator("img"));

    assert.match(size ?? "", /^0 0 /);
    assert.deepEqual(complaints, []);
  },
);

test("people are asked for once, however many of them have pictures", { skip }, async (t) => {
  const { service, signIn } = await stage(t);
  for (const name of ["alice", "bob", "carol"])
    service.pictures.set(`user-${name}`, PNG.slice(0, 4000));
  const alice = await signIn("alice");
  /** @type {string[]} */
  const asked = [];
  alice.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => {
      const { type, data } = JSON.parse(String(payload));
      if (type === "get_profiles" && data.pictures) asked.push(...data.user_ids);
    }),
  );

  await alice.reload();
  await alice.locator(".message .avatar img").first().waitFor({ state: "attached" });
  await alice.getByRole("button", { name: "People", exact: true }).click();
  for (const name of ["bob", "carol"]) {
    const member = alice.locator(".member").filter({ hasText: name });
    await member.locator(".avatar img").waitFor({ state: "attached" });
  }
  await alice.locator("#me .avatar img").waitFor({ state: "attached" });

  // Two go into a reply of this service: those that were left out are asked for once more.
  assert.ok(asked.length <= 4, asked.join());
});
