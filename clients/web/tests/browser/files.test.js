import assert from "node:assert/strict";
import { test } from "node:test";

import { DESKTOP, PHONE, barriers, missing, write } from "../support/chromium.js";
import { pasted, dropped, picture, recording, sound } from "../support/files.js";
import { filled, stage } from "./browser.js";

/** @import { Page } from "playwright-core" */

const skip = missing;
/** To be looked at after the tests. */
const PICTURES = new URL("../../../../test-results/browser", import.meta.url).pathname;
const PDF = { name: "plan.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4 …") };

test("a chosen picture is sent with its text, and others see it", { skip }, async (t) => {
  const { signIn, complaints } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];

  await choose(alice, picture("cat.png", 800, 600));
  await alice.getByText("1 file ready to send.").waitFor();
  await write(alice, "Look at her");

  const shown = bob.getByRole("button", { name: "Open the picture cat.png" });
  await shown.waitFor();
  await loaded(shown.locator("img"));
  await bob.getByRole("log").getByText("Look at her").waitFor();
  assert.equal(await alice.getByRole("group", { name: "Files to send" }).isVisible(), false);
  assert.deepEqual(complaints, []);
});

test("a picture has its room before it is there, so nothing jumps", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  /** @type {() => void} */
  let release = () => {};
  const held = new Promise((resolve) => (release = () => resolve(undefined)));
  await bob.route("**/c/general/**", (route) => held.then(() => route.continue()));
  await choose(alice, picture("tall.png", 300, 600));
  await write(alice, "A tower");

  const shown = bob.getByRole("button", { name: "Open the picture tall.png" });
  await shown.waitFor();
  const before = await shown.boundingBox();
  release();
  await loaded(shown.locator("img"));
  const after = await shown.boundingBox();

  assert.deepEqual([before?.width, before?.height], [160, 320]);
  assert.deepEqual(after, before);
});

test("a large picture is shown by a thumbnail, and opened in full", { skip }, async (t) => {
  const { signIn, service } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  await choose(alice, picture("wide.png", 2400, 1200));
  await write(alice, "Wide");

  const shown = bob.getByRole("button", { name: "Open the picture wide.png" });
  await loaded(shown.locator("img"));
  const widths = [await naturalWidth(shown.locator("img"))];
  await shown.click();
  const large = bob.getByRole("img", { name: "wide.png" });
  await loaded(large);
  widths.push(await naturalWidth(large));

  assert.deepEqual(widths, [720, 2400]);
  const last = [...(service.conversations.get("general")?.messages.values() ?? [])].at(-1);
  const [{ width, height, thumbnail_id }] = last.attachments;
  assert.deepEqual([width, height, typeof thumbnail_id], [2400, 1200, "string"]);
});

test("arrow keys lead through the pictures, and Escape back to the first", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");
  await choose(alice, picture("one.png", 400, 300), picture("two.png", 400, 300));
  await write(alice, "Both");
  const opener = alice.getByRole("button", { name: "Open the picture one.png" });
  await opener.focus();
  await alice.keyboard.press("Enter");
  await alice.getByText("1 of 2").waitFor();

  await alice.keyboard.press("ArrowRight");
  await alice.getByRole("img", { name: "two.png" }).waitFor();
  await alice.keyboard.press("ArrowRight");
  await alice.getByText("2 of 2").waitFor();
  await alice.keyboard.press("Escape");

  await alice.locator("#lightbox").waitFor({ state: "hidden" });
  assert.equal(await opener.evaluate((it) => it === document.activeElement), true);
});

test("files are dropped on the conversation and pasted into the field", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];

  await dropped(alice, picture("dropped.png", 40, 30));
  await pasted(alice, picture("image.png", 40, 30));
  await alice.getByText("2 files ready to send.").waitFor();
  await alice.getByRole("button", { name: "Send", exact: true }).click();

  await bob.getByRole("button", { name: "Open the picture dropped.png" }).waitFor();
  await bob.getByRole("button", { name: /^Open the picture Screenshot 20/ }).waitFor();
});

test("text is pasted as text, also if a picture of it is there", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");

  const taken = await pasted(alice, picture("image.png", 40, 30), "A table");

  assert.equal(taken, false);
  assert.equal(await alice.getByRole("group", { name: "Files to send" }).isVisible(), false);
});

