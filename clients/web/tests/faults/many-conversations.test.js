import assert from "node:assert/strict";
import { test } from "node:test";

import { connect } from "../../src/index.js";
import { FakeClock } from "../support/clock.js";
import { Network, PERFECT } from "../support/network.js";
import { addConversation } from "../support/service/conversations.js";
import { Service } from "../support/service/service.js";

const MANY = 350;
const HEARTBEAT_MS = 30_000;

/** A client that knows many conversations, and somebody who writes in all of them. */
async function world() {
  const clock = new FakeClock();
  const service = new Service({ clock });
  for (const name of ["alice", "bob"]) service.addUser(name);
  const ids = Array.from({ length: MANY }, (_, n) => `c${n}`);
  for (const id of ids) addConversation(service, id, ["alice", "bob"]);
  const network = new Network(service, clock, () => 0.5, PERFECT);
  const [alice, bob] = ["alice", "bob"].map((name) => {
    const { WebSocket } = network;
    const chat = connect("ws://service.test/ws/chat", { WebSocket, clock, random: () => 0.5 });
    chat.authenticate({ username: name, password: `${name}-password` }).catch(assert.fail);
    return chat;
  });
  assert.ok(alice && bob);
  await clock.pass(1_000);
  alice.listConversations({ limit: MANY }).catch(assert.fail);
  await clock.pass(1_000);
  return { clock, network, ids, alice, bob };
}

test("lost pushes in any number of conversations are made up for within one heartbeat", async () => {
  const { clock, network, ids, alice, bob } = await world();
  const seen = new Set();
  alice.on("message", ({ conversationId }) => seen.add(conversationId));

  network.faults = { ...PERFECT, lose: 1 };
  const sent = ids.map((id) => bob.send(id, "Hello"));
  await clock.pass(100);
  await Promise.all(sent);
  assert.equal(seen.size, 0);
  await clock.pass(HEARTBEAT_MS);

  assert.equal(seen.size, MANY);
  for (const chat of [alice, bob]) chat.close();
});
