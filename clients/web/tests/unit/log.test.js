import assert from "node:assert/strict";
import { test } from "node:test";

import {
  Script,
  deleted,
  edited,
  heard,
  known,
  logPage,
  message,
  page,
  pushed,
  reacted,
  reactions,
  seqs,
} from "../support/script.js";

const BOB = { user_id: "u-bob", username: "bob" };
const ALICE = { user_id: "u-alice", username: "alice" };
const GENERAL = { conversation_id: "general" };
const LISTED = { ...GENERAL, kind: "group", created_at: "…", last_read_seq: 0, unread_count: 0 };

/** @param {number} seq */
function renamed(seq) {
  const data = { ...GENERAL, seq, change: "renamed", by: BOB, at: "…", title: `title ${seq}` };
  return { type: "conversation_changed", data };
}

/**
 * @param {number} seq
 * @param {object[]} members
 */
function added(seq, members) {
  return { type: "members_added", data: { ...GENERAL, seq, members, by: BOB } };
}

/**
 * @param {number} seq
 * @param {object} user
 */
function removed(seq, user) {
  return { type: "member_removed", data: { ...GENERAL, seq, ...user, by: BOB } };
}

/** Alice follows from 10 on, with all that is numbered noted as it comes. */
async function following() {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  chat.follow("general", 10);
  /** @type {{ type: string, data: any }[]} */
  const events = [];
  for (const type of /** @type {const} */ ([
    "message",
    "message_changed",
    "members_added",
    "member_removed",
    "conversation_changed",
  ])) {
    chat.on(type, (data) => events.push({ type, data }));
  }
  await service.signsIn(chat);
  return { service, chat, events };
}

/** @param {{ data: any }[]} events */
function numbers(events) {
  return events.map(({ data }) => data.seq);
}

test("messages and changes come in one order, each once", async () => {
  const { service, events } = await following();
  await service.answers(await service.receives("history"), logPage({ upTo: 10 }));
  const frames = [pushed(11), edited(12, 11, "new"), added(13, []), removed(14, BOB), renamed(15)];

  for (const frame of [...[...frames].reverse(), ...frames]) await service.pushes(frame);

  assert.deepEqual(numbers(events), [11, 12, 13, 14, 15]);
  assert.deepEqual(
    events.slice(1).map(({ type }) => type),
    ["message_changed", "members_added", "member_removed", "conversation_changed"],
  );
});

test("a number between two pushes is a gap, whatever kind it is of", async () => {
  const { service, events } = await following();
  await service.answers(await service.receives("history"), logPage({ upTo: 10 }));

  await service.pushes(pushed(11));
  await service.pushes(pushed(13));
  await service.clock.pass(250);
  const request = await service.receives("history");
  const page = { messages: [message(13)], changes: [edited(12, 3, "new")], upTo: 13 };
  await service.answers(request, logPage(page));

  assert.equal(request.data.after_seq, 11);
  assert.deepEqual(numbers(events), [11, 12, 13]);
});

test("a page counts up to where it says, and the next one goes on from there", async () => {
  const { service, events } = await following();
  const first = { messages: [message(11)], upTo: 40, hasMore: true };
  await service.answers(await service.receives("history"), logPage(first));

  const request = await service.receives("history");
  await service.answers(request, logPage({ changes: [renamed(41)], upTo: 43 }));
  await service.pushes(pushed(44));

  assert.equal(request.data.after_seq, 40);
  assert.deepEqual(numbers(events), [11, 41, 44]);
});

test("an answer that does not say up to where it is complete is not believed", async () => {
  const { service, events } = await following();
  await service.answers(await service.receives("history"), logPage({ upTo: 10 }));

  await service.pushes(pushed(13));
  await service.clock.pass(250);
  await service.answers(await service.receives("history"), page([11, 13], true));
  assert.deepEqual(numbers(events), [11]);
  await service.pushes(pushed(14));
  await service.clock.pass(250);
  const request = await service.receives("history");
  const whole = { messages: [message(13), message(14)], changes: [edited(12, 3, "new")], upTo: 14 };
  await service.answers(request, logPage(whole));

  assert.equal(request.data.after_seq, 11);
  assert.deepEqual(numbers(events), [11, 12, 13, 14]);
});

test("what was passed over before the service was updated comes afterwards", async () => {
  const { service, events } = await following();
  await service.answers(await service.receives("history"), page([11, 13]));
  assert.deepEqual(numbers(events), [11, 13]);

  await service.pushes(pushed(15));
  await service.clock.pass(250);
  await service.answers(
    await service.receives("history"),
    logPage({ messages: [message(15)], upTo: 15 }),
  );
  const request = await service.receives("history");
  const changes = [renamed(12), renamed(14)];
  const messages = [message(13), message(15)];
  await service.answers(request, logPage({ messages, changes, upTo: 15 }));
  await service.pushes(renamed(12));

  assert.equal(request.data.after_seq, 11);
  assert.deepEqual(numbers(events), [11, 13, 15, 12]);
});

