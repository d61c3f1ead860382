import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { decode, encode } from "../../src/frames.js";
import { fromWire, toWire } from "../../src/wire.js";
import { fields } from "../support/protocol.js";
import { Script, heard } from "../support/script.js";

/** @import { Schema } from "../support/protocol.js" */

const EXAMPLES = new URL("../../../../docs/examples/", import.meta.url);
/** A frame's own fields, apart from its data, are named so on the wire. */
const ENVELOPE = ["conversationId", "messageId", "clientMessageId", "requestId"];
/** These are objects whose names are no fields. */
const OPAQUE = ["positions", "behind", "fields", "subscription"];

/** Every frame that the protocol's examples show. */
function examples() {
  const texts = readdirSync(EXAMPLES).map((name) => readFileSync(new URL(name, EXAMPLES), "utf8"));
  return texts.flatMap((text) =>
    JSON.parse(text).map((/** @type {any} */ { client, server }) => client ?? server),
  );
}

/**
 * The names of all fields, but for those of objects whose names are no fields.
 * @param {any} value
 * @returns {string[]}
 */
function namesIn(value) {
  if (typeof value !== "object" || value === null) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  const fields = Object.entries(value).filter(([name]) => !OPAQUE.includes(name));
  return [...own, ...fields.flatMap(([, it]) => namesIn(it))];
}

test("fields are named in camelCase, at every depth, and values stay as they are", () => {
  const by = { user_id: "u_bob", username: "bob_b" };
  const items = [{ last_message: { created_at: "now", deleted_by: by }, kind: "a_kind" }];

  const data = fromWire({ items, has_more: true, cursor: null });

  const renamed = { userId: "u_bob", username: "bob_b" };
  assert.deepEqual(data, {
    items: [{ lastMessage: { createdAt: "now", deletedBy: renamed }, kind: "a_kind" }],
    hasMore: true,
    cursor: null,
  });
});

test("every field of the protocol has a name in camelCase, and it leads back to the field", () => {
  const all = fields().map(({ name }) => name);
  const names = [...new Set(all)].filter((name) => !ENVELOPE.includes(name));

  const there = names.map((name) => Object.keys(fromWire({ [name]: 1 }))[0] ?? "");
  const back = there.map((name) => Object.keys(toWire({ [name]: 1 }))[0]);

  assert.deepEqual(
    there.filter((name) => name.includes("_")),
    [],
  );
  assert.deepEqual(back, names);
});

test("names that the protocol does not define are not changed", () => {
  const isMap = (/** @type {{ name: string, schema: Schema }} */ { name, schema }) =>
    typeof schema.additionalProperties === "object" && name !== "data";
  const maps = fields().filter(isMap);

  for (const name of new Set(maps.map(({ name }) => name))) {
    const map = { [name]: { some_conversation: 1, anOther: 2 } };
    assert.deepEqual([fromWire(map), toWire(map)], [map, map], name);
  }
  assert.ok(maps.length > 0);
});

test("what a browser subscribes with reaches the service as the browser made it", () => {
  const subscription = { endpoint: "https://push.test/", expirationTime: null, keys: { auth: "" } };

  assert.deepEqual(toWire({ kind: "web_push", subscription }), { kind: "web_push", subscription });
});

test("each example of the protocol is decoded to names in camelCase, and encoded as it was", () => {
  const frames = examples();

  for (const frame of frames) {
    const text = JSON.stringify(frame);
    const decoded = decode(text);
    assert.deepEqual(
      namesIn(decoded?.data).filter((name) => name.includes("_")),
      [],
      text,
    );
    assert.deepEqual(JSON.parse(encode(decoded ?? {})), frame);
  }
  assert.ok(frames.length > 50);
});

test("a field that a later version of the service adds has a name in camelCase too", async () => {
  const service = new Script();
  const chat = service.connect();
  await service.signsIn(chat);
  const messages = heard(chat, "message");

  const data = { conversation_id: "general", seq: 1, message_id: "general:1", mood_of_day: "good" };
  await service.pushes({ type: "chat_message", data });

  assert.deepEqual(messages, [
    { conversationId: "general", seq: 1, messageId: "general:1", moodOfDay: "good" },
  ]);
});

test("an error's details have names in camelCase", async () => {
  const service = new Script();
  const chat = service.connect();
  await service.signsIn(chat);

  const asked = chat.listConversations().catch((error) => error);
  const request = await service.receives("list_conversations");
  const data = { limit_bytes: 10, field: "data.conversation_ids" };
  await service.answers(request, { type: "error", code: "too_large", message: "No.", data });

  assert.deepEqual((await asked).data, { limitBytes: 10, field: "data.conversation_ids" });
});

test("a field named like a part of every object changes nothing but its own object", () => {
  const data = fromWire(JSON.parse('{"__proto__": {"is_on": true}, "items": []}'));

  assert.equal(data.isOn, undefined);
  assert.equal(/** @type {any} */ ({}).isOn, undefined);
});
