import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { DIST, bundle } from "../../bundle.js";
import { launch, missing } from "../support/chromium.js";
import { demoService } from "../support/demo.js";
import { WITH_WORKER } from "../support/notifications.js";
import { serve } from "../support/server.js";
import { stage } from "./browser.js";

/** @import { Page } from "playwright-core" */

const skip = missing;
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** @param {Page} page */
async function isInstalled(page) {
  await page.evaluate(async () => (await navigator.serviceWorker.ready).active);
}

test("without a network the web app opens, says so, and recovers", { skip }, async (t) => {
  const { server, signIn } = await stage(t);
  const alice = await signIn("alice", WITH_WORKER);
  await isInstalled(alice);
  server.losesTheNetwork();

  await alice.reload();
  await alice.getByText("Offline. The service cannot be reached.").waitFor();
  await alice.getByText("Signed in as alice").waitFor();
  server.hasTheNetworkAgain();

  await alice.getByRole("log").getByText("Out of the tunnel!").waitFor();
});

test(
  "without a network a visitor who is not signed in gets the form, with its colours",
  { skip },
  async (t) => {
    const { server, visit } = await stage(t);
    const page = await visit(WITH_WORKER);
    await isInstalled(page);
    server.losesTheNetwork();

    await page.goto(`${server.page}#/general`);
    await page.reload();

    await page.getByLabel("Password").waitFor();
    const accent = await page.evaluate(() =>
      getComputedStyle(document.body).getPropertyValue("--accent"),
    );
    assert.equal(accent, "#1f6f5c");
  },
);

/**
 * Another release of the web app, in a folder of its own.
 * @param {import("node:test").TestContext} t
 */
async function otherRelease(t) {
  const folder = await mkdtemp(join(tmpdir(), "parley-web-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const source = join(folder, "source");
  const isSource = (/** @type {string} */ path) => !/\/(node_modules|dist|tests)$/.test(path);
  await cp(ROOT, source, { recursive: true, filter: isSource });
  await change(join(source, "index.html"), "Parley: a chat over one WebSocket.", "Second");
  await change(join(source, "page/login.js"), `"alice-demo-password"`, `"Second"`);
  await bundle({ source, into: join(folder, "second") });
  return join(folder, "second");
}

/**
 * @param {string} path
 * @param {string} before
 * @param {string} after
 */
async function change(path, before, after) {
  await writeFile(path, (await readFile(path, "utf8")).replace(before, after));
}

test(
  "a window never gets files of two releases, and gets a new one with one reload",
  { skip },
  async (t) => {
    const next = await otherRelease(t);
    const served = join(next, "../served");
    await cp(DIST, served, { recursive: true });
    const server = await serve(demoService(), 0, served);
    const browser = await launch();
    t.after(async () => {
      await browser.close();
      await server.close();
    });
    const page = await (await browser.newContext(WITH_WORKER)).newPage();
    const version = () =>
      Promise.all([
        page.locator('meta[name="description"]').getAttribute("content"),
        page.getByLabel("Password").getAttribute("placeholder"),
      ]);
    const visits = async () => {
      await page.reload();
      await page.locator("#password[placeholder]").waitFor();
      return version();
    };
    const publish = async (/** @type {string[]} */ ...parts) => {
      for (const part of parts) await cp(join(next, part), join(served, part), { recursive: true });
    };
    await page.goto(server.page);
    await isInstalled(page);

    const first = await visits();
    await publish("index.html", "index.html.gz");
    const halfWay = await visits();
    await publish("release.json");
    const withoutFiles = await visits();
    await publish("assets");
    const second = await visits();
    server.losesTheNetwork();
    const offline = await visits();

    const former = ["Parley: a chat over one WebSocket.", "alice-demo-password"];
    assert.deepEqual([first, halfWay, withoutFiles], [former, former, former]);
    assert.deepEqual(
      [second, offline],
      [
        ["Second", "Second"],
        ["Second", "Second"],
      ],
    );
  },
);

test("the login form takes at most five requests", { skip }, async (t) => {
  const { server, browser } = await stage(t);
  const page = await (await browser.newContext({ serviceWorkers: "block" })).newPage();
  /** @type {string[]} */
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));

  await page.goto(server.page);
  await page.getByLabel("Password").waitFor();

  // Of an icon that is shown and in the tab, the browser loads one copy.
  const loaded = new Set(requests);
  assert.ok(loaded.size <= 5, [...loaded].join("\n"));
});

test("a browser offers to install the web app", { skip }, async (t) => {
  const { visit } = await stage(t);
  const page = await visit(WITH_WORKER);
  await isInstalled(page);
  const cdp = await page.context().newCDPSession(page);

  const manifest = await cdp.send("Page.getAppManifest");
  const { installabilityErrors } = await cdp.send("Page.getInstallabilityErrors");

  assert.deepEqual(manifest.errors, []);
  // The browser of the tests keeps nothing, and says so.
  const errors = installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito");
  assert.deepEqual(errors, []);
  const icons = JSON.parse(manifest.data ?? "{}").icons;
  for (const { src } of icons)
    assert.equal((await page.request.get(new URL(src, page.url()).href)).status(), 200);
});

test("the browser's frame has the colours of the page", { skip }, async (t) => {
  const { visit, signIn } = await stage(t);
  const frame = (/** @type {Page} */ page) =>
    page.evaluate(() => {
      const metas = [...document.querySelectorAll("meta[name='theme-color']")];
      const used = metas.find((it) => matchMedia(it.getAttribute("media") ?? "").matches);
      const paper = getComputedStyle(document.body).getPropertyValue("--paper");
      return { frame: used?.getAttribute("content"), paper };
    });
  const dark = await visit({ colorScheme: "dark" });
  const alice = await signIn("alice", { colorScheme: "light" });

  const looks = [await frame(dark), await frame(alice)];
  for (const name of [/Change to light/, /Change to dark/]) {
    await alice.getByRole("button", { name }).click();
    looks.push(await frame(alice));
  }

  assert.deepEqual(
    looks.map((it) => it.frame),
    looks.map((it) => it.paper),
  );
  assert.deepEqual(
    looks.map((it) => it.frame),
    ["#141311", "#f2efe9", "#f2efe9", "#141311"],
  );
});
