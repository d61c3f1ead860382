import assert from "node:assert/strict";
import { test } from "node:test";

import { Script, heard, outcome } from "../support/script.js";

/** @param {Script} service */
async function signedIn(service) {
  const chat = service.keepsAlive().connect();
  await service.signsIn(chat);
  return chat;
}

/** @typedef {import("../../src/client.js").Chat} Chat */

const PLANS = { conversation_id: "plans", kind: "group", last_seq: 0, last_read_seq: 0 };
const REMOVED = { conversation_id: "plans", user_id: "u-bob", username: "bob", by: {} };

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
];

for (const { name, ask, frame, reply } of CALLS) {
  test(`${name} resolves with what the service answers`, async () => {
    const service = new Script();
    const chat = await signedIn(service);

    const asked = outcome(ask(chat));
    const { requestId, ...sent } = await afterwards(service);
    await service.answers({ requestId }, reply);

    assert.deepEqual(sent, frame);
    assert.deepEqual(asked.value, reply.data);
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
])) {
  test(`${type} is an event, whoever caused it`, async () => {
    const service = new Script();
    const chat = await signedIn(service);
    const events = heard(chat, type);

    const data = { conversation_id: "plans", last_seq: 0, last_read_seq: 0, user_id: "u-bob" };
    await service.pushes({ type, data });

    assert.deepEqual(events, [data]);
  });
}
