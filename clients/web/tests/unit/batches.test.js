import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import {
  Script,
  deleted,
  edited,
  heard,
  logPage,
  message,
  outcome,
  pushed,
  seqs,
} from "../support/script.js";

/** @param {Script} service */
async function signedIn(service) {
  const chat = service.connect();
  await service.signsIn(chat);
  return chat;
}

/** @param {...unknown} frames */
function batch(...frames) {
  return { type: "batch", data: { frames } };
}

test("the client says that it accepts batches each time it signs in", async () => {
  const service = new Script();
  const chat = service.connect();
  void chat.authenticate({ username: "alice", password: "secret" });
  await service.opens();
  const first = await service.accepts();

  await service.closes();
  await service.clock.pass(30_000);
  await service.opens();
  const second = await service.accepts();

  assert.deepEqual([first.data.accepts, second.data.accepts], [["batch"], ["batch"]]);
});

test("the frames of a batch are delivered in order, messages and changes", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  /** @type {number[]} */
  const numbers = [];
  for (const type of /** @type {const} */ (["message", "message_changed"]))
    chat.on(type, ({ seq }) => void numbers.push(seq));

  await service.pushes(batch(pushed(5), pushed(6), edited(7, 5, "edited"), deleted(8, 6)));

  assert.deepEqual(numbers, [5, 6, 7, 8]);
  await service.receivesNothing();
});

test("a batch that comes twice is delivered once", async () => {
  const service = new Script();
  const messages = heard(await signedIn(service), "message");

  for (let time = 0; time < 2; time++) await service.pushes(batch(pushed(5), pushed(6)));

  assert.deepEqual(seqs(messages), [5, 6]);
});

test("a batch that overlaps a page of history is delivered once", async () => {
  const service = new Script();
  const messages = heard(await signedIn(service), "message");
  await service.pushes(pushed(1));
  await service.pushes(batch(pushed(4), pushed(5)));
  await service.clock.pass(250);
  const request = await service.receives("history");

  await service.pushes(batch(pushed(5), pushed(6)));
  const known = [2, 3, 4, 5].map((seq) => message(seq));
  await service.answers(request, logPage({ messages: known, upTo: 5 }));

  assert.deepEqual(seqs(messages), [1, 2, 3, 4, 5, 6]);
});

test("a batch after a gap waits for what is missing", async () => {
  const service = new Script();
  const messages = heard(await signedIn(service), "message");
  await service.pushes(pushed(1));
  await service.pushes(batch(pushed(3), pushed(4)));
  assert.deepEqual(seqs(messages), [1]);

  await service.clock.pass(250);
  const missed = [2, 3, 4].map((seq) => message(seq));
  await service.answers(await service.receives("history"), logPage({ messages: missed, upTo: 4 }));

  assert.deepEqual(seqs(messages), [1, 2, 3, 4]);
});

test("a message that was deleted before its batch is shown as deleted", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const messages = heard(chat, "message");

  const gone = pushed(5, { content: "", version: 6, deleted_at: "2026-01-01T00:01:00.000Z" });
  await service.pushes(batch(gone, deleted(6, 5)));

  assert.deepEqual(
    messages.map(({ content, version }) => ({ content, version })),
    [{ content: "", version: 6 }],
  );
});

test("an own message in a batch acknowledges it", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const sent = outcome(chat.send("general", { content: "Hello" }));
  const { clientMessageId } = await service.receives("chat_message");

  const own = { user_id: "u-alice", username: "alice", client_message_id: clientMessageId };
  await service.pushes(batch(pushed(5), pushed(6, own)));

  assert.equal(sent.value?.seq, 6);
});

test("unknown frames in a batch are ignored", async () => {
  const service = new Script();
  const messages = heard(await signedIn(service), "message");

  const unknown = [{ type: "of a later version", data: {} }, null, 7, [], {}, { type: 7 }];
  await service.pushes(batch(...unknown, batch(pushed(5)), pushed(6)));

  assert.deepEqual(seqs(messages), [6]);
});

for (const data of [undefined, null, [], {}, { frames: null }, { frames: { 0: {} } }]) {
  test(`a batch with the data ${JSON.stringify(data)} is ignored`, async () => {
    const service = new Script();
    const chat = await signedIn(service);

    await service.pushes({ type: "batch", data });

    assert.equal(chat.state, "online");
  });
}

test("batches bring the same as their frames alone", async () => {
  const numbers = fc.array(fc.array(fc.nat(7), { minLength: 1, maxLength: 5 }), { maxLength: 8 });

  await fc.assert(
    fc.asyncProperty(numbers, async (rounds) => {
      const shown = [];
      for (const isBatched of [true, false]) {
        const service = new Script();
        const messages = heard(await signedIn(service), "message");
        for (const some of rounds) {
          const frames = some.map((seq) => pushed(seq + 1));
          for (const frame of isBatched ? [batch(...frames)] : frames) await service.pushes(frame);
        }
        shown.push(seqs(messages));
      }
      assert.deepEqual(shown[0], shown[1]);
    }),
    { numRuns: 30 },
  );
});
