import assert from "node:assert/strict";
import { test } from "node:test";

import { createElement } from "react";
import { renderToString } from "react-dom/server";

import {
  ParleyProvider,
  useConversations,
  useParley,
  usePresence,
  useSession,
  useTimeline,
  useTyping,
} from "../../src/react/index.js";
import { happens, probe, stage } from "../support/react.js";
import { ALICE, Script, deleted, message, page, pushed, seqs } from "../support/script.js";

/** @import { TestContext } from "node:test" */

async function signedIn() {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  await service.signsIn(chat);
  return { service, chat };
}

/**
 * A component that shows the conversation, which has two messages.
 * @param {TestContext} t
 * @param {{ isStrict?: boolean }} [options]
 */
async function shown(t, options) {
  const { service, chat } = await signedIn();
  const timeline = probe(() => useTimeline("general"));
  const react = stage(t, chat, options);
  await react.shows(timeline.element);
  await happens(async () => service.answers(await service.receives("history"), page([1, 2])));
  return { service, chat, timeline, react };
}

/**
 * @param {string} username
 * @param {boolean} is_typing
 */
function typing(username, is_typing, conversation_id = "general") {
  const user = { user_id: `u-${username}`, username };
  return { type: "typing", data: { conversation_id, ...user, is_typing } };
}

/**
 * @param {string} conversation_id
 * @param {object} [fields]
 */
function conversation(conversation_id, fields) {
  return {
    ...{ conversation_id, kind: "group", title: conversation_id, role: "member" },
    ...{ last_seq: 0, last_read_seq: 0, unread_count: 0, mention_count: 0 },
    ...{ created_at: "2026-01-01T00:00:00Z", last_activity_at: "2026-01-01T00:00:00Z", ...fields },
  };
}

/**
 * A component that lists these conversations.
 * @param {TestContext} t
 * @param {object[]} items
 */
async function listed(t, items) {
  const { service, chat } = await signedIn();
  const list = probe(useConversations);
  await stage(t, chat).shows(list.element);
  const data = { items };
  await happens(async () => {
    const request = await service.receives("list_conversations");
    await service.answers(request, { type: "conversations", data });
  });
  return { service, chat, list };
}

/** @param {{ now: import("../../src/react/index.js").Conversations }} list */
function ids({ now }) {
  return now.conversations.map(({ conversationId }) => conversationId);
}

test("a component shows a conversation's messages, and renders once for one more", async (t) => {
  const { service, timeline } = await shown(t);
  const before = timeline.renders;

  await happens(() => service.pushes(pushed(3)));

  assert.deepEqual(seqs([...timeline.now.messages]), [1, 2, 3]);
  assert.equal(timeline.renders, before + 1);
});

test("what changes nothing that a component shows does not render it", async (t) => {
  const { service, timeline } = await shown(t);
  await happens(() => service.pushes(typing("bob", true)));
  const before = timeline.renders;

  await happens(() => service.pushes(typing("bob", true)));
  await happens(() => service.pushes(typing("bob", true, "elsewhere")));
  await happens(() => service.pushes(pushed(2)));

  assert.equal(timeline.renders, before);
});

test("in StrictMode, which mounts twice, messages are asked for once", async (t) => {
  const { service, timeline } = await shown(t, { isStrict: true });

  await service.receivesNothing();
  await happens(() => service.pushes(pushed(3)));

  assert.deepEqual(seqs([...timeline.now.messages]), [1, 2, 3]);
});

test("two components that show one conversation ask for its messages once", async (t) => {
  const { service, timeline, react } = await shown(t);
  const other = probe(() => useTimeline("general"));

  await react.shows(timeline.element, other.element);

  await service.receivesNothing();
  assert.equal(other.now, timeline.now);
});

test("a conversation that no component shows any more is closed", async (t) => {
  const { service, chat, timeline, react } = await shown(t);

  await react.shows();
  const again = probe(() => useTimeline("general"));
  await react.shows(again.element);

  assert.equal(again.now.isLoaded, false);
  await happens(async () => service.answers(await service.receives("history"), page([1, 2])));
  assert.equal(again.now.isLoaded, true);
  assert.equal(timeline.now.error, null);
  assert.equal(chat.state, "online");
});

