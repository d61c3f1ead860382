import assert from "node:assert/strict";
import { test } from "node:test";

import { connect } from "../../src/index.js";
import { fromWire } from "../../src/wire.js";
import { FakeClock } from "../support/clock.js";
import { Network, PERFECT } from "../support/network.js";
import { addConversation } from "../support/service/conversations.js";
import { Service } from "../support/service/service.js";

const CONTENTS = ["one", "two", "three"];

/** A network on which one frame, the nth from the beginning, is where a connection ends. */
class CutOnce extends Network {
  frames = 0;

  /**
   * @param {Service} service
   * @param {FakeClock} clock
   * @param {{ at: number, isNoticed: boolean }} moment
   */
  constructor(service, clock, { at, isNoticed }) {
    super(service, clock, () => (isNoticed ? 0.4 : 0.6), PERFECT);
    this.at = at;
  }

  /** @override @param {"lose" | "repeat" | "cut" | "fail"} fault */
  happens(fault) {
    return fault === "cut" && this.frames++ === this.at;
  }
}

for (const isNoticed of [true, false]) {
  const how = isNoticed ? "noticed at once" : "noticed by the heartbeat alone";

  test(`a connection that ends at any moment, ${how}, loses no message and duplicates none`, async () => {
    for (let at = 0, ended = true; ended; at++) ended = await conversation({ at, isNoticed });
  });
}

/**
 * Alice writes, Bob reads.
 * @param {{ at: number, isNoticed: boolean }} moment
 * @returns {Promise<boolean>} whether the moment ever came
 */
async function conversation(moment) {
  const clock = new FakeClock();
  const service = new Service({ clock });
  for (const name of ["alice", "bob"]) service.addUser(name);
  addConversation(service, "general", ["alice", "bob"]);
  const network = new CutOnce(service, clock, moment);
  const [alice, bob] = ["alice", "bob"].map((name) => enter(name, network));
  assert.ok(alice && bob);
  await clock.pass(5_000);

  const sent = CONTENTS.map((content) => alice.chat.send("general", content));
  await clock.pass(120_000);

  const stored = await Promise.all(sent);
  assert.deepEqual(
    stored.map(({ content }) => content),
    CONTENTS,
  );
  assert.equal(
    service.conversations.get("general")?.messages.size,
    CONTENTS.length,
    `at ${moment.at}`,
  );
  for (const { timeline } of [alice, bob]) assert.deepEqual(timeline.messages, stored);
  for (const { chat } of [alice, bob]) chat.close();
  return network.frames > moment.at;
}

for (const isNoticed of [true, false]) {
  const how = isNoticed ? "noticed at once" : "noticed by the heartbeat alone";

  test(`a connection that ends at any moment, ${how}, loses no change`, async () => {
    for (let at = 0, ended = true; ended; at++) ended = await changing({ at, isNoticed });
  });
}

/**
 * Alice edits and deletes, Bob reacts and pins; both look on, and Alice follows.
 * @param {{ at: number, isNoticed: boolean }} moment
 * @returns {Promise<boolean>} whether the moment ever came
 */