test("a service without changes is not asked twice for a number that was never used", async () => {
  const { service, events } = await following();
  await service.answers(await service.receives("history"), page([11, 13]));

  await service.pushes(pushed(14));
  await service.clock.pass(60_000);

  assert.deepEqual(numbers(events), [11, 13, 14]);
  await service.receivesNothing();
});

test("a message that was changed while it was missing comes as it is now", async () => {
  const { service, events } = await following();
  await service.answers(await service.receives("history"), logPage({ upTo: 10 }));

  await service.pushes(deleted(12, 11));
  await service.pushes(pushed(11, { content: "secret" }));

  assert.deepEqual(numbers(events), [11, 12]);
  assert.equal(events[0]?.data.content, "");
  assert.ok(!JSON.stringify(events).includes("secret"));
});

test("a page that has a message newer than it was pushed brings its changes", async () => {
  const { service, events } = await following();
  const request = await service.receives("history");
  await service.pushes(pushed(11));

  const state = message(11, { content: "new", version: 12, reactions: reactions(13, 1) });
  await service.answers(request, logPage({ messages: [state], upTo: 13 }));

  assert.deepEqual(numbers(events), [11, 12, 13]);
  assert.deepEqual([events[1]?.data.content, events[2]?.data.reactions.total], ["new", 1]);
});

test("the later state of a held message is delivered", async () => {
  const { service, events } = await following();
  await service.answers(await service.receives("history"), logPage({ upTo: 10 }));

  await service.pushes(pushed(12));
  await service.clock.pass(250);
  const request = await service.receives("history");
  const state = message(12, { content: "new", version: 13, edited_at: "…" });
  await service.answers(request, logPage({ messages: [message(11), state], upTo: 13 }));

  assert.deepEqual(
    events.map(({ data }) => data.content),
    ["message 11", "new"],
  );
});

test("malformed changes are ignored", async () => {
  const { service, events } = await following();
  await service.answers(await service.receives("history"), logPage({ upTo: 10 }));

  for (const data of [
    {},
    GENERAL,
    { ...GENERAL, seq: 11 },
    { ...GENERAL, seq: "11", message_id: "x" },
  ]) {
    await service.pushes({ type: "message_changed", data });
    await service.pushes({ type: "conversation_changed", data: { ...data, seq: "eleven" } });
  }
  await service.pushes(pushed(11));

  assert.deepEqual(numbers(events), [11]);
});

test("an old removal in the log does not end the conversation of a user who is back", async () => {
  const { service, chat, events } = await following();
  const timeline = chat.open("general");
  const answer = { changes: [removed(11, ALICE), added(12, [ALICE])], upTo: 12 };
  await service.answers(await service.receives("history"), logPage(answer));

  await service.pushes(removed(11, ALICE));
  await service.pushes(pushed(13));

  assert.deepEqual(numbers(events), [12, 13]);
  assert.equal(timeline.error, null);
});

test("a removal after that ends it", async () => {
  const { service, chat, events } = await following();
  const timeline = chat.open("general");
  await service.answers(
    await service.receives("history"),
    logPage({ changes: [added(12, [ALICE])], upTo: 12 }),
  );

  await service.pushes(removed(13, ALICE));
  await service.pushes(pushed(14));

  assert.deepEqual(numbers(events), [12, 13]);
  assert.ok(timeline.error instanceof Error);
});

test("conversations that changed nothing since they were listed catch up ten a heartbeat", async () => {
  const service = new Script();
  const chat = service.connect();
  await service.signsIn(chat);
  const listed = chat.listConversations();
  const ids = Array.from({ length: 25 }, (_, n) => `c${n}`);
  const items = ids.map((conversation_id) => {
    return { ...LISTED, conversation_id, last_seq: 5, last_message: { seq: 4 } };
  });
  await service.answers(await service.receives("list_conversations"), {
    type: "conversations",
    data: { items },
  });
  await listed;

  const asked = [];
  for (let beat = 0; beat < 3; beat++) {
    await service.clock.pass(30_000);
    const { requestId, data } = await service.receives("heartbeat");
    const behind = Object.fromEntries(
      ids.filter((id) => data.positions[id] < 5).map((id) => [id, 5]),
    );
    if (beat === 0) behind["c24"] = 6;
    await service.answers({ requestId }, { type: "heartbeat_ack", data: { behind } });
    const requests = service.socket.received.splice(0);
    asked.push(requests.length);
    for (const request of requests) await service.answers(request, logPage({ upTo: 6 }));
    asked.push(service.socket.received.length);
    for (const request of service.socket.received.splice(0))
      await service.answers(request, logPage({ upTo: 6 }));
  }

  assert.deepEqual(asked, [10, 1, 10, 0, 4, 0]);
});

