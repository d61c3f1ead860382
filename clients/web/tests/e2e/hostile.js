import assert from "node:assert/strict";
import { test } from "node:test";

import { PHONE, missing as skip } from "../support/chromium.js";
import { arrives, gathers, group } from "./people.js";

/** @import { Person } from "./people.js" */

const MARKS = Array.from({ length: 40 }, (_, index) => String.fromCodePoint(0x300 + index)).join(
  "",
);
const MARKUP = `<img src="x" onerror="document.title='owned'"><script>alert(1)</script>`;

const HOSTILE = {
  "one very long word": "W".repeat(500),
  markup: MARKUP,
  "an address that is a script": "javascript:alert(document.cookie)",
  "an override of direction that is never closed": "\u202Etxt.exe\u202E gnikcolb",
  "right to left": "שלום עולם, and then left to right",
  "a tower of marks": [..."zalgo comes"].map((letter) => letter + MARKS).join(""),
  emoji: "👩‍👩‍👧‍👦🏳️‍🌈🇺🇳👍🏿",
  "half a character": "half \uD83D of one",
  "many lines": "one\n\n\n\n\ntwo",
  "what formats nothing": "%s %d {0} ${1} \\u003cb\\u003e &lt;b&gt; &amp;",
};

test("hostile text is text, on wide screens and on narrow ones", { skip }, async (t) => {
  const { title } = await group(MARKUP.slice(0, 60), ["alice", "bob"]);
  const [alice] = await gathers(t, "alice");
  const bob = await (await arrives(t, "bob", PHONE)).signsIn();

  await alice.opens(title);
  for (const text of Object.values(HOSTILE)) await alice.writes(text);
  await alice.page.locator(".own.sending").first().waitFor({ state: "detached" });
  await bob.opens(title);
  await bob.page
    .locator(".message")
    .nth(Object.keys(HOSTILE).length - 1)
    .waitFor();
  await alice.poses("hostile-desktop");
  await bob.poses("hostile-phone");

  // As UTF-8 carries it.
  const sent = Object.values(HOSTILE).map((text) => Buffer.from(text).toString());
  for (const person of [alice, bob]) {
    assert.deepEqual(await person.contents(), sent);
    assert.deepEqual(await madeOf(person), []);
    assert.deepEqual(await sticksOut(person), []);
    assert.match(await person.page.title(), /Parley$/);
    assert.deepEqual(person.complaints, []);
  }
});

/**
 * What the text became, had it been taken for markup.
 * @param {Person} person
 */
function madeOf({ page }) {
  return page
    .locator(".conversation img, .sidebar img[onerror], .conversation script, .conversation b")
    .allInnerTexts();
}

/**
 * What is wider than the window.
 * @param {Person} person
 */
function sticksOut({ page }) {
  return page.evaluate(() =>
    [...document.querySelectorAll("#chat *")]
      .filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
      .map((node) => node.className),
  );
}
