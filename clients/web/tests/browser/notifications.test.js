import assert from "node:assert/strict";
import { test } from "node:test";

import { DESKTOP, PHONE, barriers, missing, write } from "../support/chromium.js";
import { choose } from "../support/messages.js";
import { WITH_WORKER, record, shown, shows, turnOn } from "../support/notifications.js";
import { filled, signInAt, stage } from "./browser.js";

/** @import { Page } from "playwright-core" */

const skip = missing;

/**
 * @param {Page} page
 * @param {string} title
 */
async function open(page, title) {
  await page.getByRole("button", { name: new RegExp(`^${title}`) }).click();
  await page.getByRole("heading", { name: title }).waitFor();
}

/**
 * @param {Page} page
 * @param {string} title
 * @param {string} text
 */
async function writeIn(page, title, text) {
  await open(page, title);
  await write(page, text);
  const own = page.locator(".own.stored, .own.read").last();
  await own.getByText(text, { exact: true }).waitFor();
}

/**
 * @param {Page} page in a conversation
 * @param {string} choice
 */
async function setBell(page, choice) {
  await page.getByRole("button", { name: /^Notifications: / }).click();
  await page
    .getByRole(/^M.*(hour|tomorrow|ever)/.test(choice) ? "menuitem" : "menuitemradio", {
      name: choice,
    })
    .click();
}

test(
  "messages are notified of once the user has asked for it, and not before",
  { skip },
  async (t) => {
    const { signIn, complaints } = await stage(t);
    const alice = await signIn("alice", WITH_WORKER);
    const [bob, carol] = [await signIn("bob"), await signIn("carol")];

    await writeIn(carol, "alice", "Too early");
    await alice.getByRole("button", { name: /Too early/ }).waitFor();
    await turnOn(alice);
    await writeIn(bob, "Summer plans", "Shall we?");

    await shows(alice, ["Summer plans: bob: Shall we?"]);
    assert.deepEqual(complaints, []);
  },
);

test(
  "nothing is notified of a conversation whose newest message is on screen",
  { skip },
  async (t) => {
    const { signIn, notified } = await stage(t);
    const alice = await notified("alice");
    const [bob, carol] = [await signIn("bob"), await signIn("carol")];
    await open(alice, "general");

    await writeIn(bob, "general", "On screen");
    await alice.getByRole("log").getByText("On screen").waitFor();
    await writeIn(carol, "alice", "Elsewhere");

    await shows(alice, ["carol: Elsewhere"]);
  },
);

test(
  "a message below what is in view is notified of, and one behind another window",
  { skip },
  async (t) => {
    const { service, signIn, notified } = await stage(t);
    filled(service, "general", 200);
    const [alice, bob] = [await notified("alice"), await signIn("bob")];
    await open(alice, "general");
    await open(bob, "general");
    await alice.getByRole("log").getByText("number 200", { exact: true }).waitFor();

    await alice.getByRole("log").evaluate((box) => (box.scrollTop = 100));
    await alice.getByRole("button", { name: "Latest messages" }).waitFor();
    await write(bob, "Below");
    await shows(alice, ["general: bob: Below"]);
    await alice.getByRole("button", { name: "1 new message" }).click();
    await shows(alice, []);
    await alice.evaluate(() => {
      document.hasFocus = () => false;
      window.dispatchEvent(new Event("blur"));
    });
    await write(bob, "Behind");
    await shows(alice, ["general: bob: Behind"]);
    await alice.getByRole("button", { name: /^general.*1 unread/ }).waitFor();
    await alice.evaluate(() => {
      document.hasFocus = () => true;
      window.dispatchEvent(new Event("focus"));
    });

    await shows(alice, []);
  },
);