/**
 * A timeline of messages 4 and 5, complete up to 7.
 * @param {{ changes?: boolean }} [options]
 */
async function opened(options) {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  await service.signsIn(chat);
  const timeline = chat.open("general", options);
  const answer = { messages: [message(4), message(5)], upTo: 7, hasMore: true };
  await service.answers(await service.receives("history"), logPage(answer));
  return { service, chat, timeline };
}

test("a timeline shows a change at once, though something before it is missing", async () => {
  const { service, timeline } = await opened();
  let changes = 0;
  timeline.on("change", () => changes++);

  await service.pushes(edited(9, 5, "new"));
  await service.pushes(edited(9, 5, "new"));

  assert.equal(timeline.messages[1]?.content, "new");
  assert.equal(changes, 1);
});

test("a timeline ends with the highest versions, in whatever order changes come", async () => {
  const { service, timeline } = await opened();

  for (const frame of [
    reacted(11, 5, 2),
    edited(12, 5, "two"),
    reacted(8, 5, 1),
    edited(9, 5, "one"),
  ]) {
    await service.pushes(frame);
  }

  const [, { content, reactions: shown } = message(0)] = timeline.messages;
  assert.deepEqual([content, shown?.total], ["two", 2]);
});

test("a timeline shows nothing of a deleted message, whatever comes late", async () => {
  const { service, timeline } = await opened();

  for (const frame of [deleted(10, 5), reacted(9, 5, 1), edited(8, 5, "old")]) {
    await service.pushes(frame);
  }

  const shown = timeline.messages[1];
  assert.deepEqual([shown?.content, shown?.reactions], ["", undefined]);
  assert.ok(shown?.deletedAt);
});

test("a page of a service with changes needs no second look", async () => {
  const { service, timeline } = await opened();

  await service.receivesNothing();
  timeline.loadEarlier();
  const request = await service.receives("history");
  await service.answers(request, logPage({ messages: [message(1)], upTo: 7 }));

  assert.deepEqual(seqs([...timeline.messages]), [1, 4, 5]);
  await service.receivesNothing();
});

test("a page that is complete only up to an earlier number is read on from there", async () => {
  const { service, timeline } = await opened();

  timeline.loadEarlier();
  const first = logPage({ messages: [message(2)], upTo: 2 });
  await service.answers(await service.receives("history"), first);
  const request = await service.receives("history");
  const rest = { messages: [message(3), message(4)], changes: [edited(6, 2, "new")], upTo: 7 };
  await service.answers(request, logPage(rest));

  assert.equal(request.data.after_seq, 2);
  assert.deepEqual(seqs([...timeline.messages]), [2, 3, 4, 5]);
  assert.equal(timeline.messages[0]?.content, "new");
});

test("a change that comes while an older page is on its way is not lost", async () => {
  const { service, timeline } = await opened();

  timeline.loadEarlier();
  const request = await service.receives("history");
  await service.pushes(edited(8, 1, "new"));
  await service.answers(request, logPage({ messages: [message(1)], upTo: 7 }));

  assert.equal(timeline.messages[0]?.content, "new");
});

test("a state that comes while an older page is on its way is not lost", async () => {
  const { service, timeline, chat } = await opened();

  timeline.loadEarlier();
  const older = await service.receives("history");
  const other = chat.history("general", { after: 0 });
  const newer = await service.receives("history");
  const state = message(1, { content: "new", version: 8 });
  await service.answers(newer, logPage({ messages: [state], upTo: 8 }));
  await other;
  await service.answers(older, logPage({ messages: [message(1)], upTo: 7 }));

  assert.equal(timeline.messages[0]?.content, "new");
});

test("messages by their ids are as new as what came meanwhile", async () => {
  const { service, chat } = await opened();

  const asked = chat.getMessages("general", ["general:1", "general:2"]);
  const request = await service.receives("get_messages");
  await service.pushes(deleted(8, 1));
  const data = { ...GENERAL, messages: [message(1)] };
  await service.answers(request, { type: "messages", data });

  assert.deepEqual(request.data, { message_ids: ["general:1", "general:2"] });
  assert.deepEqual(
    (await asked).map(({ content }) => content),
    [""],
  );
});

test("a search goes on from the cursor of the page before", async () => {
  const { service, chat } = await opened();

  const asked = chat.search("general", "lunch", { before: 9 });
  const request = await service.receives("search");
  const data = { ...GENERAL, messages: [message(3), message(1)], cursor: 1 };
  await service.answers(request, { type: "search_results", data });

  assert.equal(request.conversationId, "general");
  assert.deepEqual(request.data, { text: "lunch", before_seq: 9 });
  assert.deepEqual(await asked, { messages: [known(3), known(1)], cursor: 1 });
});

