import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** @import { ChildProcess } from "node:child_process" */
/** @import { AddressInfo } from "node:net" */

export const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const PYTHON = process.env["PYTHON"] ?? ".venv/bin/python";

/** The chat as `make run` starts it, on ports and in a folder of its own. */
export class Stack {
  /** @type {ChildProcess | null} */
  #process = null;
  #environment;
  #data;
  port;

  /** @param {{ port: number, awsPort: number, data: string }} place */
  constructor({ port, awsPort, data }) {
    this.port = port;
    this.#data = data;
    this.#environment = { PORT: String(port), AWS_PORT: String(awsPort), DATA: data };
  }

  static async start() {
    const data = await mkdtemp(join(tmpdir(), "parley-e2e-"));
    const [port = 0, awsPort = 0] = await freePorts(2);
    const stack = new Stack({ port, awsPort, data });
    await stack.begin();
    return stack;
  }

  /** As before, with all that was said in it. */
  async begin() {
    const env = { ...process.env, ...this.#environment };
    const child = spawn(PYTHON, ["-m", "local.run"], { cwd: ROOT, env });
    this.#process = child;
    process.once("exit", () => child.kill());
    let said = "";
    child.stderr.on("data", (text) => (said += text));
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith("ready ")) return void child.stdout.resume();
      said += `${line}\n`;
    }
    throw new Error(`The local stack did not start:\n${said}`);
  }

  /** Ends it as Ctrl-C does. */
  async end() {
    const child = this.#process;
    this.#process = null;
    if (!child || child.exitCode !== null) return;
    child.kill("SIGINT");
    await once(child, "exit");
  }

  /**
   * Which of these texts are in the service's files. Once it has ended, all that it keeps is there.
   * @param {string[]} texts
   */
  async kept(...texts) {
    const found = new Set();
    const entries = await readdir(this.#data, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((each) => each.isFile())) {
      const file = await readFile(join(entry.parentPath, entry.name));
      texts.filter((text) => file.includes(text)).forEach((text) => found.add(text));
    }
    return [...found];
  }

  async remove() {
    await this.end();
    await rm(this.#data, { recursive: true, force: true });
  }
}

/** @param {number} count */
export async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, listening));
  const ports = servers.map((server) => /** @type {AddressInfo} */ (server.address()).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

async function listening() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
