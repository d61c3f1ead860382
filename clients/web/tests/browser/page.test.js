import assert from "node:assert/strict";
import { test } from "node:test";

import { DESKTOP, PHONE, barriers, missing, write } from "../support/chromium.js";
import { readThrough } from "../support/messages.js";
import { filled, stage } from "./browser.js";

const skip = missing;

test("two people talk, and see each other type and read", { skip }, async (t) => {
  const { signIn, complaints } = await stage(t);
  const alice = await signIn("alice");
  const bob = await signIn("bob");

  await bob.getByLabel("Message", { exact: true }).pressSequentially("Hel");
  await alice.getByText("bob is typing").waitFor();
  await write(bob, "Hello Alice");

  await alice.getByRole("log").getByText("Hello Alice").waitFor();
  await bob.locator(".own").last().getByText("Read by alice").waitFor({ state: "attached" });
  assert.deepEqual(complaints, []);
});

test("messages written offline are sent in order once the network is back", { skip }, async (t) => {
  const { server, signIn } = await stage(t);
  const alice = await signIn("alice");
  const bob = await signIn("bob");

  server.goesAway();
  await alice.getByText("Offline. What you write").waitFor();
  for (const text of ["Written first", "Written second"]) await write(alice, text);
  await alice.locator(".own.sending").nth(1).waitFor();
  server.comesBack();

  await bob.getByRole("log").getByText("Written second").waitFor();
  assert.deepEqual((await bob.locator(".content").allTextContents()).slice(-2), [
    "Written first",
    "Written second",
  ]);
  await alice.locator(".own.sending").first().waitFor({ state: "detached" });
  await alice.getByText("Offline. What you write").waitFor({ state: "hidden" });
});

test("the composer is disabled until there is a conversation", { skip }, async (t) => {
  const { visit } = await stage(t);
  const alice = await visit();
  /** @type {(release: () => void) => void} */
  let hold = () => {};
  /** @type {Promise<() => void>} */
  const held = new Promise((resolve) => (hold = resolve));
  await alice.routeWebSocket(/ws\/chat/, (socket) => {
    const service = socket.connectToServer();
    service.onMessage((text) => {
      const isList = String(text).includes('"conversations"');
      if (isList) hold(() => socket.send(text));
      else socket.send(text);
    });
  });
  await alice.reload();
  await alice.getByRole("button", { name: "alice", exact: true }).click();
  await alice.getByRole("button", { name: "Sign in" }).click();
  await alice.locator("#chat").waitFor();

  const wasThere = await alice.getByLabel("Message", { exact: true }).isVisible();

  assert.equal(wasThere, false);
  (await held)();
  await alice.getByLabel("Message", { exact: true }).waitFor();
});

test("closing the web app with unsent messages asks first", { skip }, async (t) => {
  const { server, signIn } = await stage(t);
  const alice = await signIn("alice");
  server.goesAway();
  await alice.getByText("Offline. What you write").waitFor();
  await write(alice, "Not sent yet");
  await alice.locator(".own.sending").waitFor();

  const asked = alice.waitForEvent("dialog");
  await alice.close({ runBeforeUnload: true });

  const dialog = await asked;
  assert.equal(dialog.type(), "beforeunload");
  await dialog.dismiss();
});

test("a reload signs in again by itself and shows the same conversation", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");
  await alice.getByRole("button", { name: /^Summer plans/ }).click();
  await alice.getByRole("log").getByText("Book it!").waitFor();

  await alice.reload();

  await alice.getByRole("heading", { name: "Summer plans" }).waitFor();
  await alice.getByRole("log").getByText("Book it!").waitFor();
});

test("a reload while the service is unreachable says so and recovers", { skip }, async (t) => {
  const { server, signIn } = await stage(t);
  const alice = await signIn("alice");
  server.goesAway();

  await alice.reload();
  await alice.getByText("The service cannot be reached.").waitFor();
  server.comesBack();

  await alice.getByRole("log").getByText("Out of the tunnel!").waitFor();
  assert.equal(await alice.getByLabel("Password").isVisible(), false);
});

