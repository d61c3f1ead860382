import assert from "node:assert/strict";
import { test } from "node:test";

import { WebSocket } from "ws";

import { connect } from "../../src/index.js";
import { DESKTOP, PHONE, barriers, launch, missing } from "../support/chromium.js";
import { demoService } from "../support/demo.js";
import { picture } from "../support/files.js";
import { markedBundle, unmarkedWords } from "../support/marked-words.js";
import { serve } from "../support/server.js";
import { stage } from "./browser.js";

/** @import { Page } from "playwright-core" */
/** @import { TestContext } from "node:test" */

const skip = missing;
/** To be looked at after the tests. */
const PICTURES = new URL("../../../../test-results/browser", import.meta.url).pathname;
/** What people wrote and what browsers write: no words of the web app. */
const CONTENT = [
  ...["time", "code", "pre", ".emoji-grid", "option[lang]", ".brand", "#login h1", "header h1"],
  ...[".day", ".avatar", "#slow-mode option:not([value='0'])"],
].join();
/** People's names; all else that they write here is in no Latin letters. */
const NAMES = /\b(alice|bob|carol)(-demo-password)?\b/g;

/**
 * The web app with marked words, in which alice has all kinds of conversations.
 * @param {TestContext} t
 */
async function marked(t) {
  const service = demoService();
  const titles = { general: "Все", "group-1": "Лето" };
  for (const [id, title] of Object.entries(titles)) {
    Object.assign(service.conversations.get(id) ?? {}, { title });
  }
  for (const { messages } of service.conversations.values()) {
    for (const message of messages.values()) message.content = "Привет";
  }
  const server = await serve(service, 0, await markedBundle(t));
  const browser = await launch();
  t.after(async () => {
    await browser.close();
    await server.close();
  });
  const page = await (await browser.newContext({ serviceWorkers: "block", ...DESKTOP })).newPage();
  await page.goto(server.page);
  return { service, server, page };
}

/**
 * @param {TestContext} t
 * @param {string} url
 */
async function bobAt(t, url) {
  const bob = connect(url, { WebSocket: /** @type {any} */ (WebSocket) });
  t.after(() => bob.close());
  await bob.authenticate({ username: "bob", password: "bob-demo-password" });
  return bob;
}

/**
 * @param {Page} page
 * @param {string} where what is looked at
 */
async function looksThrough(page, where) {
  const found = (await unmarkedWords(page, CONTENT)).filter((text) => {
    const [, rest = ""] = text.split(/: (.*)/s);
    return /\p{Script=Latin}/u.test(rest.replaceAll(NAMES, ""));
  });
  assert.deepEqual(found, [], where);
}

/** @param {Page} page */
async function signIn(page) {
  await page.locator('[data-demo="alice"]').click();
  await page.locator("#login-button").click();
  await page.locator(".conversation").first().waitFor();
}

test("every word of the login comes from the file of words", { skip }, async (t) => {
  const { page, server } = await marked(t);
  await page.locator("#login-button").waitFor();
  await looksThrough(page, "login");
  await page.locator("#login-button").click();
  await looksThrough(page, "without a name");
  await page.locator("#username").fill("alice");
  await page.locator("#password").fill("-");
  await page.locator("#login-button").click();
  await page.locator("#login-problem:not(:empty)").waitFor();
  await looksThrough(page, "a wrong password");
  server.goesAway();
  await page.locator("#password").fill("alice-demo-password");
  await page.locator("#login-button").click();
  await page.locator("#login-status:not(:empty)").waitFor();
  await looksThrough(page, "the service is away");
});

test("every word of a conversation comes from the file of words", { skip }, async (t) => {
  const { page, server } = await marked(t);
  await signIn(page);
  await page.locator(".conversation", { hasText: "Все" }).click();
  const bob = await bobAt(t, server.url);
  await looksThrough(page, "a conversation");

  const sent = await bob.send("general", "**Эй** @alice `код` " + "длинно ".repeat(400));
  await bob.react(sent, "👍", true);
  await bob.reply(sent, "Да");
  await bob.edit(sent, sent.content + "!");
  const removed = await bob.send("general", "Нет");
  await bob.remove(removed);
  bob.typing("general", true);
  await page.locator("#typing.active").waitFor();
  await page.locator("#composer-text").fill("Ответ");
  await page.locator("#composer-text").press("Enter");
  await page.locator(".message.own").getByText("Ответ").waitFor();
  await looksThrough(page, "what happened to messages");

  await page.locator(".conversation", { hasText: "Лето" }).click();
  await page.locator(".message").last().waitFor();
  await bob.setTitle("group-1", "Зима");
  await bob.setRole("group-1", "alice", "owner");
  await bob.setSlowMode("group-1", 60);
  await bob.mute("group-1", "carol", new Date(Date.now() + 60_000));
  await page.locator(".system").nth(3).waitFor();
  await looksThrough(page, "what happened to a conversation");
});

