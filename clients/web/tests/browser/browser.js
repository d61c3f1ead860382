import { existsSync } from "node:fs";

import axe from "axe-core";
import { chromium } from "playwright-core";

import { demoService } from "../support/demo.js";
import { serve } from "../support/server.js";

/** @import { BrowserContextOptions, Page } from "playwright-core" */

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const FLAGS =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

/** Why the browser tests cannot be run here; false where they can. */
export const missing = existsSync(CHROMIUM) ? false : `There is no Chromium at ${CHROMIUM}.`;

export const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/**
 * The page on a service of its own, in a browser of its own, until the test ends.
 * @param {import("node:test").TestContext} t
 * @param {Parameters<typeof demoService>[0]} [options]
 */
export async function stage(t, options) {
  const service = demoService(options);
  const server = await serve(service);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS.split(" ") });
  t.after(async () => {
    await browser.close();
    await server.close();
  });
  /** @type {string[]} what the browsers complained of, such as a breach of the policy */
  const complaints = [];

  /** @param {BrowserContextOptions} [look] */
  async function visit(look = DESKTOP) {
    const page = await (await browser.newContext(look)).newPage();
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (line) => line.type() === "error" && complaints.push(line.text()));
    await page.goto(server.page);
    return page;
  }

  /**
   * @param {string} name
   * @param {BrowserContextOptions} [look]
   */
  async function signIn(name, look) {
    const page = await visit(look);
    await page.getByRole("button", { name, exact: true }).click();
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: /^general/ }).waitFor();
    return page;
  }
  return { service, server, visit, signIn, complaints };
}

/**
 * @param {Page} page
 * @param {string} text
 */
export async function write(page, text) {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.getByLabel("Message", { exact: true }).press("Enter");
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
