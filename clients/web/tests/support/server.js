import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

import { WebSocketServer } from "ws";

import { DIST } from "../../bundle.js";
import { serveFiles } from "./file-server.js";

/** @import { AddressInfo } from "node:net" */
/** @import { Service } from "./service/service.js" */

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** @type {Record<string, string>} */
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
};

/** As strict as the page is served in earnest: nothing inline, nothing from elsewhere but files. */
const SERVED = await readFile(join(ROOT, "served.json"), "utf8");

/** @type {import("../../src/options.js").Clock} */
export const realClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  // A deadline that is far away keeps no test from ending.
  setTimeout: (run, ms) => setTimeout(run, ms).unref(),
  clearTimeout: (timer) => clearTimeout(timer),
};

/**
 * The service over real sockets at /ws/chat, and beside it the page.
 * @param {Service} service
 * @param {number} [port]
 * @param {string} [folder] with another bundle of the page
 */
export async function serve(service, port = 0, folder = DIST) {
  const files = await serveFiles(service.fileStore);
  const { headers } = JSON.parse(SERVED.replaceAll("{files}", service.fileStore.origin));
  let isUp = true;
  const http = createServer((request, response) => {
    if (!isUp) return void request.socket.destroy();
    void answer(request, response, { headers, folder });
  });
  const sockets = new WebSocketServer({ server: http, path: "/ws/chat" });
  let isReachable = true;
  sockets.on("connection", (socket) => {
    if (!isReachable) return socket.terminate();
    const connection = service.connect({
      send: (text) => socket.send(text),
      close: () => socket.close(),
    });
    socket.on("message", (data) => service.receive(connection, String(data)));
    socket.on("close", () => service.disconnect(connection));
  });
  await new Promise((resolve) => http.listen(port, "127.0.0.1", () => resolve(undefined)));
  const address = `127.0.0.1:${/** @type {AddressInfo} */ (http.address()).port}`;
  return {
    url: `ws://${address}/ws/chat`,
    page: `http://${address}/`,
    /** Every connection breaks off, as when the network does. */
    cut: () => sockets.clients.forEach((socket) => socket.terminate()),
    /** Every connection breaks off, and no other holds until it comes back. */
    goesAway() {
      isReachable = false;
      this.cut();
    },
    comesBack() {
      isReachable = true;
    },
    /** The page's own files cannot be had either, as without a network. */
    losesTheNetwork() {
      isUp = false;
      this.goesAway();
      http.closeAllConnections();
    },
    hasTheNetworkAgain() {
      isUp = true;
      this.comesBack();
    },
    files,
    async close() {
      await files.close();
      sockets.clients.forEach((socket) => socket.terminate());
      const closed = new Promise((resolve) => http.close(resolve));
      // Browsers keep theirs open for the next page.
      http.closeAllConnections();
      await closed;
    },
  };
}

/**
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 * @param {{ headers: Record<string, string>, folder: string }} served
 */
async function answer(request, response, { headers, folder }) {
  const { pathname } = new URL(request.url ?? "/", "http://page");
  const path = normalize(decodeURIComponent(pathname));
  const name = path.endsWith("/") ? `${path}index.html` : path;
  try {
    const compressed = await readFile(join(folder, `${name}.gz`)).catch(() => null);
    const body = compressed ?? (await readFile(join(folder, name)));
    const type = TYPES[extname(name)] ?? "application/octet-stream";
    const encoding = compressed ? { "content-encoding": "gzip" } : {};
    response.writeHead(200, { "content-type": type, ...encoding, ...headers });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}
