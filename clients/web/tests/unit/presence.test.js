import assert from "node:assert/strict";
import { test } from "node:test";

import { Script, heard } from "../support/script.js";

/** @import { UserPresence } from "../../src/types.js" */
/** @import { Wire } from "../support/wire.js" */

const BOB = { user_id: "u-bob", is_online: true, version: 2 };
const CAROL = { user_id: "u-carol", is_online: false, version: 5 };

/** @param {Script} service */
async function signedIn(service) {
  const chat = service.keepsAlive().connect();
  await service.signsIn(chat);
  return chat;
}

/** @param {Wire<UserPresence>[]} users */
function presence(...users) {
  return { type: "presence", data: { conversation_id: "general", users } };
}

/**
 * @param {Script} service
 * @param {import("../../src/client.js").Chat} chat
 * @param {Wire<UserPresence>[]} users
 */
async function watches(service, chat, ...users) {
  const view = chat.watchPresence(
    "general",
    users.map((user) => user.user_id),
  );
  await service.answers(await service.receives("watch_presence"), presence(...users));
  return view;
}

/** @param {import("../../src/client.js").Chat} chat */
function shown(chat) {
  return [...chat.presence("general").users.values()].map(({ userId, isOnline }) => [
    userId,
    isOnline,
  ]);
}

test("who is online is known once it is watched", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  const view = await watches(service, chat, BOB, CAROL);

  assert.equal(view, chat.presence("general"));
  assert.deepEqual(shown(chat), [
    ["u-bob", true],
    ["u-carol", false],
  ]);
});

test("a push changes what is known, and is an event", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await watches(service, chat, BOB, CAROL);
  const events = heard(chat, "presence");

  await service.pushes(presence({ ...BOB, is_online: false, version: 3, last_seen_at: "then" }));

  assert.equal(chat.presence("general").users.get("u-bob")?.lastSeenAt, "then");
  assert.deepEqual(
    events.map(({ users }) => users.map((/** @type {UserPresence} */ it) => it.userId)),
    [["u-bob"]],
  );
});

test("a push that was overtaken changes nothing", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await watches(service, chat, BOB);
  const before = chat.presence("general");
  const events = heard(chat, "presence");

  await service.pushes(presence({ ...BOB, is_online: false, version: 1 }));
  await service.pushes(presence(BOB));

  assert.equal(chat.presence("general"), before);
  assert.deepEqual(events, []);
});

test("nothing is shown of a user who is not watched", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await watches(service, chat, BOB);

  await service.pushes(presence(CAROL));

  assert.deepEqual(shown(chat), [["u-bob", true]]);
});

test("watches are renewed on the next connection, and meanwhile nothing flickers", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await watches(service, chat, BOB);
  const before = chat.presence("general");
  const events = heard(chat, "presence");

  await service.closes();
  assert.equal(chat.presence("general"), before);
  await service.clock.pass(30_000);
  await service.reopens();
  const request = await service.receives("watch_presence");
  assert.deepEqual(request.data, { user_ids: ["u-bob"] });
  await service.answers(request, presence(BOB));

  assert.equal(chat.presence("general"), before);
  assert.deepEqual(events, []);
});

test("a watch that was asked for while offline is asked for once", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.closes();

  const view = chat.watchPresence("general", ["u-bob"]);
  await service.clock.pass(30_000);
  await service.reopens();
  await service.answers(await service.receives("watch_presence"), presence(BOB));
  await view;

  await service.receivesNothing();
});

test("of two lists the last one counts, though the first reply is late", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const first = chat.watchPresence("general", ["u-bob"]);
  const second = chat.watchPresence("general", ["u-carol"]);

  await service.answers(await service.receives("watch_presence"), presence(BOB, CAROL));
  const last = await service.receives("watch_presence");
  assert.deepEqual(last.data, { user_ids: ["u-carol"] });
  await service.answers(last, presence(CAROL));

  await Promise.all([first, second]);
  assert.deepEqual(shown(chat), [["u-carol", false]]);
});

test("a user who is no member is not known", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await watches(service, chat, BOB, CAROL);

  const view = chat.watchPresence("general", ["u-bob", "u-carol"]);
  await service.answers(await service.receives("watch_presence"), presence(BOB));
  await view;

  assert.deepEqual(shown(chat), [["u-bob", true]]);
});

test("of a big room the count is known", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await watches(service, chat, BOB);
  const events = heard(chat, "presence");

  const data = { conversation_id: "general", online_count: 812 };
  await service.pushes({ type: "presence", data });

  const { users, onlineCount } = chat.presence("general");
  assert.deepEqual([users.size, onlineCount], [0, 812]);
  assert.deepEqual(
    events.map(({ onlineCount }) => onlineCount),
    [812],
  );
});

test("watching nobody ends the watch", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await watches(service, chat, BOB);
  await watches(service, chat);

  await service.closes();
  await service.clock.pass(30_000);
  await service.reopens();

  await service.receivesNothing();
  assert.deepEqual(shown(chat), []);
});

test("a watch that is refused is not renewed", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const view = chat.watchPresence("general", ["u-bob"]);
  const request = await service.receives("watch_presence");
  const refused = assert.rejects(view, { code: "conflict" });
  await service.answers(request, { type: "error", code: "conflict", message: "Too many." });
  await refused;

  await service.closes();
  await service.clock.pass(30_000);
  await service.reopens();

  await service.receivesNothing();
});

test("nothing is known of a conversation that the user is removed from", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await watches(service, chat, BOB);

  const by = { user_id: "u-bob", username: "bob" };
  const removal = { conversation_id: "general", user_id: "u-alice", username: "alice", by };
  await service.pushes({ type: "member_removed", data: removal });
  await service.pushes(presence({ ...BOB, is_online: false, version: 9 }));

  assert.deepEqual(shown(chat), []);
});

test("nothing is known any more after signing out", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await watches(service, chat, BOB);

  await service.pushes({ type: "signed_out", data: { reason: "sign_out" } });

  assert.deepEqual(shown(chat), []);
});
