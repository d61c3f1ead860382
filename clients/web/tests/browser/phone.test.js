import assert from "node:assert/strict";
import { test } from "node:test";

import { PHONE, barriers, missing } from "../support/chromium.js";
import { row } from "../support/messages.js";
import { stage } from "./browser.js";

/** @import { Locator, Page } from "playwright-core" */

const skip = missing;

/**
 * @param {import("node:test").TestContext} t
 * @param {import("playwright-core").BrowserContextOptions} [look]
 */
async function onPhone(t, look) {
  const { signIn, complaints } = await stage(t);
  const page = await signIn("alice", { ...PHONE, ...look });
  await page.getByRole("button", { name: /^general/ }).click();
  await row(page, "Luxury.").waitFor();
  return { page, complaints };
}

/**
 * A finger that goes from the middle of something by so much, in steps as fingers do.
 * @param {Page} page
 * @param {Locator} from
 * @param {{ x?: number, y?: number }} by
 */
async function drag(page, from, { x = 0, y = 0 }) {
  await from.scrollIntoViewIfNeeded();
  const box = await from.boundingBox();
  if (!box) throw new Error("It is not on the screen.");
  const touch = await page.context().newCDPSession(page);
  const [left, top] = [box.x + box.width / 2, box.y + box.height / 2];
  const at = (/** @type {number} */ share) => [{ x: left + x * share, y: top + y * share }];
  await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: at(0) });
  for (let step = 1; step <= 10; step++)
    await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: at(step / 10) });
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
}

/** @param {Page} page */
function replying(page) {
  return page.locator("#composer-mode-title");
}

test("a message that is drawn aside is replied to", { skip }, async (t) => {
  const { page } = await onPhone(t);

  await drag(page, row(page, "Luxury."), { x: 90 });
  await replying(page).getByText("Replying to bob").waitFor();

  assert.equal(await page.locator("#composer-mode-text").innerText(), "Luxury.");
  assert.equal(await page.locator(".swiping").count(), 0);
});

test("a finger that goes up, back or not far enough replies to nothing", { skip }, async (t) => {
  const { page } = await onPhone(t);
  const message = row(page, "Luxury.");
  const scroller = page.locator("#scroller");
  const before = await scroller.evaluate((it) => it.scrollTop);

  await drag(page, message, { x: 40 });
  await drag(page, message, { x: -90 });
  await drag(page, row(page, "Book"), { y: 200 }).catch(() =>
    drag(page, message, { x: 30, y: 200 }),
  );

  assert.equal(await page.locator("#composer-mode").isHidden(), true);
  assert.notEqual(await scroller.evaluate((it) => it.scrollTop), before);
});

test("where lines begin on the right, a message is drawn to the left", { skip }, async (t) => {
  const { page } = await onPhone(t);
  await page.evaluate(() => (document.documentElement.dir = "rtl"));

  await drag(page, row(page, "Luxury."), { x: 90 });
  const isHidden = await page.locator("#composer-mode").isHidden();
  await drag(page, row(page, "Luxury."), { x: -90 });

  assert.equal(isHidden, true);
  await replying(page).getByText("Replying to bob").waitFor();
});

test("Back closes a panel, then the conversation", { skip }, async (t) => {
  const { page } = await onPhone(t);
  await page.getByRole("button", { name: "People" }).click();
  await page.getByRole("heading", { name: "People" }).waitFor();

  await page.goBack();
  await page.getByRole("heading", { name: "People" }).waitFor({ state: "hidden" });
  const isRoom = await page.locator("#scroller").isVisible();
  await page.goBack();

  assert.equal(isRoom, true);
  await page.getByRole("button", { name: /^Summer plans/ }).waitFor();
});

test(
  "Back closes a dialog, and one closed by its button leaves no step behind",
  { skip },
  async (t) => {
    const { page } = await onPhone(t);
    const dialog = page.getByRole("dialog", { name: "Change the title" });

    await page.getByRole("button", { name: "Change the title" }).click();
    await page.goBack();
    await dialog.waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Change the title" }).click();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await page.waitForFunction(() => !history.state?.layers);
    await page.goBack();

    await page.getByRole("button", { name: /^Summer plans/ }).waitFor();
  },
);

test("Back closes the emoji picker and keeps the conversation", { skip }, async (t) => {
  const { page } = await onPhone(t);
  await page.getByRole("button", { name: "Emoji", exact: true }).click();
  await page.getByRole("button", { name: "grinning face", exact: true }).waitFor();

  await page.goBack();
  await page.locator("#emoji-picker").waitFor({ state: "hidden" });

  assert.equal(await page.locator("#scroller").isVisible(), true);
});

test("no field of the page has letters so small that a phone zooms in", { skip }, async (t) => {
  const { page, complaints } = await onPhone(t);

  const small = await page.evaluate(() =>
    [...document.querySelectorAll("input, select, textarea")]
      .filter((field) => parseFloat(getComputedStyle(field).fontSize) < 16)
      .map((field) => field.outerHTML),
  );

  assert.deepEqual([small, await barriers(page), complaints], [[], [], []]);
});
