import assert from "node:assert/strict";
import { test } from "node:test";

import { PICTURE_BYTES } from "../../src/index.js";
import { fromWire } from "../../src/wire.js";
import {
  Script,
  deleted,
  edited,
  heard,
  known,
  message,
  outcome,
  reacted,
} from "../support/script.js";

/** @param {Script} service */
async function signedIn(service) {
  const chat = service.keepsAlive().connect();
  await service.signsIn(chat);
  return chat;
}

/** @typedef {import("../../src/client.js").Chat} Chat */

const PLANS = { conversation_id: "plans", kind: "group", last_seq: 0, last_read_seq: 0 };
const REMOVED = { conversation_id: "plans", user_id: "u-bob", username: "bob", by: {} };

const SUBSCRIPTION = { endpoint: "https://push.example.net/1", keys: { p256dh: "B…", auth: "…" } };

const CHANGE = { conversation_id: "plans", seq: 3, by: {}, at: "…" };
const MESSAGE = known(1);

/** @type {{ name: string, ask: (chat: Chat) => Promise<unknown>, frame: object, reply: any }[]} */
const CALLS = [
  {
    name: "createConversation",
    ask: (chat) => chat.createConversation({ title: "Plans", members: ["bob"] }),
    frame: {
      type: "create_conversation",
      data: { kind: "group", title: "Plans", members: ["bob"] },
    },
    reply: { type: "conversation_created", data: PLANS },
  },
  {
    name: "addMembers",
    ask: (chat) => chat.addMembers("plans", ["carol"]),
    frame: { type: "add_members", conversationId: "plans", data: { members: ["carol"] } },
    reply: { type: "members_added", data: { conversation_id: "plans", members: [], by: {} } },
  },
  {
    name: "removeMember",
    ask: (chat) => chat.removeMember("plans", "bob"),
    frame: { type: "remove_member", conversationId: "plans", data: { username: "bob" } },
    reply: { type: "member_removed", data: REMOVED },
  },
  {
    name: "leaveConversation",
    ask: (chat) => chat.leaveConversation("plans"),
    frame: { type: "leave_conversation", conversationId: "plans" },
    reply: { type: "member_removed", data: { ...REMOVED, user_id: "u-alice" } },
  },
  {
    name: "listConversations",
    ask: (chat) => chat.listConversations({ cursor: "next", limit: 10 }),
    frame: { type: "list_conversations", data: { cursor: "next", limit: 10 } },
    reply: { type: "conversations", data: { items: [PLANS], cursor: "more" } },
  },
  {
    name: "listMembers",
    ask: (chat) => chat.listMembers("plans"),
    frame: { type: "list_members", conversationId: "plans", data: {} },
    reply: { type: "members", data: { conversation_id: "plans", items: [] } },
  },
  {
    name: "setTitle",
    ask: (chat) => chat.setTitle("plans", "Later"),
    frame: { type: "set_title", conversationId: "plans", data: { title: "Later" } },
    reply: { type: "conversation_changed", data: { ...CHANGE, change: "renamed", title: "Later" } },
  },
  {
    name: "setRole",
    ask: (chat) => chat.setRole("plans", "bob", "moderator"),
    frame: {
      type: "set_role",
      conversationId: "plans",
      data: { username: "bob", role: "moderator" },
    },
    reply: { type: "conversation_changed", data: { ...CHANGE, change: "role", role: "moderator" } },
  },
  {
    name: "mute",
    ask: (chat) => chat.mute("plans", "bob", new Date(0)),
    frame: {
      type: "mute_member",
      conversationId: "plans",
      data: { username: "bob", until: "1970-01-01T00:00:00.000Z" },
    },
    reply: { type: "conversation_changed", data: { ...CHANGE, change: "unmuted" } },
  },
  {
    name: "ban",
    ask: (chat) => chat.ban("plans", "bob"),
    frame: { type: "ban_member", conversationId: "plans", data: { username: "bob" } },
    reply: { type: "member_removed", data: { conversation_id: "plans", seq: 7, is_banned: true } },
  },
  {
    name: "unban",
    ask: (chat) => chat.unban("plans", "bob"),
    frame: { type: "unban_member", conversationId: "plans", data: { username: "bob" } },
    reply: { type: "conversation_changed", data: { ...CHANGE, change: "unbanned" } },
  },
  {
    name: "listBans",
    ask: (chat) => chat.listBans("plans", { limit: 10 }),
    frame: { type: "list_bans", conversationId: "plans", data: { limit: 10 } },
    reply: { type: "bans", data: { conversation_id: "plans", items: [] } },
  },
  {
    name: "setSlowMode",
    ask: (chat) => chat.setSlowMode("plans", 30),
    frame: { type: "set_slow_mode", conversationId: "plans", data: { slow_seconds: 30 } },
    reply: { type: "conversation_changed", data: { ...CHANGE, change: "slow_mode" } },
  },
  {
    name: "pin",
    ask: (chat) => chat.pin(MESSAGE),
    frame: { type: "pin_message", messageId: "general:1" },
    reply: { type: "conversation_changed", data: { ...CHANGE, change: "pinned" } },
  },
  {
    name: "unpin",
    ask: (chat) => chat.unpin(MESSAGE),
    frame: { type: "unpin_message", messageId: "general:1" },
    reply: { type: "conversation_changed", data: { ...CHANGE, change: "unpinned" } },
  },
  {
    name: "edit",
    ask: (chat) => chat.edit({ ...MESSAGE, version: 7 }, "new", { mentions: ["u-bob"] }),
    frame: {
      type: "edit_message",
      messageId: "general:1",
      data: { content: "new", type: "text", version: 7, mentions: ["u-bob"] },
    },
    reply: edited(9, 1, "new"),
  },
  {
    name: "remove",
    ask: (chat) => chat.remove(MESSAGE),
    frame: { type: "delete_message", messageId: "general:1" },
    reply: deleted(9, 1),
  },
  {
    name: "react",
    ask: (chat) => chat.react(MESSAGE, "👍"),
    frame: { type: "react", messageId: "general:1", data: { reaction: "👍", is_on: true } },
    reply: reacted(9, 1, 1),
  },
  {
    name: "setNotifications",
    ask: (chat) => chat.setNotifications("plans", { level: "mentions", mutedUntil: new Date(0) }),
    frame: {
      type: "set_notifications",
      conversationId: "plans",
      data: { level: "mentions", muted_until: "1970-01-01T00:00:00.000Z" },
    },
    reply: { type: "notifications_set", data: { conversation_id: "plans", level: "mentions" } },
  },
  {
    name: "registerDevice",
    ask: (chat) => chat.registerDevice({ toJSON: () => SUBSCRIPTION }),
    frame: { type: "register_device", data: { kind: "web_push", subscription: SUBSCRIPTION } },
    reply: { type: "device_registered", data: { device_id: "d-1" } },
  },
  {
    name: "unregisterDevice",
    ask: (chat) => chat.unregisterDevice("d-1"),
    frame: { type: "unregister_device", data: { device_id: "d-1" } },
    reply: { type: "device_unregistered", data: { device_id: "d-1" } },
  },
  {
    name: "setProfile",
    ask: (chat) => chat.setProfile({ displayName: null }),
    frame: { type: "set_profile", data: { display_name: null } },
    reply: { type: "profile_set", data: { user_id: "u-alice", username: "alice" } },
  },
  {
    name: "listReactions",
    ask: (chat) => chat.listReactions(MESSAGE, { reaction: "👍", limit: 10 }),
    frame: {
      type: "list_reactions",
      messageId: "general:1",
      data: { reaction: "👍", limit: 10 },
    },
    reply: { type: "reactions", data: { message_id: "general:1", items: [] } },
  },
];

