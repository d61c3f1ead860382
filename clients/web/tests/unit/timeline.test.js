import assert from "node:assert/strict";
import { test } from "node:test";

import { Script, heard, outcome, page, pushed, seqs } from "../support/script.js";

/** @param {Script} service */
async function signedIn(service) {
  const chat = service.keepsAlive().connect();
  await service.signsIn(chat);
  return chat;
}

/**
 * @param {Script} service
 * @param {number[]} numbers
 */
async function opened(service, numbers, hasMore = false) {
  const chat = await signedIn(service);
  const timeline = chat.open("general");
  await service.answers(await service.receives("history"), page(numbers, hasMore));
  return { chat, timeline };
}

test("it opens with the newest messages", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  const timeline = chat.open("general");
  const request = await service.receives("history");
  assert.equal(timeline.isLoaded, false);
  await service.answers(request, page([4, 5], true));

  assert.deepEqual(request.data, { limit: 50 });
  assert.deepEqual(seqs([...timeline.messages]), [4, 5]);
  assert.deepEqual([timeline.isLoaded, timeline.hasEarlier], [true, true]);
});

test("it appends pushed messages in order and without gaps", async () => {
  const service = new Script();
  const { timeline } = await opened(service, [4, 5]);

  for (const seq of [6, 8, 7, 7]) await service.pushes(pushed(seq));

  assert.deepEqual(seqs([...timeline.messages]), [4, 5, 6, 7, 8]);
});

test("messages pushed while it opens follow the newest page without a gap", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const timeline = chat.open("general");
  const first = await service.receives("history");

  await service.pushes(pushed(7));
  await service.answers(first, page([4, 5], true));
  assert.deepEqual(seqs([...timeline.messages]), [4, 5]);
  await service.clock.pass(250);
  await service.answers(await service.receives("history"), page([6, 7]));

  assert.deepEqual(seqs([...timeline.messages]), [4, 5, 6, 7]);
});

test("messages of the first page are not events", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const messages = heard(chat, "message");
  const timeline = chat.open("general");
  await service.answers(await service.receives("history"), page([4, 5]));

  await service.pushes(pushed(6));

  assert.deepEqual(seqs(messages), [6]);
  assert.equal(timeline.messages.length, 3);
});

test("opened on a followed conversation, its page ends where the stream continues", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.pushes(pushed(5));

  const timeline = chat.open("general");
  const request = await service.receives("history");
  await service.pushes(pushed(6));
  await service.answers(request, page([3, 4, 5]));

  assert.equal(request.data.before_seq, 6);
  assert.deepEqual(seqs([...timeline.messages]), [3, 4, 5, 6]);
});

test("two timelines opened at once show the same", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  const timelines = [chat.open("general"), chat.open("general")];
  await service.answers(await service.receives("history"), page([1, 2]));
  const second = await service.receives("history");
  await service.pushes(pushed(3));
  await service.answers(second, page([1, 2]));

  for (const { messages } of timelines) assert.deepEqual(seqs([...messages]), [1, 2, 3]);
  assert.equal(second.data.before_seq, 3);
});

test("listing conversations while a timeline opens leaves no gap", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const timeline = chat.open("general");
  const first = await service.receives("history");
  const item = { conversation_id: "general", last_seq: 3, last_message: { seq: 3 } };
  await service.pushes({ type: "conversations", data: { items: [item] } });

  await service.answers(first, page([1, 2]));
  const second = await service.receives("history");
  await service.answers(second, page([1, 2, 3]));

  assert.equal(second.data.before_seq, 4);
  assert.deepEqual(seqs([...timeline.messages]), [1, 2, 3]);
});

test("an empty conversation loads with one request", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const created = { conversation_id: "general", last_seq: 0 };
  await service.pushes({ type: "conversation_created", data: created });

  const timeline = chat.open("general");
  await service.pushes(pushed(1));

  await service.receivesNothing();
  assert.deepEqual(seqs([...timeline.messages]), [1]);
});

test("a number missing from the newest page is asked for, since it may still be in storage", async () => {
  const service = new Script();
  const { timeline } = await opened(service, [7, 9], true);
  const atFirst = seqs([...timeline.messages]);

  const request = await service.receives("history");
  await service.answers(request, page([8, 9]));

  assert.equal(request.data.after_seq, 7);
  assert.deepEqual(atFirst, [7, 9]);
  assert.deepEqual(seqs([...timeline.messages]), [7, 8, 9]);
});