test(
  "every word of menus, panels and dialogs comes from the file of words",
  { skip },
  async (t) => {
    const { page } = await marked(t);
    await signIn(page);
    await page.locator(".conversation", { hasText: "Все" }).click();
    await page.locator(".message").last().waitFor();

    await page.locator(".message .actions").last().click({ force: true });
    await page.locator("#menu .menu-item").first().waitFor();
    await looksThrough(page, "the actions of a message");
    await page.locator("#menu .menu-item", { hasText: "Pin" }).click();
    await page.locator("#pins-toggle").click();
    await page.locator(".pinned").waitFor();
    await looksThrough(page, "the pinned messages");
    await page.locator("#bell").click();
    await looksThrough(page, "the bell");
    await page.keyboard.press("Escape");

    await page.locator("#people-toggle").click();
    await page.locator(".member").nth(2).waitFor();
    await looksThrough(page, "the members");
    await page.locator(".member-controls [aria-haspopup]").first().click();
    await looksThrough(page, "what moderators can do");
    await page.locator("#menu .menu-item").last().click();
    await page.locator("#ask-dialog").waitFor();
    await looksThrough(page, "the question before a ban");
    await page.locator("#ask-dialog [type=submit]").click();
    await page.locator("#banned .member").waitFor();
    await page.locator("#add-names").fill("никто");
    await page.locator("#add-names").press("Enter");
    await looksThrough(page, "the banned users");
    await page.locator("#leave").click();
    await looksThrough(page, "the question before leaving");
    await page.keyboard.press("Escape");

    for (const panel of ["notifications", "frames"]) {
      await page.locator(`#${panel}-toggle`).click();
      await looksThrough(page, panel);
    }
    await page.locator("#new-conversation").click();
    await page.locator("#create-dialog input[value=direct]").check({ force: true });
    await page.locator("#create-dialog [type=submit]").click();
    await page.locator("#create-problem:not(:empty)").waitFor();
    await looksThrough(page, "a new conversation");
    await page.keyboard.press("Escape");
    await page.locator("#change-title").click();
    await page.locator("#title-text").fill("ы".repeat(129));
    await page.locator("#title-dialog [type=submit]").click();
    await page.locator("#title-problem:not(:empty)").waitFor();
    await looksThrough(page, "a title that is too long");
    await page.keyboard.press("Escape");
    await page.locator("#sign-out").click();
    await looksThrough(page, "the question before signing out");
  },
);

test("every word of files and emoji comes from the file of words", { skip }, async (t) => {
  const { page, server } = await marked(t);
  await signIn(page);
  await page.locator(".conversation", { hasText: "Все" }).click();
  await page.locator(".message").last().waitFor();

  server.files.fails(400);
  const text = { name: "план", mimeType: "text/plain", buffer: Buffer.from("план") };
  await page.locator("#attach-input").setInputFiles([text, picture("кот", 80, 60)]);
  await page.locator(".tray-file.failed").waitFor();
  await looksThrough(page, "files to send");
  await page.locator(".tray-file.failed .quiet").click();
  await page.locator("#send:enabled").click();
  await page.locator(".message .picture").click();
  await page.locator("#lightbox[open]").waitFor();
  await looksThrough(page, "a picture at large");
  await page.keyboard.press("Escape");
  await looksThrough(page, "files in a message");

  await page.locator("#pick-emoji").click();
  await page.locator(".emoji-grid button").first().waitFor();
  await looksThrough(page, "emoji");
  await page.locator("#emoji-search").fill("ы");
  await page.locator("#emoji-status:not(:empty)").waitFor();
  await looksThrough(page, "no emoji");
});

test("every word of finding comes from the file of words", { skip }, async (t) => {
  const { page } = await marked(t);
  await signIn(page);
  await page.locator(".conversation", { hasText: "Все" }).click();
  await page.locator(".message").last().waitFor();

  await page.locator("#filter").fill("ъъ");
  await page.locator("#conversation-list .empty").waitFor();
  await looksThrough(page, "a filter that nothing matches");
  await page.locator("#filter").fill("");
  await page.locator("#switcher-open").click();
  await page.locator("#switcher-list:not([hidden])").waitFor();
  await looksThrough(page, "conversations and people to go to");
  await page.locator("#switcher-text").fill("ъъ");
  await page.locator("#switcher-status:not(:empty)").waitFor();
  await looksThrough(page, "nobody to go to");
  await page.keyboard.press("Escape");
  await page.locator("#me").click();
  await page.locator("#profile-name").fill("ы".repeat(200));
  await page.locator("#profile-dialog [type=submit]").click();
  await page.locator("#profile-problem:not(:empty)").waitFor();
  await looksThrough(page, "a name that is too long");
  await page.keyboard.press("Escape");
  await page.locator("#search-toggle").click();
  await page.locator("#search-text").fill("Привет");
  await page.locator("#search-text").press("Enter");
  await page.locator("#search-results li").first().waitFor();
  await looksThrough(page, "messages that were found");
  await page.locator("#search-text").fill("ъъ");
  await page.locator("#search-text").press("Enter");
  await page.locator("#search-results li").first().waitFor({ state: "detached" });
  await page.locator("#day").fill("2999-01-01");
  await page.locator("#day-go").click();
  await page.locator("#day-status:not(:empty)").waitFor();
  await looksThrough(page, "a day without messages");
});

