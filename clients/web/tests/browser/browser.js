import { DESKTOP, launch } from "../support/chromium.js";
import { demoService } from "../support/demo.js";
import { serve } from "../support/server.js";

/** @import { BrowserContextOptions } from "playwright-core" */

/**
 * The page on a service of its own, in a browser of its own, until the test ends.
 * @param {import("node:test").TestContext} t
 * @param {Parameters<typeof demoService>[0]} [options]
 */
export async function stage(t, options) {
  const service = demoService(options);
  const server = await serve(service);
  const browser = await launch();
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