test("the last page of a search has no cursor", async () => {
  const { service, chat } = await opened();

  const asked = chat.search("general", "lunch");
  const request = await service.receives("search");
  await service.answers(request, { type: "search_results", data: { ...GENERAL, messages: [] } });

  assert.deepEqual(request.data, { text: "lunch" });
  assert.deepEqual(await asked, { messages: [] });
});

test("a message that is deleted while a search is under way is not found", async () => {
  const { service, chat } = await opened();

  const asked = chat.search("general", "lunch");
  const request = await service.receives("search");
  await service.pushes(deleted(8, 1));
  const data = { ...GENERAL, messages: [message(2), message(1)] };
  await service.answers(request, { type: "search_results", data });

  assert.deepEqual(
    (await asked).messages.map(({ seq }) => seq),
    [2],
  );
});

for (const [name, ask, wanted] of /** @type {const} */ ([
  ["messages by their ids", "getMessages", { message_ids: ["general:1", "general:2"] }],
  ["the pinned messages", "listPins", { pinned: true }],
])) {
  test(`${name} that do not fit one frame are asked for again`, async () => {
    const { service, chat } = await opened();

    const asked = chat[ask]("general", ["general:1", "general:2"]);
    const first = await service.receives("get_messages");
    const data = { ...GENERAL, messages: [message(1)], left_out: ["general:2"] };
    await service.answers(first, { type: "messages", data });
    const second = await service.receives("get_messages");
    const rest = { ...GENERAL, messages: [message(2)] };
    await service.answers(second, { type: "messages", data: rest });

    assert.deepEqual(first.data, wanted);
    assert.deepEqual(second.data, { message_ids: ["general:2"] });
    assert.deepEqual(
      (await asked).map(({ seq }) => seq),
      [1, 2],
    );
  });
}

test("a timeline has the changes of members and titles since it was opened, in order", async () => {
  const { service, timeline } = await opened();

  for (const frame of [renamed(9), added(8, []), removed(10, BOB), edited(11, 5, "new")]) {
    await service.pushes(frame);
  }

  assert.deepEqual(numbers([...timeline.changes]), [8, 9, 10]);
});

test("a timeline with the option has those between its messages too", async () => {
  const { service, timeline } = await opened({ changes: true });

  const request = await service.receives("history");
  const messages = [message(4), message(5)];
  const changes = [renamed(6), reacted(7, 1, 1)];
  await service.answers(request, logPage({ messages, changes, upTo: 7 }));
  timeline.loadEarlier();
  await service.answers(
    await service.receives("history"),
    logPage({ messages: [message(2)], upTo: 7 }),
  );
  const earlier = await service.receives("history");
  const before = {
    messages: [message(2)],
    changes: [renamed(1), renamed(3)],
    upTo: 3,
    hasMore: true,
  };
  await service.answers(earlier, logPage(before));

  assert.deepEqual([request.data.after_seq, earlier.data.after_seq], [3, 0]);
  assert.deepEqual(numbers([...timeline.changes]), [1, 3, 6]);
  assert.deepEqual(seqs([...timeline.messages]), [2, 4, 5]);
  await service.receivesNothing();
});

test("what comes after an opened page is delivered without a gap, though its last number is no message's", async () => {
  const { service, chat, timeline } = await opened();
  const events = heard(chat, "message");

  await service.pushes(pushed(8));
  await service.clock.pass(250);

  assert.deepEqual(seqs(events), [8]);
  assert.deepEqual(seqs([...timeline.messages]), [4, 5, 8]);
  await service.receivesNothing();
});

test("what was numbered before the stream began and is missing in a page is read for it", async () => {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  chat.follow("general", 20);
  await service.signsIn(chat);
  await service.answers(await service.receives("history"), logPage({ upTo: 20 }));

  const timeline = chat.open("general");
  const first = logPage({ messages: [message(4)], upTo: 15, hasMore: true });
  await service.answers(await service.receives("history"), first);
  const request = await service.receives("history");
  await service.answers(request, logPage({ changes: [edited(18, 4, "new")], upTo: 20 }));

  assert.equal(request.data.after_seq, 15);
  assert.equal(timeline.messages[0]?.content, "new");
});

test("the push of a message that a page has in a later state does not bring back the earlier one", async () => {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  await service.signsIn(chat);
  const timeline = chat.open("general");
  const messages = [message(4), message(5, { content: "new", version: 6 })];
  await service.answers(await service.receives("history"), logPage({ messages, upTo: 4 }));

  await service.pushes(pushed(5));

  assert.equal(timeline.messages[1]?.content, "new");
  assert.equal(timeline.messages.length, 2);
});
