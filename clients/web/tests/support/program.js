import { once } from "node:events";
import { createInterface } from "node:readline";

/** @import { ChildProcessByStdio } from "node:child_process" */
/** @import { Readable } from "node:stream" */

const PATIENCE_MS = 60_000;

/** A program that runs until it is ended, and what it has printed. */
export class Program {
  /** @type {string[]} */
  lines = [];
  /** @type {Set<() => void>} */
  #waiting = new Set();
  #child;

  /** @param {ChildProcessByStdio<null, Readable, Readable>} child the leader of a group of processes */
  constructor(child) {
    this.#child = child;
    process.once("exit", () => this.#kill());
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on("line", (line) => this.#take(line));
    }
  }

  /**
   * Resolves when it has printed a line that ends so.
   * @param {string} end
   * @throws {Error} if it does not, within a minute
   */
  async prints(end) {
    const isThere = () => this.lines.some((line) => line.endsWith(end));
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    while (!isThere()) {
      await new Promise((resolve, reject) => {
        this.#waiting.add(() => resolve(undefined));
        const says = `The program did not print "${end}", but:\n${this.lines.join("\n")}`;
        deadline.onabort = () => reject(new Error(says));
      });
    }
  }

  async ends() {
    if (this.#hasEnded) return;
    const ended = once(this.#child, "close");
    this.#kill();
    await ended;
  }

  get #hasEnded() {
    const { exitCode, signalCode } = this.#child;
    return exitCode !== null || signalCode !== null;
  }

  #kill() {
    const { pid } = this.#child;
    if (pid !== undefined && !this.#hasEnded) process.kill(-pid, "SIGKILL");
  }

  /** @param {string} line */
  #take(line) {
    this.lines.push(line);
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
