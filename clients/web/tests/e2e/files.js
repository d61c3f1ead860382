import assert from "node:assert/strict";
import { test } from "node:test";

import { missing as skip } from "../support/chromium.js";
import { picture, sound } from "../support/files.js";
import { gathers, group } from "./people.js";

/** @import { Person } from "./people.js" */

test("a screenshot is sent, seen in full by others, and gone once deleted", { skip }, async (t) => {
  const { title, id, chat } = await group("Pictures", ["alice", "bob"]);
  const [alice, bob] = await gathers(t, "alice", "bob");
  for (const person of [alice, bob]) await person.opens(title);
  const screenshot = await alice.page.screenshot();

  await chooses(alice, { name: "screen.png", mimeType: "image/png", buffer: screenshot });
  await alice.writes("What I see");
  const shown = bob.page.getByRole("button", { name: "Open the picture screen.png" });
  await loaded(shown.locator("img"));
  await bob.poses("picture");
  await shown.click();
  const large = bob.page.getByRole("img", { name: "screen.png" });
  await loaded(large);
  const width = await large.evaluate((it) => /** @type {HTMLImageElement} */ (it).naturalWidth);
  await bob.page.keyboard.press("Escape");
  const { messages } = await chat.history(id);
  const files = messages.flatMap(({ attachments = [] }) => attachments);
  const ids = files.flatMap(({ attachmentId, thumbnailId = "" }) => [attachmentId, thumbnailId]);
  const urls = await Promise.all(ids.map((it) => chat.attachmentUrl(id, it)));
  const before = await statusesOf(urls);
  await deletesLast(alice);
  await bob.sees("Message deleted");
  await gone(bob, "screen.png");

  assert.equal(width, 1280);
  assert.deepEqual(before, [200, 200]);
  assert.deepEqual(await statusesOf(urls), [404, 404]);
  assert.deepEqual([...alice.complaints, ...bob.complaints], []);
});

test("several files go with one message: shown, played and saved", { skip }, async (t) => {
  const { title } = await group("Files", ["alice", "bob"]);
  const [alice, bob] = await gathers(t, "alice", "bob");
  for (const person of [alice, bob]) await person.opens(title);
  const notes = { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("Milk, bread") };

  await chooses(alice, picture("lake.png", 1600, 900), sound("jetty.wav"), notes);
  await alice.writes("All at once");

  await loaded(bob.page.getByRole("button", { name: "Open the picture lake.png" }).locator("img"));
  const audio = bob.page.getByLabel("jetty.wav");
  await audio.evaluate(async (it) => {
    const player = /** @type {HTMLAudioElement} */ (it);
    while (player.readyState < 1) await new Promise((resolve) => requestAnimationFrame(resolve));
  });
  const saving = bob.page.waitForEvent("download");
  await bob.page.getByRole("link", { name: "Download notes.txt" }).click();
  const saved = await saving;

  assert.equal(saved.suggestedFilename(), "notes.txt");
  assert.equal(await textOf(saved), "Milk, bread");
  await bob.poses("files");
  assert.deepEqual([...alice.complaints, ...bob.complaints], []);
});

/**
 * @param {Person} person
 * @param {...import("../support/files.js").TestFile} files
 */
async function chooses({ page }, ...files) {
  const choosing = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Attach files" }).click();
  await (await choosing).setFiles(files);
}

/** @param {Person} person */
async function deletesLast({ page }) {
  await page.locator(".message").last().hover();
  await page.locator(".message").last().locator(".actions").click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
}

/**
 * @param {Person} person
 * @param {string} name
 */
async function gone({ page }, name) {
  await page.getByRole("button", { name }).waitFor({ state: "detached" });
}

/** @param {import("playwright-core").Locator} image */
async function loaded(image) {
  await image.evaluate(async (it) => {
    const picture = /** @type {HTMLImageElement} */ (it);
    while (picture.naturalWidth === 0) await new Promise((next) => requestAnimationFrame(next));
  });
}

/** @param {string[]} urls */
async function statusesOf(urls) {
  const answers = await Promise.all(urls.map((url) => fetch(url)));
  return answers.map(({ status }) => status);
}

/** @param {import("playwright-core").Download} download */
async function textOf(download) {
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
