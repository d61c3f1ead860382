import { DESKTOP, launch } from "../support/chromium.js";
import { demoService } from "../support/demo.js";
import { WITH_WORKER, turnOn } from "../support/notifications.js";
import { serve } from "../support/server.js";

/** @import { BrowserContextOptions, Page } from "playwright-core" */

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

  /**
   * Without a service worker, unless the test is about it: then all is as on the first visit.
   * @param {BrowserContextOptions} [look]
   */
  async function visit(look = DESKTOP) {
    const context = await browser.newContext({ serviceWorkers: "block", ...look });
    const page = await context.newPage();
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
    return signInAt(await visit(look), name);
  }

  /**
   * A device whose user turned notifications on, with the service worker.
   * @param {string} name
   * @param {BrowserContextOptions} [look]
   */
  async function notified(name, look) {
    const device = await signIn(name, { ...WITH_WORKER, ...look });
    await turnOn(device);
    return device;
  }
  return { service, server, browser, visit, signIn, notified, complaints };
}

/**
 * @param {Page} page
 * @param {string} name
 */
export async function signInAt(page, name) {
  await page.getByRole("button", { name, exact: true }).click();
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: /^general/ }).waitFor();
  return page;
}

/**
 * Fills a conversation up to so many messages, each of which says its number. Everybody has read
 * up to one of them: the last, where it is not said.
 * @param {import("../support/service/service.js").Service} service
 * @param {string} id
 * @param {number} many
 * @param {number} [read]
 */
export function filled(service, id, many, read = many) {
  const conversation = service.conversations.get(id);
  if (!conversation) throw new Error(`There is no conversation ${id}.`);
  const pattern = conversation.messages.get(1);
  for (let seq = conversation.last_seq + 1; seq <= many; seq++) {
    const ids = { seq, message_id: `${id}:${seq}`, content: `number ${seq}` };
    conversation.messages.set(seq, { ...pattern, ...ids, created_at: new Date().toISOString() });
  }
  conversation.last_seq = many;
  for (const member of conversation.members.values()) member.last_read_seq = read;
  return conversation;
}