test(
  "the open conversation stays open over a reconnection, although another is newer",
  { skip },
  async (t) => {
    const { server, signIn } = await stage(t);
    const alice = await signIn("alice");
    const bob = await signIn("bob");
    await alice.getByRole("heading", { name: "general" }).waitFor();
    await bob.getByRole("button", { name: /^Summer plans/ }).click();
    await write(bob, "See you there");
    await alice.getByRole("button", { name: /^Summer plans.*See you there/ }).waitFor();

    server.cut();
    await bob.locator(".own.stored, .own.read").last().getByText("See you there").waitFor();
    await write(bob, "After the cut");
    await alice.getByRole("button", { name: /^Summer plans.*After the cut/ }).waitFor();

    await alice.getByRole("heading", { name: "general" }).waitFor();
  },
);

test("hostile text is text, in messages, titles and names alike", { skip }, async (t) => {
  const { service, signIn, complaints } = await stage(t);
  const hostile = `<img src="x" onerror="alert(1)"><script>alert(2)</script>`;
  service.addUser("bob<b>", "bob-demo-password");
  const alice = await signIn("alice");

  await write(alice, hostile);
  await alice.getByRole("button", { name: "New conversation" }).click();
  await alice.getByRole("textbox", { name: "Title" }).fill(hostile.slice(0, 100));
  await alice.getByRole("textbox", { name: "People" }).fill("bob<b>");
  await alice.getByRole("button", { name: "Create" }).click();

  await alice.getByRole("heading", { name: hostile.slice(0, 100) }).waitFor();
  assert.equal(await alice.locator("img[src='x'], .conversation script, .sidebar b").count(), 0);
  assert.deepEqual(complaints, []);
});

test(
  "a user creates a conversation, adds and removes members, and leaves it",
  { skip },
  async (t) => {
    const { signIn } = await stage(t);
    const alice = await signIn("alice");
    const bob = await signIn("bob");

    await alice.getByRole("button", { name: "New conversation" }).click();
    await alice.getByRole("textbox", { name: "Title" }).fill("Lunch");
    await alice.getByRole("textbox", { name: "People" }).fill("bob");
    await alice.getByRole("button", { name: "Create" }).click();
    await bob.getByRole("button", { name: /^Lunch/ }).click();
    await alice.getByRole("button", { name: "People" }).click();
    await alice.getByLabel("Add people").fill("carol");
    await alice.getByRole("button", { name: "Add", exact: true }).click();
    await alice.getByRole("button", { name: "Remove carol" }).click();
    await alice.getByRole("button", { name: "Remove", exact: true }).click();
    await alice.getByRole("button", { name: "Remove bob" }).click();
    await alice.getByRole("button", { name: "Remove", exact: true }).click();
    await bob.getByRole("button", { name: /^Lunch/ }).waitFor({ state: "detached" });
    await alice.getByRole("button", { name: "Leave this conversation" }).click();
    await alice.getByRole("button", { name: "Leave", exact: true }).click();

    await alice.getByRole("button", { name: /^Lunch/ }).waitFor({ state: "detached" });
    await alice.getByRole("heading", { name: "general" }).waitFor();
  },
);

test(
  "a user whom the last owner leaves a conversation to can lead it at once",
  { skip },
  async (t) => {
    const { signIn } = await stage(t);
    const alice = await signIn("alice");
    const bob = await signIn("bob");
    await alice.getByRole("button", { name: "New conversation" }).click();
    await alice.getByRole("textbox", { name: "Title" }).fill("Lunch");
    await alice.getByRole("textbox", { name: "People" }).fill("bob carol");
    await alice.getByRole("button", { name: "Create" }).click();
    await bob.getByRole("button", { name: /^Lunch/ }).click();
    await bob.getByRole("button", { name: "People" }).click();
    await bob.getByRole("region", { name: "People" }).getByText("carol").waitFor();
    assert.equal(await bob.getByLabel("Role of carol").count(), 0);

    await alice.getByRole("button", { name: "People" }).click();
    await alice.getByRole("button", { name: "Leave this conversation" }).click();
    await alice.getByRole("button", { name: "Leave", exact: true }).click();

    await bob.getByLabel("Role of carol").selectOption("moderator");
    await bob.getByText("You made carol a moderator").waitFor();
  },
);