test("what is read on one device is taken back on another within a second", { skip }, async (t) => {
  const { signIn, notified } = await stage(t);
  const [desk, phone, bob] = [
    await notified("alice"),
    await signIn("alice", PHONE),
    await signIn("bob"),
  ];
  const spans = [];

  for (const text of ["first", "second", "third"]) {
    await writeIn(bob, "Summer plans", text);
    await shows(desk, [`Summer plans: bob: ${text}`]);
    await desk.waitForFunction(
      () => document.title === "(1) Parley" || document.title === "(3) Parley",
    );
    await open(phone, "Summer plans");
    await phone.getByRole("log").getByText(text, { exact: true }).waitFor();
    const start = performance.now();
    while ((await shown(desk)).texts.length > 0 || (await desk.title()) !== "Parley") {
      assert.ok(performance.now() - start < 20_000, "it is taken back");
    }
    spans.push(performance.now() - start);
    await phone.getByRole("button", { name: "Back to the conversations" }).click();
    await phone.locator("#chat[data-view='list']").waitFor();
  }

  // A busy machine may be late, but not every time.
  assert.ok(Math.min(...spans) < 1_000, `${spans}`);
});

test("a message that is deleted is taken back", { skip }, async (t) => {
  const { signIn, notified } = await stage(t);
  const [alice, bob] = [await notified("alice"), await signIn("bob")];
  await writeIn(bob, "Summer plans", "A slip");
  await shows(alice, ["Summer plans: bob: A slip"]);

  await choose(bob, "A slip", "Delete");

  await shows(alice, []);
});

test(
  "of a muted conversation and of one set to nothing, nothing is notified or counted",
  { skip },
  async (t) => {
    const { signIn, notified } = await stage(t);
    const alice = await notified("alice");
    const [bob, carol] = [await signIn("bob"), await signIn("carol")];
    for (const [title, choice] of [
      ["Summer plans", "Mute until tomorrow"],
      ["general", "Nothing"],
    ]) {
      await open(alice, title ?? "");
      await setBell(alice, choice ?? "");
      await alice.getByRole("button", { name: new RegExp(`^${title}.*muted`) }).waitFor();
    }
    await open(alice, "carol");

    for (const title of ["Summer plans", "general"]) {
      await writeIn(bob, title, `Quiet in ${title}`);
      await alice.getByRole("button", { name: new RegExp(`^${title}.*1 unread`) }).waitFor();
    }
    await open(alice, "general");
    await writeIn(carol, "alice", "Aloud");

    await shows(alice, ["carol: Aloud"]);
    await alice.waitForFunction(() => document.title === "(1) Parley");
  },
);

test(
  "of a conversation set to mentions, only mentions and replies are notified",
  { skip },
  async (t) => {
    const { signIn, notified } = await stage(t);
    const alice = await notified("alice");
    const [bob, carol] = [await signIn("bob"), await signIn("carol")];
    await writeIn(alice, "Summer plans", "My own words");
    await setBell(alice, "Mentions and replies");
    await alice.getByRole("button", { name: "Notifications: mentions and replies" }).waitFor();
    await open(alice, "general");

    await writeIn(bob, "Summer plans", "To everybody's ears");
    await writeIn(carol, "alice", "Meanwhile");
    await shows(alice, ["carol: Meanwhile"]);
    await write(bob, "@alice look");
    await shows(alice, ["carol: Meanwhile", "Summer plans: bob: @alice look"]);
    await choose(bob, "My own words", "Reply");
    await write(bob, "A reply");

    await shows(alice, ["carol: Meanwhile", "Summer plans: bob: A reply"]);
  },
);

test(
  "of several tabs one notifies, and the next one does when that is closed",
  { skip },
  async (t) => {
    const { server, signIn, browser } = await stage(t);
    const context = await browser.newContext(WITH_WORKER);
    const tabs = [await context.newPage(), await context.newPage()];
    for (const tab of tabs) {
      await tab.goto(server.page);
      await signInAt(tab, "alice");
    }
    const [first, second] = tabs;
    await turnOn(first);
    const bob = await signIn("bob");
    await record(second);

    await writeIn(bob, "Summer plans", "For one");
    await shows(second, ["Summer plans: bob: For one"]);
    const once = (await shown(second)).times;
    await first.close();
    await writeIn(bob, "Summer plans", "For the other");

    await shows(second, ["Summer plans: bob: For the other"]);
    assert.deepEqual([once, (await shown(second)).times], [1, 2]);
  },
);