test("a number missing between two pages is asked for", async () => {
  const service = new Script();
  const { timeline } = await opened(service, [40, 41], true);
  const earlier = outcome(timeline.loadEarlier());
  await service.answers(await service.receives("history"), page([37, 38], true));

  const request = await service.receives("history");
  await service.answers(request, page([39, 40, 41]));

  assert.equal(request.data.after_seq, 38);
  assert.ok(earlier.settled);
  assert.deepEqual(seqs([...timeline.messages]), [37, 38, 39, 40, 41]);
});

test("loadEarlier loads one page at a time, however often it is called", async () => {
  const service = new Script();
  const { timeline } = await opened(service, [3, 4], true);

  const asked = [timeline.loadEarlier(), timeline.loadEarlier()];
  const request = await service.receives("history");
  await service.receivesNothing();
  await service.answers(request, page([1, 2]));
  await Promise.all(asked);
  await timeline.loadEarlier();

  assert.equal(request.data.before_seq, 3);
  assert.deepEqual(seqs([...timeline.messages]), [1, 2, 3, 4]);
  assert.equal(timeline.hasEarlier, false);
  await service.receivesNothing();
});

test("an own message is always in exactly one of outgoing and messages", async () => {
  const service = new Script();
  const { chat, timeline } = await opened(service, [1]);
  /** @type {number[]} */
  const counts = [];
  timeline.on("change", () => counts.push(timeline.messages.length + timeline.outgoing.length));

  const sent = outcome(chat.send("general", "Hello"));
  const request = await service.receives("chat_message");
  const own = { user_id: "u-alice", client_message_id: request.clientMessageId };
  await service.answers(request, pushed(2, own));

  assert.ok(sent.value);
  assert.deepEqual([timeline.messages.length, timeline.outgoing.length], [2, 0]);
  assert.equal(Math.min(...counts), 2);
});

test("an own message stored beyond a gap stays outgoing until the gap is filled", async () => {
  const service = new Script();
  const { chat, timeline } = await opened(service, [1]);
  const sent = outcome(chat.send("general", "Hello"));
  const request = await service.receives("chat_message");
  const own = { user_id: "u-alice", client_message_id: request.clientMessageId };

  await service.answers(request, pushed(3, own));
  assert.equal(sent.value.seq, 3);
  assert.deepEqual(
    timeline.outgoing.map(({ state }) => state),
    ["stored"],
  );
  await service.clock.pass(250);
  await service.answers(await service.receives("history"), page([2]));

  assert.deepEqual(timeline.outgoing, []);
  assert.deepEqual(seqs([...timeline.messages]), [1, 2, 3]);
});

test("another user's message with the same id never replaces the user's, in any order", async () => {
  const foreign = { client_message_id: "1" };
  const own = { ...foreign, user_id: "u-alice", username: "alice" };
  for (const order of ["foreign first", "own first"]) {
    const service = new Script();
    const { chat, timeline } = await opened(service, [1]);
    const sent = outcome(chat.send("general", "Hello", { clientMessageId: "1" }));
    const request = await service.receives("chat_message");
    const shown = () => timeline.messages.length + timeline.outgoing.length;
    /** @type {number[]} */
    const counts = [];
    timeline.on("change", () => counts.push(shown()));

    // The push of number 3 is late: the user's own waits for it.
    if (order === "foreign first") await service.pushes(pushed(2, foreign));
    await service.answers(request, pushed(4, own));
    if (order === "own first") await service.pushes(pushed(2, foreign));
    assert.equal(shown(), 3);
    await service.pushes(pushed(3));

    assert.equal(sent.value.seq, 4);
    assert.deepEqual(seqs([...timeline.messages]), [1, 2, 3, 4]);
    assert.deepEqual(timeline.outgoing, []);
    assert.ok(counts.every((count) => count >= 2));
  }
});

test("an id that the user used long ago does not hide the new message", async () => {
  const service = new Script();
  const { chat, timeline } = await opened(service, [1]);
  const own = { client_message_id: "1", user_id: "u-alice" };
  await service.pushes(pushed(2, own));

  const sent = outcome(chat.send("general", "Hello", { clientMessageId: "1" }));
  const request = await service.receives("chat_message");
  await service.answers(request, pushed(4, own));

  assert.equal(sent.value.seq, 4);
  assert.equal(timeline.outgoing.length, 1);
});