test("scrolling up loads earlier messages without moving what is in view", { skip }, async (t) => {
  const { service, signIn } = await stage(t);
  filled(service, "general", 200);
  const alice = await signIn("alice");
  await alice.getByRole("log").getByText("number 200", { exact: true }).waitFor();
  assert.ok((await alice.locator(".message").count()) < 130);

  const scroller = alice.getByRole("log");
  const looked = alice.getByText("number 155", { exact: true });
  await scroller.evaluate((box) => (box.scrollTop = 300));
  const before = await looked.boundingBox();
  // What comes above is scrolled past.
  await alice.waitForFunction(() => (document.getElementById("scroller")?.scrollTop ?? 0) > 1_000);
  await alice.waitForTimeout(300);
  const after = await looked.boundingBox();
  assert.ok(Math.abs((before?.y ?? 0) - (after?.y ?? 999)) < 3, "it stays in place");
  for (let page = 0; page < 8; page++) {
    await scroller.evaluate((box) => (box.scrollTop = 0));
    await alice.waitForTimeout(100);
  }

  await alice.getByText("The conversation begins here.").waitFor();
  const { contents } = await readThrough(alice);
  assert.deepEqual(
    contents.slice(-186),
    Array.from({ length: 186 }, (_, index) => `number ${index + 15}`),
  );
  assert.equal(contents.length, 200);
});

test(
  "a form that needs the service says so while offline, and can be closed",
  { skip },
  async (t) => {
    const { server, signIn } = await stage(t);
    const alice = await signIn("alice");
    await alice.getByRole("button", { name: /^Summer plans/ }).click();
    await alice.getByRole("button", { name: "People" }).click();
    server.goesAway();
    await alice.getByText("Offline. What you write").waitFor();
    const problem = (/** @type {string} */ place) =>
      alice.locator(`#${place}-problem`).getByText("You are offline.").waitFor();

    await alice.getByRole("button", { name: "Leave this conversation" }).click();
    await alice.getByRole("button", { name: "Leave", exact: true }).click();
    await problem("leave");
    await alice.getByRole("button", { name: "Stay" }).click();
    await alice.getByRole("button", { name: "Sign out" }).click();
    await alice.getByRole("button", { name: "Everywhere" }).click();
    await problem("sign-out");
    await alice.getByRole("button", { name: "Stay" }).click();
    await alice.getByRole("button", { name: "New conversation" }).click();
    await alice.getByRole("textbox", { name: "People" }).fill("bob");
    await alice.getByRole("button", { name: "Create" }).click();
    await problem("create");
    await alice.getByRole("button", { name: "Cancel" }).click();

    assert.equal(await alice.locator("dialog[open]").count(), 0);
  },
);

test("a message that the service refuses can be sent again or discarded", { skip }, async (t) => {
  const { service, signIn } = await stage(t);
  const alice = await signIn("alice");
  await alice.getByRole("log").getByText("Out of the tunnel!").waitFor();
  const members = service.conversations.get("general")?.members;
  const membership = members?.get("alice");
  members?.delete("alice");
  await write(alice, "one");
  await write(alice, "two");
  await alice.locator(".failed").nth(1).waitFor();

  if (membership) members?.set("alice", membership);
  await alice.getByRole("button", { name: "Discard" }).first().click();
  await alice.locator(".failed").nth(1).waitFor({ state: "detached" });
  await alice.getByRole("button", { name: "Try again" }).click();

  await alice.locator(".own.stored").last().getByText("two").waitFor();
  assert.equal(await alice.getByRole("log").getByText("one", { exact: true }).count(), 0);
});