for (const { name, ask, frame, reply } of CALLS) {
  test(`${name} resolves with what the service answers`, async () => {
    const service = new Script();
    const chat = await signedIn(service);

    const asked = outcome(ask(chat));
    const { requestId, ...sent } = await afterwards(service);
    await service.answers({ requestId }, reply);

    assert.deepEqual(sent, frame);
    assert.deepEqual(asked.value, fromWire(reply.data));
  });

  test(`${name} rejects with the service's code`, async () => {
    const service = new Script();
    const chat = await signedIn(service);

    const asked = outcome(ask(chat));
    const request = await afterwards(service);
    await service.answers(request, { type: "error", code: "conflict", message: "Not so." });

    assert.equal(asked.error.code, "conflict");
    assert.equal(asked.error.message, "Not so.");
  });
}

/**
 * @param {Script} service
 * @returns {Promise<any>}
 */
async function afterwards(service) {
  await service.clock.pass(0);
  return service.socket.received.shift();
}

for (const type of /** @type {const} */ ([
  "conversation_created",
  "members_added",
  "member_removed",
  "notifications_set",
])) {
  test(`${type} is an event, whoever caused it`, async () => {
    const service = new Script();
    const chat = await signedIn(service);
    const events = heard(chat, type);

    const data = { conversation_id: "plans", last_seq: 0, last_read_seq: 0, user_id: "u-bob" };
    await service.pushes({ type, data });

    assert.deepEqual(events, [fromWire(data)]);
  });
}