test("a component that shows another conversation leaves the former one", async (t) => {
  const { service, chat } = await signedIn();
  const react = stage(t, chat);
  const general = probe(() => useTimeline("general"));
  const none = probe(() => useTimeline(null));

  await react.shows(none.element);
  await service.receivesNothing();
  await react.shows(general.element);
  const request = await service.receives("history");

  assert.equal(request.conversationId, "general");
  assert.equal(none.now.isLoaded, false);
});

test("earlier messages are loaded by the same function each time", async (t) => {
  const { service, chat } = await signedIn();
  const timeline = probe(() => useTimeline("general"));
  await stage(t, chat).shows(timeline.element);
  const answer = page([3, 4], true);
  await happens(async () => service.answers(await service.receives("history"), answer));
  const { loadEarlier, hasEarlier } = timeline.now;

  await happens(async () => {
    const loaded = loadEarlier();
    await service.answers(await service.receives("history"), page([1, 2]));
    await loaded;
  });

  assert.ok(hasEarlier);
  assert.deepEqual(seqs([...timeline.now.messages]), [1, 2, 3, 4]);
  assert.equal(timeline.now.loadEarlier, loadEarlier);
});

test("a user who signs in again sees the conversation again", async (t) => {
  const { service, chat, timeline } = await shown(t);

  await happens(() => service.pushes({ type: "signed_out", data: { reason: "signed_out" } }));
  const ended = timeline.now.error;
  await happens(() => service.signsIn(chat));
  await happens(async () => service.answers(await service.receives("history"), page([1, 2])));

  assert.equal(/** @type {any} */ (ended).code, "signed_out");
  assert.equal(timeline.now.error, null);
  assert.equal(timeline.now.messages.length, 2);
});

test("a user who is removed sees why, and who is added again sees the conversation again", async (t) => {
  const { service, timeline } = await shown(t);
  const by = { user_id: "u-bob", username: "bob" };
  const { user_id, username } = ALICE;
  const data = { conversation_id: "general", seq: 3, user_id, username, by };

  await happens(() => service.pushes({ type: "member_removed", data }));
  const ended = timeline.now.error;
  const again = conversation("general", { last_seq: 2, last_message: message(2) });
  await happens(() => service.pushes({ type: "conversation_created", data: again }));
  await happens(async () => service.answers(await service.receives("history"), page([1, 2])));

  assert.equal(/** @type {any} */ (ended).code, "not_a_member");
  assert.equal(timeline.now.error, null);
});

test("a component that shows a message on its way renders when it is stored", async (t) => {
  const { service, chat, timeline } = await shown(t);

  await happens(() => void chat.send("general", "Hello"));
  const { outgoing } = timeline.now;
  const request = await service.receives("chat_message");
  const client_message_id = request.clientMessageId;
  const data = message(3, { ...ALICE, content: "Hello", client_message_id });
  await happens(() => service.answers(request, { type: "chat_message", data }));

  assert.equal(outgoing[0]?.content, "Hello");
  assert.deepEqual([timeline.now.outgoing.length, timeline.now.messages.length], [0, 3]);
});

test("who is typing is known of each conversation, and loads nothing", async (t) => {
  const { service, chat } = await signedIn();
  const [here, there] = ["general", "elsewhere"].map((id) => probe(() => useTyping(id)));
  await stage(t, chat).shows(here?.element, there?.element);

  await happens(() => service.pushes(typing("bob", true)));
  await happens(() => service.pushes(typing("carol", true)));
  const both = here?.now.map(({ username }) => username);
  await happens(() => service.pushes(typing("bob", false)));

  assert.deepEqual(both, ["bob", "carol"]);
  assert.deepEqual(here?.now, [{ userId: "u-carol", username: "carol" }]);
  assert.equal(there?.renders, 1);
  await service.receivesNothing();
  await happens(() => service.clock.pass(7_000));
  assert.deepEqual(here?.now, []);
});

test("nobody is typing once the user has signed out", async (t) => {
  const { service, chat } = await signedIn();
  const here = probe(() => useTyping("general"));
  await stage(t, chat).shows(here.element);
  await happens(() => service.pushes(typing("bob", true)));

  await happens(() => service.pushes({ type: "signed_out", data: { reason: "signed_out" } }));

  assert.deepEqual(here.now, []);
});

test("who is signed in and how the connection is render their component", async (t) => {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  const session = probe(useSession);
  await stage(t, chat).shows(session.element);
  const first = session.now;

  await happens(() => service.signsIn(chat));
  const { state, user } = session.now;
  await happens(() => service.closes());

  assert.deepEqual(first, { state: "signed_out", user: null });
  assert.deepEqual([state, user?.username], ["online", "alice"]);
  assert.equal(session.now.state, "offline");
});

