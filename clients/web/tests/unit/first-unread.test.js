import assert from "node:assert/strict";
import { test } from "node:test";

import { View } from "../../page/view.js";
import { Script, deleted, edited, page, pushed, seqs } from "../support/script.js";

/**
 * @param {number} from
 * @param {number} to
 */
function numbers(from, to) {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/**
 * A conversation of 300 messages of which the user has read the first hundred.
 * @param {number} [unread]
 */
async function opened(unread = 100) {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  await service.signsIn(chat);
  const timeline = chat.open("general");
  const view = new View(chat, timeline, { readSeq: 100, unread }, () => {});
  await service.answers(await service.receives("history"), page(numbers(251, 300), true));
  return { service, view };
}

/**
 * @param {Script} service
 * @param {[from: number, to: number]} range
 */
async function answersWith(service, [from, to], hasMore = true) {
  const request = await service.receives("history");
  await service.answers(request, page(numbers(from, to), hasMore));
  return request.data;
}

test("with more unread messages than one page, it opens at the last read message", async () => {
  const { service, view } = await opened();
  const before = [view.isLoaded, view.messages.length];

  const asked = await answersWith(service, [76, 175]);

  assert.deepEqual(before, [false, 0]);
  assert.deepEqual(asked, { after_seq: 75, limit: 100 });
  assert.deepEqual(seqs([...view.messages]), numbers(76, 175));
  assert.deepEqual([view.isLoaded, view.hasEarlier, view.hasLater], [true, true, true]);
});

test("with fewer unread messages than one page, it opens at the end", async () => {
  const { service, view } = await opened(49);

  await service.receivesNothing();

  assert.deepEqual(seqs([...view.messages]), numbers(251, 300));
  assert.deepEqual([view.isLoaded, view.hasLater], [true, false]);
});

test("short pages of long messages are read until one can be shown", async () => {
  const { service, view } = await opened();

  await answersWith(service, [76, 95]);
  const tooSoon = view.isLoaded;
  await answersWith(service, [96, 115]);

  assert.deepEqual([tooSoon, view.isLoaded], [false, true]);
  assert.deepEqual(seqs([...view.messages]), numbers(76, 115));
});

test("scrolling down loads page by page to the end, then appends pushes", async () => {
  const { service, view } = await opened();
  await answersWith(service, [76, 175]);

  await service.pushes(pushed(301));
  const last = view.messages.at(-1)?.seq;
  const loaded = view.loadLater();
  view.loadLater();
  await answersWith(service, [176, 275]);
  await loaded;
  await service.pushes(pushed(302));

  assert.equal(last, 175);
  assert.deepEqual(seqs([...view.messages]), numbers(76, 302));
  assert.equal(view.hasLater, false);
});

test("after a jump to the end a page still in flight is not shown", async () => {
  const { service, view } = await opened();
  await answersWith(service, [76, 175]);

  const loaded = view.loadLater();
  view.showNewest();
  await answersWith(service, [176, 275]);
  await loaded;

  assert.deepEqual(seqs([...view.messages]), numbers(251, 300));
  assert.deepEqual([view.hasEarlier, view.hasLater], [true, false]);
});

test("earlier messages are added before the first one without gaps", async () => {
  const { service, view } = await opened();
  await answersWith(service, [76, 175]);

  const loaded = view.loadEarlier();
  const asked = [await answersWith(service, [1, 60]), await answersWith(service, [61, 160])];
  await loaded;

  assert.deepEqual(
    asked.map((data) => data.after_seq),
    [0, 60],
  );
  assert.deepEqual(seqs([...view.messages]), numbers(1, 175));
  assert.deepEqual([view.hasEarlier, view.hasLater], [false, true]);
});

test("if old messages cannot be loaded, the end is shown", async () => {
  const { service, view } = await opened();

  const refusal = { type: "error", code: "bad_request" };
  await service.answers(await service.receives("history"), refusal);

  assert.deepEqual(seqs([...view.messages]), numbers(251, 300));
  assert.equal(view.hasLater, false);
});

test("it jumps to the end while old messages are still loading", async () => {
  const { service, view } = await opened();

  view.showNewest();
  await answersWith(service, [76, 175]);

  assert.deepEqual(seqs([...view.messages]), numbers(251, 300));
  assert.deepEqual([view.isLoaded, view.hasLater], [true, false]);
});

test("at the end, loaded messages stay", async () => {
  const { service, view } = await opened();
  await answersWith(service, [76, 175]);
  const loaded = view.loadLater();
  await answersWith(service, [176, 275]);
  await loaded;

  view.showNewest();

  assert.deepEqual(seqs([...view.messages]), numbers(76, 300));
});

test("a message that is far away is shown with those around it alone", async () => {
  const { service, view } = await opened(0);

  const shown = view.showAround(120);
  const asked = await answersWith(service, [96, 195]);
  await shown;

  assert.equal(asked.after_seq, 95);
  assert.deepEqual(seqs([...view.messages]), numbers(96, 195));
  assert.deepEqual([view.hasEarlier, view.hasLater], [true, true]);
});

test("old messages change while they are shown", async () => {
  const { service, view } = await opened();
  await answersWith(service, [76, 175]);

  await service.pushes(edited(301, 100, "better"));
  await service.pushes(deleted(302, 101));

  const [better, gone] = view.messages.slice(24, 26);
  assert.equal(better.content, "better");
  assert.deepEqual([gone.content, Boolean(gone.deletedAt)], ["", true]);
});