test("notifications that are no longer muted name no time", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  chat.setNotifications("plans", { level: "all", mutedUntil: null });

  assert.deepEqual((await service.receives("set_notifications")).data, { level: "all" });
});

test("the key for subscriptions is there while its user is signed in", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  assert.equal(chat.webPushKey, null);

  const identity = { user_id: "u-alice", username: "alice", token: "t", web_push_key: "B…" };
  const again = chat.authenticate({ token: "t" });
  await service.answers(await service.receives("authenticate"), {
    type: "auth_success",
    data: identity,
  });
  await again;

  assert.equal(chat.webPushKey, "B…");
});

test("taking a reaction away says so", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  chat.react(MESSAGE, "👍", false);

  assert.equal((await service.receives("react")).data.is_on, false);
});

test("an edit of a message as it was sent names version 0, one that overwrites names none", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  chat.edit(MESSAGE, "new");
  chat.edit(MESSAGE, "new", { overwrite: true });

  assert.equal((await service.receives("edit_message")).data.version, 0);
  assert.equal("version" in (await service.receives("edit_message")).data, false);
});

test("content that a message may not have is rejected before an edit is sent", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  const edits = [outcome(chat.edit(MESSAGE, "")), outcome(chat.edit(MESSAGE, "x".repeat(16_385)))];
  await service.receivesNothing();

  assert.deepEqual(
    edits.map(({ error }) => error.code),
    ["bad_request", "too_large"],
  );
});

test("an edit whose answer was lost resolves, though its repeat is a conflict", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  const edit = outcome(chat.edit(MESSAGE, "new"));
  await service.receives("edit_message");
  await service.closes();
  await service.clock.pass(1_000);
  await service.reopens();
  await conflicts(service, 9);
  const state = { content: "new", version: 9, edited_at: "2026-01-01T00:01:00.000Z" };
  await answersMessage(service, { ...state, user_id: "u-alice", username: "alice" });

  const by = { userId: "u-alice", username: "alice" };
  assert.deepEqual(edit.value, { ...fromWire(edited(9, 1, "new").data), by });
});

for (const [what, state] of /** @type {const} */ ([
  ["another edit", { content: "other", version: 9 }],
  ["a later edit", { content: "new", version: 10 }],
])) {
  test(`an edit that ${what} came before rejects with the version there is`, async () => {
    const service = new Script();
    const chat = await signedIn(service);

    const edit = outcome(chat.edit(MESSAGE, "new"));
    await conflicts(service, 9);
    await answersMessage(service, state);

    assert.deepEqual([edit.error.code, edit.error.data.version], ["conflict", 9]);
  });
}

/**
 * @param {Script} service
 * @param {number} version
 */
async function conflicts(service, version) {
  const request = await service.receives("edit_message");
  await service.answers(request, { type: "error", code: "conflict", data: { version } });
}