test("signing out on this device forgets the user in this tab", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");

  await alice.getByRole("button", { name: "Sign out" }).click();
  await alice.getByRole("button", { name: "Here", exact: true }).click();
  await alice.getByLabel("Password").waitFor();
  await alice.reload();

  await alice.getByLabel("Password").waitFor();
});

test(
  "signing out everywhere ends the sessions in other windows, and signing in again works",
  { skip },
  async (t) => {
    const { signIn } = await stage(t);
    const alice = await signIn("alice");
    const other = await signIn("alice");

    await alice.getByRole("button", { name: "Sign out" }).click();
    await alice.getByRole("button", { name: "Everywhere" }).click();

    await other.getByText("You have been signed out.").waitFor();
    await alice.getByLabel("Username").fill("alice");
    await alice.getByLabel("Password").fill("alice-demo-password");
    await alice.getByRole("button", { name: "Sign in" }).click();
    await alice.getByRole("log").getByText("Out of the tunnel!").waitFor();
  },
);

test(
  "with a service without conversation lists there is one conversation and nothing to manage",
  { skip },
  async (t) => {
    const { signIn, complaints } = await stage(t, { conversations: false });
    const alice = await signIn("alice");

    await write(alice, "Hello");

    await alice.locator(".own.stored, .own.read").last().getByText("Hello").waitFor();
    assert.equal(await alice.getByRole("button", { name: "New conversation" }).count(), 0);
    assert.equal(await alice.getByRole("button", { name: "People" }).count(), 0);
    assert.deepEqual(complaints, []);
  },
);

test("the frames panel shows every frame without secrets", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");

  await alice.getByRole("button", { name: "Frames on the wire" }).click();
  await alice.getByText("authenticate", { exact: true }).click();

  const text = (await alice.locator("#frame-list").textContent()) ?? "";
  assert.ok(text.includes(`"username": "alice"`));
  assert.ok(!text.includes("alice-demo-password") && !text.includes("token-alice"));
});

test(
  "signing in, switching conversations and writing work by keyboard alone",
  { skip },
  async (t) => {
    const { visit } = await stage(t);
    const page = await visit();

    await page.keyboard.type("alice");
    await page.keyboard.press("Tab");
    await page.keyboard.type("alice-demo-password");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "general" }).waitFor();
    await page.getByRole("button", { name: /^Summer plans/ }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Summer plans" }).waitFor();
    await page.keyboard.type("By keyboard");
    await page.keyboard.press("Enter");

    await page.locator(".own.stored, .own.read").last().getByText("By keyboard").waitFor();
  },
);

for (const [size, look] of Object.entries({ DESKTOP, PHONE })) {
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    test(`axe finds nothing: ${size.toLowerCase()}, ${colorScheme}`, { skip }, async (t) => {
      const { visit, signIn, server } = await stage(t);
      const options = { ...look, colorScheme, reducedMotion: /** @type {const} */ ("reduce") };
      const login = await visit(options);
      assert.deepEqual(await barriers(login), [], "signing in");

      const page = await signIn("alice", options);
      assert.deepEqual(await barriers(page), [], "the conversations");
      await page.getByRole("button", { name: "New conversation" }).click();
      assert.deepEqual(await barriers(page), [], "a new conversation");
      await page.getByRole("button", { name: "Cancel" }).click();
      await page.getByRole("button", { name: /^Summer plans/ }).click();
      await page.getByRole("log").getByText("Book it!").waitFor();
      assert.deepEqual(await barriers(page), [], "the messages");
      await page.getByRole("button", { name: "People" }).click();
      assert.deepEqual(await barriers(page), [], "the people");
      await page.getByRole("button", { name: "Close" }).click();
      await server.close();
      await page.getByText("Offline. What you write").waitFor();
      await write(page, "Later");
      assert.deepEqual(await barriers(page), [], "offline");
    });
  }
}
