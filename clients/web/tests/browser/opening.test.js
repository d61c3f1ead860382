import assert from "node:assert/strict";
import { test } from "node:test";

import { DESKTOP, PHONE, barriers, missing } from "../support/chromium.js";
import { readThrough } from "../support/messages.js";
import { filled, stage } from "./browser.js";

/** @import { Page } from "playwright-core" */

const skip = missing;

/**
 * Signs in without waiting for anything of it.
 * @param {Page} page
 */
async function begin(page) {
  await page.getByRole("button", { name: "alice", exact: true }).click();
  await page.getByRole("button", { name: "Sign in" }).click();
}

/**
 * Answers the page's requests for its list, the first of them first, in place of the service.
 * Whatever it is not given an answer for reaches the service.
 * @param {Page} page
 * @param {((request: any, send: (frame: object) => void) => void)[]} answers
 */
async function answerLists(page, answers) {
  await page.routeWebSocket(/ws\/chat/, (socket) => {
    const service = socket.connectToServer();
    socket.onMessage((text) => {
      const frame = JSON.parse(String(text));
      const answer = frame.type === "list_conversations" ? answers.shift() : undefined;
      if (answer) answer(frame, (it) => socket.send(JSON.stringify(it)));
      else service.send(text);
    });
  });
  await page.reload();
}

/**
 * Where a text is in the box that scrolls: 0 at its top, 1 at its bottom.
 * @param {Page} page
 * @param {string} text
 */
function placeOf(page, text) {
  return page
    .getByRole("log")
    .getByText(text, { exact: true })
    .evaluate((node) => {
      const box = /** @type {Element} */ (node.closest("#scroller")).getBoundingClientRect();
      return (node.getBoundingClientRect().top - box.top) / box.height;
    });
}

test("while conversations are loading the web app says so", { skip }, async (t) => {
  const { visit } = await stage(t);
  const alice = await visit();
  /** @type {(answer: () => void) => void} */
  let hold = () => {};
  /** @type {Promise<() => void>} */
  const held = new Promise((resolve) => (hold = resolve));
  const empty = { type: "conversations", data: { items: [] } };
  await answerLists(alice, [({ requestId }, send) => hold(() => send({ requestId, ...empty }))]);

  await begin(alice);
  await alice.getByText("Loading your conversations").waitFor();
  assert.deepEqual(await barriers(alice), []);
  (await held)();

  await alice.getByText("No conversations yet.").waitFor();
  await alice.getByText("Loading your conversations").waitFor({ state: "hidden" });
});

test("a list that fails says why, and can be tried again", { skip }, async (t) => {
  const { visit } = await stage(t);
  const alice = await visit();
  const refusal = { type: "error", code: "forbidden", message: "Not on Sundays." };
  await answerLists(alice, [({ requestId }, send) => send({ requestId, ...refusal })]);

  await begin(alice);
  await alice.getByText("could not be loaded: Not on Sundays.").waitFor();
  assert.deepEqual(await barriers(alice), []);
  await alice.getByRole("button", { name: "Try again" }).click();

  await alice.getByRole("button", { name: /^Summer plans/ }).waitFor();
  await alice.getByText("could not be loaded").waitFor({ state: "hidden" });
});

for (const [size, look] of Object.entries({ DESKTOP, PHONE })) {
  test(
    `a link to an unknown conversation says so and opens no other: ${size.toLowerCase()}`,
    { skip },
    async (t) => {
      const { server, signIn, complaints } = await stage(t);
      const alice = await signIn("alice", look);

      for (const hash of ["#/unknown-id", "#/100%"]) {
        await alice.goto(`${server.page}${hash}`);
        await alice.reload();
        await alice.getByText("There is no such conversation, or you are not in it.").waitFor();
        assert.equal(await alice.getByRole("heading", { name: "general" }).count(), 0);
        assert.deepEqual(await barriers(alice), []);
      }
      await alice.getByRole("button", { name: "Show your conversations" }).click();

      await alice.getByRole("button", { name: /^Summer plans/ }).click();
      await alice.getByRole("heading", { name: "Summer plans" }).waitFor();
      assert.deepEqual(complaints, []);
    },
  );
}

test("every page of the list of conversations is loaded, with any address", { skip }, async (t) => {
  const { server, signIn } = await stage(t);
  const alice = await signIn("alice");
  await alice.goto(`${server.page}#/100%`);
  const item = (/** @type {string} */ title) => ({
    ...{ conversation_id: title, kind: "group", title, role: "member", created_at: new Date() },
    ...{ last_seq: 0, last_read_seq: 0, unread_count: 0, last_activity_at: new Date() },
  });
  const page = (/** @type {object} */ data) => {
    return (/** @type {any} */ { requestId }, /** @type {(frame: object) => void} */ send) =>
      send({ requestId, type: "conversations", data });
  };

  await answerLists(alice, [
    page({ items: [item("On the first page")], cursor: "more" }),
    page({ items: [item("On the last page")] }),
  ]);

  await alice.getByRole("button", { name: "On the last page" }).waitFor();
  await alice.getByText("There is no such conversation").waitFor();
});