test("a user who signed in before is there at the first render", async (t) => {
  const { chat } = await signedIn();
  const session = probe(useSession);

  await stage(t, chat).shows(session.element);

  assert.equal(session.first.user?.username, "alice");
  assert.equal(session.renders, 1);
});

test("conversations are listed over all pages, the latest activity first", async (t) => {
  const { service, chat } = await signedIn();
  const list = probe(useConversations);
  await stage(t, chat).shows(list.element);
  const latest = { last_activity_at: "2026-01-01T00:05:00Z" };
  /** @type {object[]} */
  const pages = [
    { items: [conversation("one"), conversation("two")], cursor: "more" },
    { items: [conversation("three", latest)] },
  ];

  for (const data of pages) {
    assert.equal(list.now.isLoaded, false);
    await happens(async () => {
      const request = await service.receives("list_conversations");
      await service.answers(request, { type: "conversations", data });
    });
  }

  assert.deepEqual(ids(list), ["three", "one", "two"]);
  assert.equal(list.now.isLoaded, true);
});

test("a message moves its conversation to the top, with its text", async (t) => {
  const items = [conversation("one", { last_activity_at: "2026-01-01T00:00:30Z" })];
  const { service, list } = await listed(t, [...items, conversation("general")]);

  const created_at = "2026-01-01T00:01:00Z";
  await happens(() => service.pushes(pushed(1, { created_at, content: "Hello" })));

  assert.deepEqual(ids(list), ["general", "one"]);
  assert.equal(list.now.conversations[0]?.lastMessage?.content, "Hello");
});

test("the last message is shown as it is now", async (t) => {
  const { service, list } = await listed(t, [
    conversation("general", { last_seq: 1, last_message: message(1) }),
  ]);

  await happens(() => service.pushes(deleted(2, 1)));

  assert.ok(list.now.conversations[0]?.lastMessage?.deletedAt);
});

test("a new title and a new role are in the list", async (t) => {
  const { service, list } = await listed(t, [conversation("general")]);
  const place = { conversation_id: "general", at: "2026-01-01T00:00:00Z" };
  const changes = [
    { ...place, seq: 1, change: "renamed", title: "Lunch" },
    { ...place, seq: 2, change: "role", user_id: "u-alice", username: "alice", role: "owner" },
    { ...place, seq: 3, change: "role", user_id: "u-bob", username: "bob", role: "moderator" },
  ];

  for (const data of changes) {
    await happens(() => service.pushes({ type: "conversation_changed", data }));
  }

  const [{ title, role } = { title: "", role: "" }] = list.now.conversations;
  assert.deepEqual([title, role], ["Lunch", "owner"]);
});

test("a conversation comes when the user is added, and goes when the user is removed", async (t) => {
  const { service, list } = await listed(t, [conversation("general")]);
  const by = { user_id: "u-bob", username: "bob" };
  const { user_id, username } = ALICE;

  await happens(() => {
    return service.pushes({ type: "conversation_created", data: conversation("another") });
  });
  const both = ids(list);
  const data = { conversation_id: "general", seq: 1, user_id, username, by };
  await happens(() => service.pushes({ type: "member_removed", data }));

  assert.deepEqual(both.sort(), ["another", "general"]);
  assert.deepEqual(ids(list), ["another"]);
});

test("a list that cannot be had says why, and can be asked for again", async (t) => {
  const { service, chat } = await signedIn();
  const list = probe(useConversations);
  await stage(t, chat).shows(list.element);
  await happens(async () => {
    const request = await service.receives("list_conversations");
    await service.answers(request, { type: "error", code: "forbidden", message: "No." });
  });
  const { error, retry } = list.now;

  await happens(async () => {
    const again = retry();
    const request = await service.receives("list_conversations");
    const data = { items: [conversation("general")] };
    await service.answers(request, { type: "conversations", data });
    await again;
  });

  assert.equal(/** @type {any} */ (error).code, "forbidden");
  assert.deepEqual([list.now.error, ids(list)], [null, ["general"]]);
});

test("the list of a user who signed out is empty", async (t) => {
  const { service, list } = await listed(t, [conversation("general")]);

  await happens(() => service.pushes({ type: "signed_out", data: { reason: "signed_out" } }));

  assert.deepEqual([ids(list), list.now.isLoaded], [[], false]);
});

