import assert from "node:assert/strict";
import { test } from "node:test";

import { DESKTOP, PHONE, barriers, missing } from "../support/chromium.js";
import { row } from "../support/messages.js";
import { stage } from "./browser.js";

const skip = missing;

test(
  "a button without words says what it does, to a pointer and to the keyboard",
  { skip },
  async (t) => {
    const { signIn, complaints } = await stage(t);
    const alice = await signIn("alice");
    const tooltip = alice.locator("#tooltip");

    await alice.getByRole("button", { name: "Attach files" }).hover();
    await tooltip.getByText("Attach files").waitFor();
    await alice.keyboard.press("Escape");
    await tooltip.waitFor({ state: "hidden" });
    await alice.getByLabel("Message", { exact: true }).focus();
    await alice.keyboard.press("Shift+Tab");
    await tooltip.getByText("Attach files").waitFor();
    const box = await tooltip.boundingBox();
    await alice.keyboard.press("Tab");
    await tooltip.waitFor({ state: "hidden" });

    assert.ok(box && box.x >= 0 && box.y > 0 && box.y + box.height <= 800, JSON.stringify(box));
    // A screen reader has the words once, from the button.
    assert.equal(await tooltip.getAttribute("aria-hidden"), "true");
    assert.deepEqual([await barriers(alice), complaints], [[], []]);
  },
);

test("a focused button shows no tooltip where there is only touch", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice", PHONE);

  const button = alice.getByRole("button", { name: "New conversation" });

  await alice.keyboard.press("Tab");
  await button.focus();

  await alice.locator("button:focus-visible").and(button).waitFor();
  assert.equal(await alice.locator("#tooltip").isVisible(), false);
});

test(
  "a time shows its full date on hover, with the hours of the reader's region",
  { skip },
  async (t) => {
    const { signIn } = await stage(t);
    const american = await signIn("alice", { ...DESKTOP, locale: "en-US" });
    const british = await signIn("bob", { ...DESKTOP, locale: "en-GB" });

    const times = [american, british].map((page) => row(page, "Out of the tunnel").locator("time"));
    const [[shown, title], [shownBritish, titleBritish]] = await Promise.all(
      times.map(async (time) => [await time.innerText(), await time.getAttribute("title")]),
    );

    assert.match(shown ?? "", /^\d{1,2}:\d\d\s[AP]M$/);
    assert.match(shownBritish ?? "", /^\d\d:\d\d$/);
    assert.match(title ?? "", /^\w+day, \w+ \d+, \d{4} at \d{1,2}:\d\d:\d\d\s[AP]M$/);
    assert.match(titleBritish ?? "", /^\w+day,? \d+ \w+ \d{4} at \d\d:\d\d:\d\d$/);
  },
);

test("to remove or ban a member asks first, and Cancel changes nothing", { skip }, async (t) => {
  const { signIn, service } = await stage(t);
  const alice = await signIn("alice");
  const members = () => [...(service.conversations.get("general")?.members.keys() ?? [])];
  await alice.getByRole("button", { name: "People", exact: true }).click();

  await alice.getByRole("button", { name: "Remove bob" }).click();
  const dialog = alice.getByRole("dialog", { name: "Remove bob from general?" });
  await dialog.getByRole("button", { name: "Cancel" }).click();
  const afterCancel = members().length;
  await alice.getByRole("button", { name: "Remove bob" }).click();
  await dialog.getByRole("button", { name: "Remove" }).click();
  await alice.getByRole("button", { name: "Remove bob" }).waitFor({ state: "detached" });
  await alice.getByRole("button", { name: "Moderate carol" }).click();
  await alice.getByRole("menuitem", { name: "Ban" }).click();
  const ban = alice.getByRole("dialog", { name: "Ban carol from general?" });
  const found = await barriers(alice);
  await ban.getByRole("button", { name: "Ban" }).click();
  await alice.getByRole("button", { name: "Moderate carol" }).waitFor({ state: "detached" });

  assert.deepEqual([afterCancel, members().length, found], [3, 1, []]);
});
