import { addConversation } from "./service/conversations.js";
import { Service } from "./service/service.js";
import { realClock } from "./server.js";

const HOUR = 3_600_000;

/** @type {[hoursAgo: number, who: string, content: string][]} */
const GENERAL = [
  [52, "bob", "Good morning! Has anybody seen the new meeting conversation yet?"],
  [51.9, "carol", "Yes, it has a window now. A real one."],
  [51.8, "bob", "Luxury."],
  [28, "alice", "I put the notes from yesterday's walkthrough in the usual place."],
  [27.9, "carol", "Thank you! Reading them with my coffee."],
  [27, "bob", "Two questions about the second page, but they can wait until lunch."],
  [26.9, "alice", "Lunch is at half past twelve, I reserved the round table."],
  [3, "carol", "The train is late again. I'll join from the phone, if the tunnel lets me."],
  [2.95, "carol", "Messages I write in there should arrive once I'm out."],
  [2.9, "alice", "They will. In order, and only once. 🙂"],
  [2.8, "bob", "I tried to break it this morning by pulling the plug while sending."],
  [2.79, "bob", "It just said it was offline, and sent everything when the light came back."],
  [1.2, "alice", "Then we are ready to show it to the others this afternoon?"],
  [1.1, "carol", "Out of the tunnel! I'd say yes."],
];

/** @type {[hoursAgo: number, who: string, content: string][]} */
const PLANS = [
  [30, "bob", "Where do we want to go this year? I'd like to see water."],
  [29, "carol", "The lakes? We can take the slow train, it is beautiful."],
  [4, "bob", "I found a house with a jetty, free in the second week of June."],
  [3.9, "carol", "Book it!"],
];

/** @type {[hoursAgo: number, who: string, content: string][]} */
const DIRECT = [
  [6, "alice", "Could you look over the third paragraph?"],
  [5, "carol", "Done: I only moved a comma."],
];

/**
 * Three people who have been talking for a while, for the demo and the browser tests.
 * @param {Partial<ConstructorParameters<typeof Service>[0]>} [options]
 */
export function demoService(options) {
  const service = new Service({ clock: realClock, ...options });
  const names = ["alice", "bob", "carol"];
  for (const name of names) service.addUser(name, `${name}-demo-password`);
  fill(
    addConversation(service, "general", names, { title: "general", owner: "alice" }),
    GENERAL,
    14,
  );
  fill(
    addConversation(service, "group-1", names, { title: "Summer plans", owner: "bob" }),
    PLANS,
    2,
  );
  const direct = addConversation(service, "direct-alice-carol", ["alice", "carol"], {
    kind: "direct",
  });
  fill(direct, DIRECT, 2);
  return service;
}

/**
 * @param {import("./service/service.js").StoredConversation} conversation
 * @param {[hoursAgo: number, who: string, content: string][]} lines
 * @param {number} read how many of them everybody has read
 */
function fill(conversation, lines, read) {
  for (const [hoursAgo, username, content] of lines) {
    const seq = ++conversation.last_seq;
    const created_at = new Date(Date.now() - hoursAgo * HOUR).toISOString();
    const ids = { message_id: `${conversation.conversation_id}:${seq}`, seq };
    const { conversation_id } = conversation;
    const author = { user_id: `user-${username}`, username };
    const message = { ...ids, conversation_id, ...author, content, type: "text", created_at };
    conversation.messages.set(seq, message);
  }
  for (const member of conversation.members.values()) member.last_read_seq = read;
}