/** @param {string[]} user_ids who are online */
function online(...user_ids) {
  const users = user_ids.map((user_id) => ({ user_id, is_online: true, version: 1 }));
  return { type: "presence", data: { conversation_id: "general", users } };
}

test("components that watch users of one conversation watch them together", async (t) => {
  const { service, chat } = await signedIn();
  const bob = probe(() => usePresence("general", ["u-bob"]));
  const carol = probe(() => usePresence("general", ["u-carol"]));
  const react = stage(t, chat, { isStrict: true });
  await react.shows(bob.element, carol.element);

  const request = await service.receives("watch_presence");
  await happens(() => service.answers(request, online("u-bob", "u-carol")));
  await service.receivesNothing();
  const both = [...bob.now.users.keys()];
  await react.shows(bob.element);
  const rest = await service.receives("watch_presence");

  assert.deepEqual(request.data.user_ids, ["u-bob", "u-carol"]);
  assert.deepEqual(both, ["u-bob", "u-carol"]);
  assert.deepEqual(rest.data.user_ids, ["u-bob"]);
});

test("the same users in another array are not asked for again", async (t) => {
  const { service, chat } = await signedIn();
  const react = stage(t, chat);
  const bob = probe(() => usePresence("general", ["u-bob"]));
  await react.shows(bob.element);
  const request = await service.receives("watch_presence");
  await happens(() => service.answers(request, online("u-bob")));
  const before = bob.renders;

  await react.shows(bob.element, null);

  await service.receivesNothing();
  assert.ok(bob.renders <= before + 1);
  assert.ok(bob.now.users.get("u-bob")?.isOnline);
});

test("a room that grew big has a count, and people again once it is small", async (t) => {
  const { service, chat } = await signedIn();
  const bob = probe(() => usePresence("general", ["u-bob"]));
  await stage(t, chat).shows(bob.element);
  const request = await service.receives("watch_presence");
  const count = { conversation_id: "general", online_count: 501 };
  await happens(() => service.answers(request, { type: "presence", data: count }));
  const big = bob.now;

  await happens(() => service.pushes(online("u-bob")));

  assert.deepEqual([big.onlineCount, big.users.size], [501, 0]);
  assert.deepEqual([bob.now.onlineCount, bob.now.users.size], [undefined, 1]);
});

test("when no component watches, nobody is watched", async (t) => {
  const { service, chat } = await signedIn();
  const react = stage(t, chat);
  const bob = probe(() => usePresence("general", ["u-bob"]));
  await react.shows(bob.element);
  const request = await service.receives("watch_presence");
  await happens(() => service.answers(request, online("u-bob")));

  await react.shows();

  assert.deepEqual((await service.receives("watch_presence")).data.user_ids, []);
});

test("a user who signs in again watches again, and why it failed is known", async (t) => {
  const { service, chat } = await signedIn();
  const bob = probe(() => usePresence("general", ["u-bob"]));
  await stage(t, chat).shows(bob.element);
  const request = await service.receives("watch_presence");
  const refusal = { type: "error", code: "conflict", message: "Too many." };
  await happens(() => service.answers(request, refusal));
  const { error } = bob.now;

  await happens(() => service.pushes({ type: "signed_out", data: { reason: "signed_out" } }));
  await happens(() => service.signsIn(chat));
  const again = await service.receives("watch_presence");
  await happens(() => service.answers(again, online("u-bob")));

  assert.equal(/** @type {any} */ (error).code, "conflict");
  assert.equal(bob.now.error, null);
  assert.ok(bob.now.users.get("u-bob")?.isOnline);
});

test("a server renders an empty chat, and opens no connection", async () => {
  const service = new Script();
  const chat = service.connect();
  const all = probe(() => ({
    ...{ session: useSession(), timeline: useTimeline("general"), list: useConversations() },
    ...{ typing: useTyping("general"), presence: usePresence("general", ["u-bob"]) },
  }));

  renderToString(createElement(ParleyProvider, { chat }, all.element));

  const { session, timeline, list, typing, presence } = all.now;
  assert.deepEqual(session, { state: "signed_out", user: null });
  assert.deepEqual([timeline.messages, list.conversations, typing], [[], [], []]);
  assert.equal(presence.users.size, 0);
  assert.deepEqual(service.sockets, []);
});

test("a hook outside of a provider names what is missing", () => {
  const lost = probe(useParley);

  assert.throws(() => renderToString(lost.element), /put a <ParleyProvider/);
});