async function changing(moment) {
  const clock = new FakeClock();
  const service = new Service({ clock });
  for (const name of ["alice", "bob"]) service.addUser(name);
  const general = addConversation(service, "general", ["alice", "bob"], { owner: "bob" });
  const network = new CutOnce(service, clock, moment);
  const [alice, bob] = ["alice", "bob"].map((name) => enter(name, network));
  assert.ok(alice && bob);
  alice.chat.follow("general", 0);
  /** @type {number[]} */
  const pinned = [];
  alice.chat.on("conversation_changed", ({ seq }) => pinned.push(seq));
  const sending = CONTENTS.map((content) => alice.chat.send("general", content));
  await clock.pass(120_000);
  const [first, second, third] = await Promise.all(sending);
  assert.ok(first && second && third);

  const changes = [
    alice.chat.edit(first, "edited"),
    alice.chat.remove(second),
    bob.chat.react(first, "👍"),
    bob.chat.react(third, "🎉"),
    bob.chat.pin(third),
  ];
  await clock.pass(120_000);
  await Promise.all(changes);

  /** @type {import("../../src/index.js").Message[]} */
  const stored = fromWire([...general.messages.values()]);
  assert.deepEqual(
    stored.map(({ content }) => content),
    ["edited", "", "three"],
    `at ${moment.at}`,
  );
  assert.deepEqual(
    stored.map(({ reactions }) => reactions?.total),
    [1, undefined, 1],
  );
  for (const { timeline } of [alice, bob]) assert.deepEqual(timeline.messages, stored);
  assert.ok(pinned.length > 0 && new Set(pinned).size === pinned.length);
  for (const { chat } of [alice, bob]) chat.close();
  return network.frames > moment.at;
}

for (const isNoticed of [true, false]) {
  const how = isNoticed ? "noticed at once" : "noticed by a time limit alone";

  test(`a connection that ends at any moment, ${how}, sends a picture once`, async () => {
    for (let at = 0, ended = true; ended; at++) ended = await picturing({ at, isNoticed });
  });
}

/**
 * Alice sends a picture with its thumbnail, Bob looks at it, and Alice deletes it.
 * @param {{ at: number, isNoticed: boolean }} moment
 * @returns {Promise<boolean>} whether the moment ever came
 */
async function picturing(moment) {
  const clock = new FakeClock();
  const service = new Service({ clock });
  for (const name of ["alice", "bob"]) service.addUser(name);
  const general = addConversation(service, "general", ["alice", "bob"]);
  const network = new CutOnce(service, clock, moment);
  const [alice, bob] = ["alice", "bob"].map((name) => enter(name, network));
  assert.ok(alice && bob);

  const sending = sendPicture(alice.chat);
  await clock.pass(300_000);
  const { messageId, attachments: [picture] = [] } = await sending;
  assert.ok(picture);
  const looking = bob.chat.attachmentUrl("general", picture.attachmentId);
  await clock.pass(120_000);
  const seen = await fileAt(service, await looking)?.body.text();
  const removal = alice.chat.remove({ messageId });
  await clock.pass(120_000);
  await removal;

  const { attachmentId, thumbnailId } = picture;
  const files = [attachmentId, thumbnailId].map((id) => `c/general/${id}`);
  assert.equal(general.messages.size, 1, `at ${moment.at}`);
  assert.equal(seen, "large");
  assert.ok(
    files.every((key) => !service.fileStore.objects.has(key)),
    "no file is left",
  );
  for (const { chat } of [alice, bob]) chat.close();
  return network.frames > moment.at;
}

/** @param {import("../../src/index.js").Chat} chat */
async function sendPicture(chat) {
  const files = ["large", "small"].map((text) => new File([text], `${text}.png`));
  const [picture, thumbnail] = await Promise.all(files.map((file) => chat.upload("general", file)));
  assert.ok(picture && thumbnail);
  const attachment = { ...picture, thumbnailId: thumbnail.attachmentId };
  return chat.send("general", { content: "Look", attachments: [attachment] });
}

/**
 * @param {Service} service
 * @param {string} address
 */
function fileAt(service, address) {
  const { pathname, searchParams } = new URL(address);
  return service.fileStore.find(pathname.slice(1), searchParams.get("X-Amz-Signature"));
}

/**
 * @param {string} username
 * @param {Network} network
 */
function enter(username, { WebSocket, XMLHttpRequest, clock, random }) {
  const options = { WebSocket, XMLHttpRequest, clock, random };
  const chat = connect("ws://service.test/ws/chat", options);
  chat.authenticate({ username, password: `${username}-password` }).catch(assert.fail);
  return { chat, timeline: chat.open("general") };
}
