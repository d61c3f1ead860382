import { createServer } from "node:http";

/** @import { IncomingMessage, ServerResponse } from "node:http" */
/** @import { AddressInfo } from "node:net" */
/** @import { FileStore } from "./file-store.js" */

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, POST",
  "access-control-allow-headers": "*",
};

/**
 * The file store over HTTP, on an origin of its own, as S3 is.
 * @param {FileStore} store
 */
export async function serveFiles(store) {
  /** @type {((request: IncomingMessage) => Promise<number | null>)[]} */
  const faults = [];
  /** @type {string[]} the method and path of each request */
  const requests = [];
  const http = createServer((request, response) => void answer(request, response));
  await new Promise((resolve) => http.listen(0, "127.0.0.1", () => resolve(undefined)));
  store.origin = `http://127.0.0.1:${/** @type {AddressInfo} */ (http.address()).port}`;

  /**
   * @param {IncomingMessage} request
   * @param {ServerResponse} response
   */
  async function answer(request, response) {
    if (request.method === "OPTIONS") return void response.writeHead(204, CORS).end();
    const { pathname } = new URL(request.url ?? "/", store.origin);
    requests.push(`${request.method} ${pathname}`);
    const fault = request.method === "POST" ? faults.shift() : undefined;
    const status = fault ? await fault(request) : 0;
    if (status === null) return void request.socket.destroy();
    if (status) return void response.writeHead(status, CORS).end();
    if (request.method === "POST") return accept(request, response);
    give(request, response);
  }

  /**
   * @param {IncomingMessage} request
   * @param {ServerResponse} response
   */
  async function accept(request, response) {
    const body = await bodyOf(request);
    const type = String(request.headers["content-type"]);
    const form = await new Response(new Uint8Array(body), {
      headers: { "content-type": type },
    }).formData();
    response.writeHead(store.accept(form), CORS).end();
  }

  /**
   * @param {IncomingMessage} request
   * @param {ServerResponse} response
   */
  async function give(request, response) {
    const { pathname, searchParams } = new URL(request.url ?? "/", store.origin);
    const key = decodeURIComponent(pathname.slice(1));
    const file = store.find(key, searchParams.get("X-Amz-Signature"));
    if (!file) return void response.writeHead(403, CORS).end();
    const isShown = /^(image\/(?!svg)|audio\/|video\/)/.test(file.type);
    const disposition = isShown ? "inline" : "attachment";
    const headers = { "content-type": file.type, "content-disposition": disposition };
    response.writeHead(200, { ...CORS, ...headers });
    response.end(Buffer.from(await file.body.arrayBuffer()));
  }

  return {
    requests,
    /** The next uploads end so: with this HTTP status, or with a broken connection. */
    fails(/** @type {(number | null)[]} */ ...outcomes) {
      faults.push(...outcomes.map((status) => async () => status));
    },
    /**
     * The next upload is held until the returned function is called.
     * @returns {() => void}
     */
    holds() {
      /** @type {() => void} */
      let release = () => {};
      const held = new Promise((resolve) => (release = () => resolve(undefined)));
      faults.push(async () => {
        await held;
        return 0;
      });
      return release;
    },
    async close() {
      const closed = new Promise((resolve) => http.close(resolve));
      http.closeAllConnections();
      await closed;
    },
  };
}

/**
 * @param {IncomingMessage} request
 * @returns {Promise<Buffer>}
 */
async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