/**
 * @param {Script} service
 * @param {object} state
 */
async function answersMessage(service, state) {
  const data = { conversation_id: "general", messages: [message(1, state)] };
  await service.answers(await service.receives("get_messages"), { type: "messages", data });
}

test("profiles are asked for by the users' ids", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const items = [{ user_id: "u-bob", username: "bob", display_name: "Robert" }];

  const asked = chat.profiles(["u-bob"]);
  const request = await service.receives("get_profiles");
  await service.answers(request, { type: "profiles", data: { items } });

  assert.deepEqual(request.data, { user_ids: ["u-bob"] });
  assert.deepEqual(await asked, [{ userId: "u-bob", username: "bob", displayName: "Robert" }]);
});

const PNG = "iVBORw0KGgo=";

test("a picture is sent in base64, null removes it, and nothing is said of what is left out", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const set = { type: "profile_set", data: { user_id: "u-alice", username: "alice" } };
  const picture = new Blob([Buffer.from(PNG, "base64")]);

  for (const [profile, data] of /** @type {const} */ ([
    [{ picture }, { picture: PNG }],
    [{ picture: null }, { picture: null }],
    [{ displayName: "Al" }, { display_name: "Al" }],
    [{}, {}],
  ])) {
    const asked = chat.setProfile(profile);
    const request = await service.receives("set_profile");
    await service.answers(request, set);
    await asked;

    assert.deepEqual(request.data, data);
  }
});

test("a picture of too many bytes is not sent", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const picture = new Blob([new Uint8Array(PICTURE_BYTES + 1)]);

  await assert.rejects(chat.setProfile({ picture }), {
    code: "too_large",
    data: { limitBytes: PICTURE_BYTES },
  });
});

test("pictures are asked for until all are there, and are what their bytes say", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const pictures = { webp: "UklGRg==", jpeg: "/9j/4A==", png: PNG, other: "PHN2Zz4=" };
  const ids = Object.keys(pictures);
  const asked = chat.profiles([...ids, "plain"], { pictures: true });
  const named = (/** @type {string} */ id) => ({ user_id: id, username: id });

  for (const [id, picture] of Object.entries(pictures)) {
    const request = await service.receives("get_profiles");
    const left_out = [...ids.slice(ids.indexOf(id) + 1), "plain"];
    assert.deepEqual(request.data, { user_ids: [id, ...left_out], pictures: true });
    const items = [{ ...named(id), picture_id: `p-${id}`, picture }];
    await service.answers(request, { type: "profiles", data: { items, left_out } });
  }
  const last = await service.receives("get_profiles");
  await service.answers(last, { type: "profiles", data: { items: [named("plain")] } });
  const found = await asked;

  assert.deepEqual(
    found.map(({ userId, pictureId, picture }) => [userId, pictureId, picture?.type]),
    [
      ["webp", "p-webp", "image/webp"],
      ["jpeg", "p-jpeg", "image/jpeg"],
      ["png", "p-png", "image/png"],
      ["other", "p-other", ""],
      ["plain", undefined, undefined],
    ],
  );
  assert.equal(await found[2]?.picture?.text(), Buffer.from(PNG, "base64").toString());
});

test("a service that returns nobody is not asked again and again", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  const asked = chat.profiles(["u-bob"], { pictures: true });
  const data = { items: [], left_out: ["u-bob"] };
  await service.answers(await service.receives("get_profiles"), { type: "profiles", data });

  assert.deepEqual(await asked, []);
});

for (const has_more of [undefined, true]) {
  test(`people are found, ${has_more ? "and there are more" : "all of them"}`, async () => {
    const service = new Script();
    const chat = await signedIn(service);
    const items = [{ user_id: "u-bob", username: "bob" }];

    const asked = chat.findPeople("bo");
    const request = await service.receives("find_people");
    await service.answers(request, { type: "people", data: { items, has_more } });

    assert.deepEqual(request.data, { prefix: "bo" });
    const people = [{ userId: "u-bob", username: "bob" }];
    assert.deepEqual(await asked, { people, hasMore: has_more ?? false });
  });
}