test("a message that is sent before its files are uploaded waits for them", { skip }, async (t) => {
  const { signIn, server } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  const release = server.files.holds();
  await choose(alice, PDF);

  await write(alice, "The plan");
  await alice.getByText("Sends as soon as the files are uploaded.").waitFor();
  await alice.screenshot({ path: `${PICTURES}/files-waiting.png` });
  const early = await bob.getByRole("log").getByText("The plan").count();
  release();

  await bob.getByRole("link", { name: "Download plan.pdf" }).waitFor();
  assert.equal(early, 0);
  assert.equal(await field(alice).inputValue(), "");
  assert.equal(await bob.getByRole("log").getByText("The plan").count(), 1);
});

test("a message that waits for its files can be held back", { skip }, async (t) => {
  const { signIn, server } = await stage(t);
  const alice = await signIn("alice");
  const release = server.files.holds();
  await choose(alice, PDF);
  await write(alice, "Not yet");

  await alice.getByRole("button", { name: "Do not send yet" }).click();
  release();
  await alice.getByText("1 file ready to send.").waitFor();

  assert.equal(await field(alice).inputValue(), "Not yet");
  assert.equal(await alice.getByRole("log").getByText("Not yet").count(), 0);
});

test(
  "a message waits for its files also while another conversation is open",
  { skip },
  async (t) => {
    const { signIn, server } = await stage(t);
    const [alice, bob] = [await signIn("alice"), await signIn("bob")];
    const release = server.files.holds();
    await choose(alice, PDF);
    await write(alice, "The plan");
    await alice.getByRole("button", { name: /^Summer plans/ }).click();
    await alice.getByRole("heading", { name: "Summer plans" }).waitFor();

    release();

    await bob.getByRole("link", { name: "Download plan.pdf" }).waitFor();
    await alice.getByRole("button", { name: /^general/ }).click();
    await alice.getByRole("log").getByText("The plan").waitFor();
    assert.equal(await field(alice).inputValue(), "");
  },
);

test("an upload shows its progress and can be cancelled by keyboard", { skip }, async (t) => {
  const { signIn, server } = await stage(t);
  const alice = await signIn("alice");
  server.files.holds();
  await choose(alice, PDF);
  const progress = alice.getByRole("progressbar", { name: "Upload of plan.pdf" });
  await progress.waitFor();

  await alice.getByRole("button", { name: "Cancel plan.pdf" }).focus();
  await alice.keyboard.press("Enter");

  await progress.waitFor({ state: "detached" });
  assert.equal(await field(alice).evaluate((it) => it === document.activeElement), true);
});

test("an upload that breaks off goes on by itself, and is sent once", { skip }, async (t) => {
  const { signIn, server, service } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  server.files.fails(null, 503);

  await choose(alice, PDF);
  await write(alice, "The plan");

  await bob.getByRole("link", { name: "Download plan.pdf" }).waitFor();
  assert.equal(service.fileStore.objects.size, 1);
});

test(
  "a file that is rejected says why, and can be tried again or taken out",
  { skip },
  async (t) => {
    const { signIn, server } = await stage(t, { maxUploadBytes: 1_000 });
    const alice = await signIn("alice");
    server.files.fails(400);
    await choose(alice, PDF, { ...PDF, name: "large.pdf", buffer: Buffer.alloc(2_000) });

    await alice.getByText("The file store did not accept it.").waitFor();
    await alice.getByText("Too large: at most 1.0 KB.").waitFor();
    await alice.screenshot({ path: `${PICTURES}/files-failed.png` });
    const whileFailed = await alice.getByRole("button", { name: "Send", exact: true }).isDisabled();
    await alice.getByRole("button", { name: "Try again to upload plan.pdf" }).click();
    await alice.getByRole("button", { name: "Remove large.pdf" }).click();

    await alice.getByText("1 file ready to send.").waitFor();
    assert.equal(whileFailed, true);
    assert.equal(
      await alice.getByRole("button", { name: "Send", exact: true }).isDisabled(),
      false,
    );
  },
);

test("a chat without files says so in plain words", { skip }, async (t) => {
  const { signIn } = await stage(t, { files: false });
  const alice = await signIn("alice");

  await choose(alice, PDF);

  await alice.getByText("This chat takes no files.").waitFor();
});

test("a message takes ten files, and the page says what was left out", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");

  await choose(alice, ...Array.from({ length: 12 }, (_, n) => ({ ...PDF, name: `${n}.pdf` })));

  await alice.getByText("A message has at most 10 files: 2 were left out.").waitFor();
  await alice.getByText("10 files ready to send.").waitFor();
});