test("signing out takes back every notification", { skip }, async (t) => {
  const { signIn, notified } = await stage(t);
  const [alice, bob] = [await notified("alice"), await signIn("bob")];
  await writeIn(bob, "Summer plans", "For alice only");
  await shows(alice, ["Summer plans: bob: For alice only"]);

  await alice.getByRole("button", { name: "Sign out" }).click();
  await alice.getByRole("button", { name: "Here", exact: true }).click();
  await alice.getByLabel("Password").waitFor();

  await shows(alice, []);
  assert.equal(await alice.title(), "Parley");
});

test("what messages say can be left out, and a sound added", { skip }, async (t) => {
  const { server, signIn, browser } = await stage(t);
  const context = await browser.newContext(WITH_WORKER);
  await context.addInitScript(() => {
    const { start } = OscillatorNode.prototype;
    OscillatorNode.prototype.start = function (when) {
      document.documentElement.dataset["sounds"] = "yes";
      return start.call(this, when);
    };
  });
  const alice = await context.newPage();
  await alice.goto(server.page);
  await signInAt(alice, "alice");
  await turnOn(alice);
  const bob = await signIn("bob");

  await alice.getByRole("button", { name: "Notifications in this browser" }).click();
  await alice.getByLabel("Show what messages say").uncheck();
  await writeIn(bob, "Summer plans", "A secret");
  await shows(alice, ["Summer plans: bob: New message"]);
  const before = await alice.locator("html[data-sounds]").count();
  await alice.getByLabel("Play a sound").check();

  await alice.locator("html[data-sounds]").waitFor({ state: "attached" });
  assert.equal(before, 0);
});

test("if the browser blocks notifications, the panel says so", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice", { ...WITH_WORKER, permissions: [] });

  await alice.getByRole("button", { name: "Notifications in this browser" }).click();

  await alice.getByText("The browser blocks notifications").waitFor();
  assert.equal(await alice.getByRole("button", { name: "Turn on" }).count(), 0);
});

test(
  "the bell of a conversation works by keyboard, on all devices of the user",
  { skip },
  async (t) => {
    const { signIn } = await stage(t);
    const [desk, phone] = [await signIn("alice"), await signIn("alice")];
    await open(desk, "general");
    await open(phone, "general");
    const bell = desk.getByRole("button", { name: /^Notifications: / });

    await bell.focus();
    await desk.keyboard.press("Enter");
    await desk.keyboard.press("ArrowDown");
    await desk.keyboard.press("Enter");

    await phone.getByRole("button", { name: "Notifications: mentions and replies" }).waitFor();
    await desk.getByRole("button", { name: "Notifications: mentions and replies" }).waitFor();
    assert.ok(await bell.evaluate((button) => button === document.activeElement));
    await phone.reload();
    await phone.getByRole("button", { name: "Notifications: mentions and replies" }).waitFor();
  },
);

for (const [size, look] of Object.entries({ DESKTOP, PHONE })) {
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    test(
      `axe finds nothing in notifications: ${size.toLowerCase()}, ${colorScheme}`,
      { skip },
      async (t) => {
        const { signIn } = await stage(t);
        const options = { ...WITH_WORKER, ...look, colorScheme };
        const alice = await signIn("alice", { ...options, reducedMotion: "reduce" });
        const poses = async (/** @type {string} */ what) =>
          assert.deepEqual(await barriers(alice), [], what);

        await alice.getByRole("button", { name: "Notifications in this browser" }).click();
        await poses("off");
        await alice.getByRole("button", { name: "Turn on notifications" }).click();
        await alice.getByText("Notifications are on").waitFor();
        await poses("on");
        await alice.locator("#notifications [data-close]").click();
        await open(alice, "Summer plans");
        await alice.getByRole("button", { name: /^Notifications: / }).click();
        await poses("the bell");
        await alice.getByRole("menuitem", { name: "Mute for ever" }).click();
        await alice.getByRole("button", { name: "Notifications: muted for ever" }).waitFor();
        await poses("muted");
      },
    );
  }
}
