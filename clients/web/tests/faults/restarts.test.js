import assert from "node:assert/strict";
import { test } from "node:test";

import { connect } from "../../src/index.js";
import { FakeClock } from "../support/clock.js";
import { Network, PERFECT } from "../support/network.js";
import { addConversation } from "../support/service/conversations.js";
import { Service } from "../support/service/service.js";
import { FakeStorage } from "../support/storage.js";

/** @import { Chat } from "../../src/index.js" */

const ALICE = { userId: "user-alice", username: "alice" };
const WRITTEN = ["one", "two", "three"];

/** A network on which something happens with one frame, the nth from the beginning. */
class Moment extends Network {
  frames = 0;
  /** What happens. */
  come = () => {};

  /**
   * @param {Service} service
   * @param {FakeClock} clock
   * @param {number} at
   */
  constructor(service, clock, at) {
    super(service, clock, () => 0.4, PERFECT);
    this.at = at;
  }

  /** @override @param {"lose" | "repeat" | "cut" | "fail"} fault */
  happens(fault) {
    if (fault !== "cut" || this.frames++ !== this.at) return false;
    this.come();
    return true;
  }
}

/** A program that notes every message and change, and is killed and started again. */
class Program {
  /** @type {number[]} */
  seen = [];
  /** @type {Chat | null} the one that runs */
  chat = null;
  #network;
  #storage = new FakeStorage();

  /** @param {Network} network */
  constructor(network) {
    this.#network = network;
  }

  /** @param {number | { start?: number }} [from] */
  start(from) {
    const { WebSocket, XMLHttpRequest, clock, random, service } = this.#network;
    const storage = this.#storage;
    const chat = connect("ws://service.test/ws/chat", {
      ...{ WebSocket, XMLHttpRequest, clock, random, storage },
    });
    const note = (/** @type {{ seq?: number }} */ { seq = 0 }) => {
      if (this.chat === chat) this.seen.push(seq);
    };
    for (const type of /** @type {const} */ (["message", "message_changed"])) chat.on(type, note);
    chat.follow("general", from);
    const token = () => service.tokenFor("alice").token;
    chat.authenticate({ token, user: ALICE }).catch(() => {});
    return (this.chat = chat);
  }

  /** What is left of it is what it had stored at this moment. */
  kill() {
    const { chat } = this;
    this.#storage = this.#storage.reloaded();
    this.chat = null;
    chat?.close();
  }
}

/** @param {number} at */
function world(at) {
  const clock = new FakeClock();
  const service = new Service({ clock, historyLimit: 2 });
  for (const name of ["alice", "bob"]) service.addUser(name);
  const general = addConversation(service, "general", ["alice", "bob"]);
  const network = new Moment(service, clock, at);
  const { WebSocket } = network;
  const bob = connect("ws://service.test/ws/chat", { WebSocket, clock, random: network.random });
  bob.authenticate({ username: "bob", password: "bob-password" });
  return { clock, service, general, network, bob };
}

/**
 * Alice's program writes and follows, and is killed at a moment; Bob writes all the time.
 * @param {number} at
 * @returns {Promise<boolean>} whether the moment ever came
 */
async function killed(at) {
  const { clock, general, network, bob } = world(at);
  const program = new Program(network);
  network.come = () => {
    program.kill();
    clock.setTimeout(() => program.start({ start: 0 }), 5_000);
  };
  const alice = program.start({ start: 0 });
  for (const content of WRITTEN) alice.send("general", content).catch(() => {});

  for (const content of ["a", "b", "c", "d"]) {
    bob.send("general", content);
    await clock.pass(2_000);
  }
  const first = [...general.messages.values()].find((it) => it.username === "bob");
  bob.edit({ messageId: first.message_id }, "edited");
  await clock.pass(120_000);

  const stored = [...general.messages.values()];
  const own = stored.filter((it) => it.username === "alice");
  assert.deepEqual(
    own.map((it) => it.content),
    WRITTEN,
    `what is stored, killed at ${at}`,
  );
  const numbers = [...general.messages.keys(), ...general.changes.keys()].sort((a, b) => a - b);
  assert.deepEqual(program.seen, numbers, `what it saw, killed at ${at}`);
  for (const chat of [program.chat, bob]) chat?.close();
  return network.frames > at;
}

test("a program that is killed at any moment misses nothing, repeats nothing, and sends once", async () => {
  for (let at = 0, came = true; came; at++) came = await killed(at);
});

test("a program that follows from now on gets what was sent while it was down", async () => {
  const { clock, network, bob } = world(Infinity);
  bob.send("general", "before");
  await clock.pass(5_000);
  const program = new Program(network);
  program.start();
  await clock.pass(5_000);

  program.kill();
  bob.send("general", "meanwhile");
  await clock.pass(5_000);
  program.start();
  await clock.pass(5_000);
  bob.send("general", "afterwards");
  await clock.pass(5_000);

  assert.deepEqual(program.seen, [2, 3]);
});

test("a number that the program gives counts, and not where it stopped", async () => {
  const { clock, network, bob } = world(Infinity);
  for (const content of WRITTEN) bob.send("general", content);
  await clock.pass(5_000);
  const program = new Program(network);
  program.start(0);
  await clock.pass(5_000);
  program.kill();

  program.start(1);
  await clock.pass(5_000);

  assert.deepEqual(program.seen, [1, 2, 3, 2, 3]);
});

test("a user who signs in again after signing out goes on without a hole", async () => {
  const { clock, service, network, bob } = world(Infinity);
  const program = new Program(network);
  const chat = program.start({ start: 0 });
  bob.send("general", "before");
  await clock.pass(5_000);

  chat.signOut();
  await clock.pass(5_000);
  bob.send("general", "meanwhile");
  await clock.pass(5_000);
  chat.authenticate({ token: service.tokenFor("alice").token });
  await clock.pass(5_000);

  assert.deepEqual([chat.state, program.seen], ["online", [1, 2]]);
});