test("recordings are played, and a document is downloaded and not opened", { skip }, async (t) => {
  const { signIn, complaints } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  const clip = await recording(alice);
  await choose(alice, sound("song.wav"), clip, PDF);
  await alice.getByText("3 files ready to send.").waitFor();
  await alice.getByRole("button", { name: "Send", exact: true }).click();

  const audio = bob.getByLabel("song.wav");
  const video = bob.getByLabel("Video clip.webm");
  await playable(audio);
  await video.evaluate((it) => /** @type {HTMLVideoElement} */ (it).play());
  await playable(video);
  const download = bob.waitForEvent("download");
  await bob.getByRole("link", { name: "Download plan.pdf" }).click();

  assert.equal(await (await download).failure(), null);
  assert.equal(bob.url().includes("#/general"), false);
  assert.deepEqual(complaints, []);
});

test("a video plays on while its message gets a reaction", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  await choose(alice, await recording(alice));
  await write(alice, "Watch this");
  const video = bob.getByLabel("Video clip.webm");
  await video.evaluate((it) => {
    const player = /** @type {HTMLVideoElement} */ (it);
    player.loop = true;
    return player.play();
  });

  await alice.getByRole("log").getByText("Watch this").hover();
  await alice.locator(".message").last().locator(".actions").click();
  await alice.getByRole("button", { name: "React with 👍" }).click();
  await bob.getByRole("button", { name: "👍: alice" }).waitFor();

  const state = await video.evaluate((it) => {
    const { paused, currentTime } = /** @type {HTMLVideoElement} */ (it);
    return { paused, hasBegun: currentTime > 0 };
  });
  assert.deepEqual(state, { paused: false, hasBegun: true });
});

test("a video plays on while one reads on", { skip }, async (t) => {
  const { service, signIn } = await stage(t);
  filled(service, "general", 300);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  await choose(alice, await recording(alice));
  await write(alice, "Watch this");
  const video = bob.getByLabel("Video clip.webm");
  await video.evaluate((it) => {
    const player = /** @type {HTMLVideoElement} */ (it);
    player.loop = true;
    return player.play();
  });

  for (const _ of Array(10)) await bob.locator("#scroller").evaluate((it) => (it.scrollTop -= 400));
  await bob.getByText("number 290", { exact: true }).waitFor({ state: "detached" });

  const isPaused = await video.evaluate((it) => /** @type {HTMLVideoElement} */ (it).paused);
  assert.equal(isPaused, false);
});