test("a link opens its conversation once the user becomes a member", { skip }, async (t) => {
  const { server, signIn } = await stage(t);
  const bob = await signIn("bob");
  const alice = await signIn("alice");
  await alice.goto(`${server.page}#/group-4`);
  await alice.getByText("There is no such conversation").waitFor();

  await bob.getByRole("button", { name: "New conversation" }).click();
  await bob.getByRole("textbox", { name: "Title" }).fill("Lunch");
  await bob.getByRole("textbox", { name: "People" }).fill("alice");
  await bob.getByRole("button", { name: "Create" }).click();

  await alice.getByRole("heading", { name: "Lunch" }).waitFor();
});

test(
  "with many unread messages a conversation opens at the first unread and scrolls on to the last",
  { skip },
  async (t) => {
    const { service, signIn, complaints } = await stage(t);
    filled(service, "group-1", 1_000, 300);
    const alice = await signIn("alice");
    const carol = await signIn("carol");

    await alice.getByRole("button", { name: /^Summer plans.*99\+|^Summer plans.*100/ }).click();
    await alice.getByRole("log").getByText("New messages", { exact: true }).waitFor();
    const [mark, before, first] = [
      await placeOf(alice, "New messages"),
      await placeOf(alice, "number 300"),
      await placeOf(alice, "number 301"),
    ];
    assert.ok(0 < before && before < mark && mark < first && first < 1, `${[before, mark, first]}`);
    assert.equal(await alice.getByRole("log").getByText("number 1000", { exact: true }).count(), 0);
    assert.deepEqual(await barriers(alice), []);
    await carol.getByRole("button", { name: /^Summer plans/ }).click();
    await carol.getByRole("button", { name: "99+ new messages" }).click();
    await carol.getByRole("log").getByText("number 1000", { exact: true }).waitFor();

    const { contents } = await readThrough(alice, false);
    const wanted = Array.from({ length: 701 }, (_, index) => `number ${index + 300}`);
    assert.deepEqual(contents.slice(contents.indexOf("number 300")), wanted);
    assert.deepEqual(complaints, []);
  },
);

test(
  "with 300 unread messages a conversation opens at the divider, after few requests",
  { skip },
  async (t) => {
    const { service, signIn } = await stage(t);
    filled(service, "group-1", 400, 100);
    const alice = await signIn("alice");
    let asked = 0;
    const receive = service.actions["history"];
    service.actions["history"] = (call) => {
      asked++;
      return receive?.(call);
    };

    await alice.getByRole("button", { name: /^Summer plans.*99\+ unread/ }).click();
    await alice.getByRole("log").getByText("New messages", { exact: true }).waitFor();
    const [mark, first] = [
      await placeOf(alice, "New messages"),
      await placeOf(alice, "number 101"),
    ];
    await alice.getByRole("button", { name: "99+ new messages" }).click();
    await alice.getByRole("log").getByText("number 400", { exact: true }).waitFor();

    assert.ok(0 < mark && mark < first && first < 1, `${[mark, first]}`);
    assert.ok(asked <= 6, `${asked} requests`);
    await alice
      .getByRole("button", { name: /^Summer plans/ })
      .getByText("unread")
      .waitFor({ state: "detached" });
    await alice.waitForFunction(() => document.title === "Parley");
  },
);

test("a link to a message opens it, though many are unread before it", { skip }, async (t) => {
  const { service, server, signIn } = await stage(t);
  filled(service, "group-1", 400, 100);
  const alice = await signIn("alice");

  await alice.goto(`${server.page}#/group-1/${encodeURIComponent("group-1:400")}`);

  await alice.locator(".pointed-out").getByText("number 400", { exact: true }).waitFor();
});

test("only messages that were scrolled into view are marked read", { skip }, async (t) => {
  const { service, signIn } = await stage(t);
  const conversation = filled(service, "group-1", 400, 100);
  const alice = await signIn("alice");
  const read = () => conversation.members.get("alice")?.last_read_seq ?? 0;

  await alice.getByRole("button", { name: /^Summer plans/ }).click();
  const log = alice.getByRole("log");
  const looked = log.getByText("number 150", { exact: true });
  await log.getByText("New messages", { exact: true }).waitFor();
  while ((await looked.count()) === 0) await log.evaluate((box) => (box.scrollTop += 200));
  await looked.scrollIntoViewIfNeeded();
  while (read() < 150) await alice.waitForTimeout(50);

  assert.ok(read() < 170, `${read()}`);
});

test("sending a message while reading old ones scrolls to the end", { skip }, async (t) => {
  const { service, signIn } = await stage(t);
  filled(service, "group-1", 400, 100);
  const alice = await signIn("alice");
  await alice.getByRole("button", { name: /^Summer plans/ }).click();
  await alice.getByRole("log").getByText("New messages", { exact: true }).waitFor();

  await alice.getByLabel("Message", { exact: true }).fill("I read this later");
  await alice.getByLabel("Message", { exact: true }).press("Enter");

  await alice.locator(".own.stored, .own.read").last().getByText("I read this later").waitFor();
  const contents = await alice.locator("#messages .content").allTextContents();
  assert.deepEqual(contents.slice(-2), ["number 400", "I read this later"]);
});