test("every word about the connection comes from the file of words", { skip }, async (t) => {
  const { page, server } = await marked(t);
  await signIn(page);
  await page.locator(".conversation", { hasText: "Лето" }).click();
  const bob = await bobAt(t, server.url);
  await bob.removeMember("group-1", "alice");
  await page.locator("#notice:not([hidden])").waitFor();
  await looksThrough(page, "removed from a conversation");
  await page.evaluate(() => (location.hash = "#/неизвестно"));
  await page.locator("#nowhere-back").waitFor();
  await looksThrough(page, "an unknown conversation");
  await page.locator("#nowhere-back").click();
  await page.locator(".conversation", { hasText: "Все" }).click();
  server.goesAway();
  await page.locator("#banner:not([hidden])").waitFor();
  await page.locator("#composer-text").fill("Потом");
  await page.locator("#send").click();
  await page.locator(".message.sending").waitFor();
  await looksThrough(page, "offline");
});

for (const [name, look] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
  test(`axe finds nothing in Arabic: ${name}`, { skip }, async (t) => {
    const { visit, complaints } = await stage(t);
    const page = await visit({ ...look, locale: "ar" });
    await page.locator("#login-button").waitFor();
    const found = [await barriers(page)];

    await signIn(page);
    found.push(await barriers(page));
    await page.locator(".conversation").first().click();
    await page.locator(".message").last().waitFor();
    await page.locator("#composer-text").fill("مرحبا");
    await page.locator("#send").click();
    await page.locator(".message.own", { hasText: "مرحبا" }).waitFor();
    await page.screenshot({ path: `${PICTURES}/arabic-${name}.png` });
    found.push(await barriers(page));
    await page.locator("#people-toggle").click();
    await page.locator(".member").nth(2).waitFor();
    found.push(await barriers(page));

    assert.deepEqual(found.flat(), []);
    assert.deepEqual(complaints, []);
    assert.equal(await page.locator("html").getAttribute("dir"), "rtl");
  });
}

test(
  "in Arabic the user's own messages are on the left, and all is in view",
  { skip },
  async (t) => {
    const { visit } = await stage(t);
    const page = await visit({ ...DESKTOP, locale: "ar" });
    await signIn(page);
    await page.locator(".message.own .bubble").last().waitFor();

    const left = async (/** @type {string} */ selector) =>
      (await page.locator(selector).last().boundingBox())?.x ?? 0;

    assert.ok((await left(".message.own .bubble")) < (await left(".message.other .bubble")));
    assert.ok((await left(".room")) < (await left(".sidebar")));
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.equal(overflow, 0);
  },
);

test("a German reader signs in and writes a message in German", { skip }, async (t) => {
  const { visit, complaints } = await stage(t);
  const page = await visit({ ...DESKTOP, locale: "de-DE" });
  await page.getByLabel("Benutzername").fill("bob");
  await page.getByLabel("Passwort").fill("bob-demo-password");
  await page.getByRole("button", { name: "Anmelden" }).click();

  await page.getByRole("button", { name: /^general/ }).click();
  await page.getByLabel("Nachricht", { exact: true }).fill("Guten Morgen");
  await page.getByRole("button", { name: "Senden", exact: true }).click();

  await page.getByRole("log").getByText("Guten Morgen").waitFor();
  await page.screenshot({ path: `${PICTURES}/german.png` });
  assert.deepEqual(complaints, []);
});

test("a person chooses another language, which stays chosen", { skip }, async (t) => {
  const { visit } = await stage(t);
  const page = await visit();

  await page.locator("#login").getByLabel("Language").selectOption("Deutsch");

  await page.getByRole("button", { name: "Anmelden" }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Anmelden" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "de");
  await page.locator("#login").getByLabel("Sprache").selectOption("Wie im Browser");
  await page.getByRole("button", { name: "Sign in" }).waitFor();
});

test("a language that cannot be loaded is replaced by English", { skip }, async (t) => {
  const { browser, server } = await stage(t);
  const context = await browser.newContext({ serviceWorkers: "block", locale: "ar" });
  const page = await context.newPage();
  await page.route(/\/assets\/ar-/, (route) => route.abort());

  await page.goto(server.page);

  await page.getByRole("button", { name: "Sign in" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("dir"), "ltr");
});