test("resending a stored message shows it once", async () => {
  const service = new Script();
  const { chat, timeline } = await opened(service, [1]);
  const own = { client_message_id: "1", user_id: "u-alice" };
  await service.pushes(pushed(2, own));

  const sent = outcome(chat.send("general", "Hello", { clientMessageId: "1" }));
  await service.answers(await service.receives("chat_message"), pushed(2, own));

  assert.equal(sent.value.seq, 2);
  assert.deepEqual(seqs([...timeline.messages]), [1, 2]);
  assert.deepEqual(timeline.outgoing, []);
});

test("a message stored while the timeline loads is only among the messages", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const timeline = chat.open("general");
  const history = await service.receives("history");

  const sent = outcome(chat.send("general", "Hello"));
  const request = await service.receives("chat_message");
  const own = { user_id: "u-alice", client_message_id: request.clientMessageId };
  await service.answers(request, pushed(2, own));
  await service.answers(history, page([1, 2]));

  assert.equal(sent.value.seq, 2);
  assert.deepEqual(seqs([...timeline.messages]), [1, 2]);
  assert.deepEqual(timeline.outgoing, []);
});

test("a failed message stays in every timeline until it is resent or discarded", async () => {
  const service = new Script();
  const { chat, timeline } = await opened(service, [1]);
  const sent = outcome(chat.send("general", "Hello"));
  const request = await service.receives("chat_message");
  await service.answers(request, { type: "error", code: "forbidden", message: "No." });
  timeline.close();

  const later = chat.open("general");
  const [failed] = later.outgoing;
  assert.ok(failed);
  assert.deepEqual([failed.state, failed.error?.message], ["failed", "No."]);
  chat.discard(failed);

  assert.equal(sent.error.code, "forbidden");
  assert.deepEqual(later.outgoing, []);
});

test("who is typing is listed until the notice lapses", async () => {
  const service = new Script();
  const { timeline } = await opened(service, []);

  const data = { conversation_id: "general", user_id: "u-bob", username: "bob", is_typing: true };
  await service.pushes({ type: "typing", data });
  const during = timeline.typing;
  await service.clock.pass(6_000);

  assert.deepEqual(during, [{ userId: "u-bob", username: "bob" }]);
  assert.deepEqual(timeline.typing, []);
});

test("opened offline, it shows outgoing messages and loads once online", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.closes();
  const sent = outcome(chat.send("general", "Hello"));

  const timeline = chat.open("general");
  const ready = outcome(timeline.ready());
  assert.equal(timeline.outgoing.length, 1);
  await service.clock.pass(1_000);
  await service.reopens();
  await service.answers(await service.receives("history"), page([1]));

  assert.deepEqual([ready.settled, ready.error], [true, undefined]);
  assert.equal(sent.settled, false);
});

test("a conversation that the user is not a member of shows only an error", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const timeline = chat.open("general");
  const ready = outcome(timeline.ready());

  const request = await service.receives("history");
  await service.answers(request, { type: "error", code: "not_a_member" });

  assert.equal(ready.error.code, "not_a_member");
  assert.equal(/** @type {any} */ (timeline.error).code, "not_a_member");
});

test("removing the user closes the timeline, and nothing is delivered after it", async () => {
  const service = new Script();
  const { chat, timeline } = await opened(service, [1]);
  const messages = heard(chat, "message");
  await service.pushes(pushed(3));

  const data = { conversation_id: "general", user_id: "u-alice", username: "alice", by: {} };
  await service.pushes({ type: "member_removed", data });
  await service.clock.pass(1_000);

  assert.equal(/** @type {any} */ (timeline.error).code, "not_a_member");
  assert.deepEqual(messages, []);
  await service.receivesNothing();
});

test("a removal while offline closes the timeline once online", async () => {
  const service = new Script();
  const { chat, timeline } = await opened(service, [1]);
  const errors = heard(chat, "error");
  await service.closes();
  await service.clock.pass(1_000);
  await service.reopens();

  const request = await service.receives("history");
  await service.answers(request, { type: "error", code: "not_a_member" });

  assert.equal(/** @type {any} */ (timeline.error).code, "not_a_member");
  assert.equal(errors.length, 1);
});

test("a closed timeline changes no more", async () => {
  const service = new Script();
  const { timeline } = await opened(service, [1]);

  timeline.close();
  await service.pushes(pushed(2));

  assert.deepEqual(seqs([...timeline.messages]), [1]);
});