test("an SVG is a document, whatever it is called", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`;

  await choose(alice, { name: "x.png", mimeType: "image/svg+xml", buffer: Buffer.from(svg) });
  await write(alice, "A drawing");

  await bob.getByRole("link", { name: "Download x.png" }).waitFor();
  assert.equal(await bob.getByRole("button", { name: "Open the picture x.png" }).count(), 0);
});

test("a picture whose URL has expired is found again by itself", { skip }, async (t) => {
  const { signIn, server } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  let refused = 0;
  await bob.route("**/c/general/**", (route) =>
    refused++ === 0 ? route.fulfill({ status: 403 }) : route.continue(),
  );
  await choose(alice, picture("cat.png", 80, 60));
  await write(alice, "Look");

  const shown = bob.getByRole("button", { name: "Open the picture cat.png" }).locator("img");
  await loaded(shown);

  assert.ok(server.files.requests.length > 0 && refused === 2);
});

test("a picture that cannot be had says so and keeps its room", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  await bob.route("**/c/general/**", (route) => route.fulfill({ status: 403 }));
  await choose(alice, picture("cat.png", 300, 200));
  await write(alice, "Look");

  await bob.getByText("cat.png cannot be shown.").waitFor();

  const box = await bob.getByRole("button", { name: "Open the picture cat.png" }).boundingBox();
  assert.deepEqual([box?.width, box?.height], [300, 200]);
});

test("a deleted message takes its picture along, everywhere", { skip }, async (t) => {
  const { signIn, service } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  await choose(alice, picture("secret.png", 80, 60));
  await write(alice, "A secret");
  await bob.getByRole("button", { name: "Open the picture secret.png" }).waitFor();

  await alice.getByRole("log").getByText("A secret").hover();
  await alice.locator(".message").last().locator(".actions").click();
  await alice.getByRole("menuitem", { name: "Delete" }).click();
  await bob.getByRole("log").getByText("Message deleted").waitFor();

  assert.equal(await bob.locator("main").getByText("secret.png").count(), 0);
  assert.equal(await bob.getByRole("button", { name: /secret\.png/ }).count(), 0);
  assert.equal(service.fileStore.objects.size, 0);
});

test("a picture that is open is closed when its message is deleted", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  await choose(alice, picture("secret.png", 80, 60));
  await write(alice, "A secret");
  await bob.getByRole("button", { name: "Open the picture secret.png" }).click();
  await bob.getByRole("img", { name: "secret.png" }).waitFor();

  await alice.getByRole("log").getByText("A secret").hover();
  await alice.locator(".message").last().locator(".actions").click();
  await alice.getByRole("menuitem", { name: "Delete" }).click();

  await bob.locator("#lightbox").waitFor({ state: "hidden" });
});

test("a message without text is announced and listed by its files", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];

  await choose(alice, picture("cat.png", 80, 60));
  await alice.getByText("1 file ready to send.").waitFor();
  await alice.getByRole("button", { name: "Send", exact: true }).click();

  await bob.getByRole("button", { name: /^general.*alice: Picture: cat\.png/ }).waitFor();
  const said = bob.locator("#announcer").getByText("alice: Picture: cat.png");
  await said.waitFor({ state: "attached" });
});

test("closing the page with files that are not sent asks first", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");
  await choose(alice, PDF);
  await alice.getByText("1 file ready to send.").waitFor();

  const asked = alice.waitForEvent("dialog");
  await alice.close({ runBeforeUnload: true });

  const dialog = await asked;
  assert.equal(dialog.type(), "beforeunload");
  await dialog.dismiss();
});

test("signed URLs are not shown among the frames", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  await choose(alice, picture("cat.png", 80, 60));
  await write(alice, "Look");
  await loaded(bob.getByRole("button", { name: "Open the picture cat.png" }).locator("img"));

  for (const page of [alice, bob]) {
    await page.getByRole("button", { name: "Frames on the wire" }).click();
    await page.locator("#frame-list").getByText("chat_message").first().waitFor();
  }

  const shown = await Promise.all([alice, bob].map((it) => it.locator("#frame-list").innerHTML()));
  assert.equal(shown.join().includes("X-Amz-Signature"), false);
});

for (const [name, look] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
  test(
    `files are accessible, in the tray, the messages and at large: ${name}`,
    { skip },
    async (t) => {
      const { signIn, service, server, complaints } = await stage(t);
      filled(service, "general", 15);
      const bob = await signIn("bob");
      const alice = await signIn("alice", look);
      await alice.getByRole("button", { name: /^general/ }).click();
      const photos = ["one", "two", "three"].map((it) => picture(`${it}.png`, 640, 480));
      await choose(bob, ...photos);
      await write(bob, "The house, and the way there");
      await choose(bob, picture("lake.png", 1200, 700), { ...PDF, name: "Rental agreement.pdf" });
      await write(bob, "");
      await choose(bob, sound("jetty.wav"), await recording(bob));
      await write(bob, "How it sounds");
      await alice.getByLabel("jetty.wav").waitFor();
      await choose(alice, picture("mine.png", 300, 200), PDF);
      await alice.getByText("2 files ready to send.").waitFor();
      server.files.holds();
      await choose(alice, {
        ...PDF,
        name: "A file with a rather long name, as they often are.pdf",
      });
      for (const image of await alice.locator(".picture img").all()) await loaded(image);
      await alice.screenshot({ path: `${PICTURES}/files-${name}.png` });
      const inMessages = await barriers(alice);
      const scroller = alice.getByRole("log");
      await scroller.evaluate((it) => (it.scrollTop -= 430));
      await alice.screenshot({ path: `${PICTURES}/files-gallery-${name}.png` });

      await alice.getByRole("button", { name: "Open the picture lake.png" }).click();
      await loaded(alice.getByRole("img", { name: "lake.png" }));
      await alice.screenshot({ path: `${PICTURES}/lightbox-${name}.png` });

      assert.deepEqual([inMessages, await barriers(alice), complaints], [[], [], []]);
    },
  );
}

/**
 * @param {Page} page
 * @param {...{ name: string, mimeType: string, buffer: Buffer }} files
 */
async function choose(page, ...files) {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Attach files" }).click();
  await (await chooser).setFiles(files);
}

/** @param {Page} page */
function field(page) {
  return page.getByLabel("Message", { exact: true });
}

/** @param {import("playwright-core").Locator} image */
async function loaded(image) {
  await image.evaluate(async (it) => {
    const picture = /** @type {HTMLImageElement} */ (it);
    picture.loading = "eager";
    while (!picture.complete || picture.naturalWidth === 0) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  });
}

/** @param {import("playwright-core").Locator} image */
function naturalWidth(image) {
  return image.evaluate((it) => /** @type {HTMLImageElement} */ (it).naturalWidth);
}

/** @param {import("playwright-core").Locator} player */
async function playable(player) {
  await player.evaluate(async (it) => {
    const media = /** @type {HTMLMediaElement} */ (it);
    while (media.readyState < 1) await new Promise((resolve) => requestAnimationFrame(resolve));
  });
}
