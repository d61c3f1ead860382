// What a person of the scenario does. Each function is a step; what it measures goes to Artillery.

const CONVERSATION = "general";
const NAMES = ["alice", "bob", "carol"];
// As long as API Gateway waits for a function.
const PATIENCE_MS = 29_000;

const people = new WeakMap();
const tokens = new Map();
let arrived = 0;

/** Authenticates: the first of a name by its password, the others by the token that this brings. */
export async function arrive(context, events) {
  const person = new Person(context.ws, events);
  people.set(context.ws, person);
  const name = NAMES[arrived++ % NAMES.length];
  if (tokens.has(name)) {
    await person.asks("authenticate", { data: { token: await tokens.get(name) } });
  } else {
    const data = { username: name, password: `${name}-demo-password` };
    const reply = person.asks("authenticate", { data }, "authenticate by password");
    tokens.set(name, reply.then((frame) => frame.data.token));
    await tokens.get(name);
  }
}

export async function type(context) {
  await people.get(context.ws).asks("typing", { conversationId: CONVERSATION });
}

export async function say(context) {
  await people.get(context.ws).says();
}

export async function read(context) {
  const person = people.get(context.ws);
  await person.asks("read_receipt", { messageId: person.lastMessageId });
}

export async function beat(context) {
  const data = { positions: { [CONVERSATION]: 1 } };
  await people.get(context.ws).asks("heartbeat", { data });
}

export async function scroll(context) {
  await people.get(context.ws).asks("history", { conversationId: CONVERSATION });
}

class Person {
  lastMessageId = "";
  #waiting = new Map();
  #socket;
  #events;
  #asked = 0;

  constructor(socket, events) {
    this.#socket = socket;
    this.#events = events;
    // A reply without content is an empty frame.
    socket.on("message", (text) => text.length > 0 && this.#hears(JSON.parse(text)));
  }

  /** Sends a frame; resolves with its direct reply, having measured how long that took. */
  async asks(type, envelope, measured = type) {
    const requestId = `r${++this.#asked}`;
    const began = performance.now();
    const reply = this.#replyTo(requestId, type);
    this.#socket.send(JSON.stringify({ type, requestId, ...envelope }));
    const frame = await reply;
    if (frame.code) throw new Error(`${type} is refused: ${frame.code}`);
    this.#events.emit("histogram", `${measured}: reply`, performance.now() - began);
    return frame;
  }

  async says() {
    const data = { content: `said at ${now()}` };
    const reply = await this.asks("chat_message", { conversationId: CONVERSATION, data });
    this.lastMessageId = reply.data.message_id;
  }

  #replyTo(requestId, type) {
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error(`${type} is not answered`));
      const timer = setTimeout(late, PATIENCE_MS);
      this.#waiting.set(requestId, (frame) => {
        clearTimeout(timer);
        resolve(frame);
      });
    });
  }

  #hears(frame) {
    this.#waiting.get(frame.requestId)?.(frame);
    this.#waiting.delete(frame.requestId);
    const saidAt = Number(frame.data?.content?.match(/^said at (.+)$/)?.[1]);
    if (frame.type === "chat_message" && !frame.requestId && saidAt) {
      this.#events.emit("histogram", "chat_message: push to another", now() - saidAt);
    }
  }
}

/** Milliseconds since 1970, with fractions. */
function now() {
  return performance.timeOrigin + performance.now();
}
