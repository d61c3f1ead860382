/**
 * The client of Parley, a chat over one WebSocket.
 *
 *     const chat = connect("wss://example.org/ws/chat");
 *     chat.on("message", ({ username, content }) => console.log(username, content));
 *     await chat.authenticate({ username, password });
 *     await chat.send("general", "Hello");
 */

import { Chat } from "./client.js";
import { ParleyError } from "./errors.js";
import { TIMING } from "./timing.js";

/** @import { Clock, ConnectOptions } from "./options.js" */

export { applyChange, laterState } from "./changes.js";
export { Chat } from "./client.js";
export { ParleyError } from "./errors.js";
export { Timeline } from "./timeline.js";
export * from "./events.js";
export * from "./options.js";
export * from "./types.js";
export { ATTACHMENTS, CONTENT_BYTES, FRAME_BYTES } from "./frames.js";
export { PICTURE_BYTES } from "./pictures.js";

/**
 * A client of the service at the address. The socket is opened by `authenticate`: one on which
 * nobody authenticates is closed by the service after 30 seconds. With a `storage`, messages that
 * are not stored yet outlive the page; they are sent when the same user authenticates again.
 * @param {string} url
 * @param {ConnectOptions} [options]
 * @returns {Chat}
 */
export function connect(url, options = {}) {
  const { WebSocket = globalThis.WebSocket, signal, network = environment() } = options;
  checkAddress(url);
  if (!WebSocket) {
    throw new ParleyError("bad_request", "There is no WebSocket here: pass one as an option.");
  }
  const chat = new Chat({
    url,
    WebSocket,
    XMLHttpRequest: options.XMLHttpRequest ?? globalThis.XMLHttpRequest,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    timing: { ...TIMING, ...options.timing },
    storage: options.storage,
  });
  watchNetwork(chat, network);
  if (signal?.aborted) chat.close();
  else signal?.addEventListener("abort", () => chat.close(), { once: true });
  return chat;
}

/** @type {Clock} */
const systemClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};

/** Browsers say when the network comes and goes; elsewhere heartbeats alone find out. */
function environment() {
  return "addEventListener" in globalThis ? globalThis : undefined;
}

/**
 * @param {Chat} chat
 * @param {ConnectOptions["network"]} network
 */
function watchNetwork(chat, network) {
  const wake = () => chat.wake();
  network?.addEventListener("online", wake);
  network?.addEventListener("offline", wake);
  chat.on("state", ({ state }) => {
    if (state !== "closed") return;
    network?.removeEventListener("online", wake);
    network?.removeEventListener("offline", wake);
  });
}

/** @param {string} url */
function checkAddress(url) {
  const isSocket = URL.canParse(url) && ["ws:", "wss:"].includes(new URL(url).protocol);
  if (!isSocket) throw new ParleyError("bad_request", `Not a ws:// or wss:// address: ${url}`);
}
