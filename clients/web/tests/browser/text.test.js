import assert from "node:assert/strict";
import { test } from "node:test";

import { DESKTOP, PHONE, barriers, missing, write } from "../support/chromium.js";
import { choose, row, said } from "../support/messages.js";
import { stage } from "./browser.js";

/** @import { Page } from "playwright-core" */

const skip = missing;
const LONG = Array.from({ length: 60 }, (_, index) => `Line ${index} of many`).join("\n");

/**
 * The text that a user copies who selects a whole message.
 * @param {Page} page
 * @param {string} text
 */
function copied(page, text) {
  return row(page, text)
    .locator(".content")
    .evaluate((content) => {
      getSelection()?.selectAllChildren(content);
      return String(getSelection());
    });
}

test("a message shows links, emphasis, code and quotes as elements", { skip }, async (t) => {
  const { signIn, complaints } = await stage(t);
  const alice = await signIn("alice");

  await write(alice, "> *one*\n**two** `three` https://a.example/b_c, @bob\n```js\nfour\n```");

  const content = row(alice, "two").locator(".content");
  const link = content.getByRole("link");
  assert.deepEqual(
    {
      quoted: await content.locator("blockquote em").innerText(),
      strong: await content.locator("strong").innerText(),
      code: await content.locator("p code").innerText(),
      block: await content.locator("pre code").innerText(),
      mention: await content.locator(".mention").innerText(),
    },
    { quoted: "one", strong: "two", code: "three", block: "four", mention: "@bob" },
  );
  assert.deepEqual(
    await link.evaluate((it) => ["href", "rel", "target"].map((name) => it.getAttribute(name))),
    ["https://a.example/b_c", "noopener noreferrer", "_blank"],
  );
  assert.equal(
    (await copied(alice, "two")).replace(/\s+/g, " "),
    "one two three https://a.example/b_c, @bob four",
  );
  assert.deepEqual([await barriers(alice), complaints], [[], []]);
});

test("a mention stays in the line, also that of the reader", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];

  await write(alice, "Both @alice and @bob stay in it");
  await row(bob, "Both").locator(".mention.me").waitFor();

  for (const page of [alice, bob]) {
    const content = row(page, "Both").locator(".content");
    const lines = await content
      .locator(".mention")
      .evaluateAll((all) => all.map((it) => it.getBoundingClientRect().top));
    assert.deepEqual([lines.length, new Set(lines).size], [2, 1]);
    assert.equal(await content.innerText(), "Both @alice and @bob stay in it");
  }
});

test("what looks like markup or a script stays text", { skip }, async (t) => {
  const { signIn, complaints } = await stage(t);
  const alice = await signIn("alice");
  const hostile =
    "<img src=x onerror=alert(1)> **<b>x</b>** javascript:alert(1) https://a@b.example &lt;";

  await write(alice, hostile);

  const content = row(alice, "onerror").locator(".content");
  assert.equal(await content.innerText(), hostile.replaceAll("*", ""));
  assert.equal(await content.locator("img, b, a").count(), 0);
  assert.deepEqual(complaints, []);
});

test("previews, quotes and what is announced leave the marks out", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");
  const bob = await signIn("bob");

  await write(bob, "**Bold** and `code`");
  await said(alice, "Bold").waitFor();
  await row(alice, "Bold").hover();
  await row(alice, "Bold").locator(".actions").click();
  await alice.getByRole("menuitem", { name: "Reply" }).click();

  assert.deepEqual(
    [
      await alice.locator(".conversation-text").first().innerText(),
      await alice.locator("#announcer p").last().textContent(),
      await alice.locator("#composer-mode-text").innerText(),
    ],
    ["bob: Bold and code", "bob: Bold and code", "Bold and code"],
  );
});

test("the text of a message is copied without its marks", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice", {
    ...DESKTOP,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await write(alice, "**Bold** and `code`");
  await alice.locator(".stored, .read").getByText("Bold").waitFor();

  await choose(alice, "Bold", "Copy the text");

  assert.equal(await alice.evaluate(() => navigator.clipboard.readText()), "Bold and code");
});

test("a long message is folded, and its button keeps the focus", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");
  await write(alice, LONG);
  const message = row(alice, "Line 0 of many");

  await message.getByRole("button", { name: "Show more" }).press("Enter");
  const opened = await message.locator(".content").innerText();
  const less = message.getByRole("button", { name: "Show less" });
  const isFocused = await less.evaluate((it) => it === document.activeElement);
  await less.press("Enter");
  const more = message.getByRole("button", { name: "Show more" });
  await more.waitFor();

  assert.match(opened, /Line 59 of many/);
  assert.equal(isFocused, true);
  assert.doesNotMatch(await message.locator(".content").innerText(), /Line 20 of many/);
  assert.equal(await more.evaluate((it) => it === document.activeElement), true);
  const box = await more.boundingBox();
  assert.ok(box && box.y > 0 && box.y < 800, JSON.stringify(box));
});

test("emoji alone are large, and each line has its own direction", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice", PHONE);
  await alice.getByRole("button", { name: /^general/ }).click();

  await write(alice, "👍🏽 🇩🇪");
  await write(alice, "مرحبا بالعالم\nand English");
  await alice.locator(".stored, .read").getByText("and English").waitFor();

  const size = (/** @type {string} */ text) =>
    row(alice, text)
      .locator("p")
      .evaluate((it) => parseFloat(getComputedStyle(it).fontSize));
  assert.ok((await size("👍🏽")) > 2 * (await size("English")));
  assert.deepEqual(await barriers(alice), []);
});
