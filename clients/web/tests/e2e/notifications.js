import { test } from "node:test";

import { DESKTOP, missing as skip } from "../support/chromium.js";
import { WITH_WORKER, shows, turnOn } from "../support/notifications.js";
import { arrives, group } from "./people.js";

test(
  "a message is notified of, and taken back when it is read on another device",
  { skip },
  async (t) => {
    const { title, id, chat } = await group("Notified", ["bob", "alice"]);
    const desk = await (await arrives(t, "alice", WITH_WORKER)).signsIn();
    const laptop = await (await arrives(t, "alice", DESKTOP)).signsIn();
    await turnOn(desk.page);
    await desk.opens("General");
    await laptop.opens("General");

    await chat.send(id, "Are you there?");
    await shows(desk.page, [`${title}: bob: Are you there?`]);
    await desk.listed(title).getByText("1 unread").waitFor();
    await laptop.opens(title);
    await laptop.sees("Are you there?");

    await shows(desk.page, []);
    await desk.listed(title).getByText("unread").waitFor({ state: "detached" });
  },
);

test("a mute holds on every device, and ends the notifications", { skip }, async (t) => {
  const muted = await group("Muted", ["bob", "alice"]);
  const other = await group("Not muted", ["bob", "alice"]);
  const desk = await (await arrives(t, "alice", WITH_WORKER)).signsIn();
  const laptop = await (await arrives(t, "alice", DESKTOP)).signsIn();
  await turnOn(desk.page);
  await desk.opens("General");

  await laptop.opens(muted.title);
  await laptop.page.getByRole("button", { name: /^Notifications: / }).click();
  await laptop.page.getByRole("menuitem", { name: "Mute for ever" }).click();
  await desk.listed(muted.title).getByText("muted").waitFor();
  await laptop.opens("General");
  await muted.chat.send(muted.id, "Quiet");
  await desk.listed(muted.title).getByText("1 unread").waitFor();
  await other.chat.send(other.id, "Aloud");

  await shows(desk.page, [`${other.title}: bob: Aloud`]);
});

test("without a network the web app of the stack opens, and recovers", { skip }, async (t) => {
  const alice = await (await arrives(t, "alice", WITH_WORKER)).signsIn();
  await alice.page.evaluate(async () => (await navigator.serviceWorker.ready).active);
  alice.wire.cut();

  await alice.page.reload();
  await alice.page.getByText("Offline. The service cannot be reached.").waitFor();
  await alice.page.getByText("Signed in as alice").waitFor();
  await alice.isBack();

  await alice.listed("General").waitFor();
});
