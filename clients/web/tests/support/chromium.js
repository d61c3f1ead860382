import { existsSync } from "node:fs";

import axe from "axe-core";
import { chromium } from "playwright-core";

/** @import { Page } from "playwright-core" */

const USUAL = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const FLAGS =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

const candidates = process.env["CHROMIUM"] ? [process.env["CHROMIUM"]] : USUAL;
const found = candidates.find((path) => existsSync(path));

/** Why tests in a browser are left out here; false where there is one. */
export const missing = found ? false : noChromium();
if (missing) console.warn(`The browser tests are left out. ${missing}`);

export const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** A browser that nobody sees. */
export function launch() {
  if (!found) throw new Error(noChromium());
  return chromium.launch({ executablePath: found, args: FLAGS.split(" ") });
}

/**
 * Sends by the button, which phones have too.
 * @param {Page} page
 * @param {string} text
 */
export async function write(page, text) {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Send", exact: true }).click();
}

/**
 * What axe finds wrong with the page as it stands.
 * @param {Page} page
 * @returns {Promise<string[]>}
 */
export async function barriers(page) {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await /** @type {any} */ (globalThis).axe.run();
    return violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes[0].html}`);
  });
}

/** Left out in silence the tests would prove nothing: where they must run, it is a failure. */
function noChromium() {
  const says = `No Chromium at ${candidates.join(", ")}: name one with CHROMIUM=…`;
  if (process.env["PARLEY_NEEDS_CHROMIUM"]) throw new Error(says);
  return says;
}
