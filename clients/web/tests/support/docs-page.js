import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { Program } from "./program.js";

/** A block of code, or prose that may name the file that a block is saved in. */
const PARTS = /^```(\w+)\n([^]*?)^```$|^(?!```)(.+)$/gm;
const FILE = /`([\w./-]+\.\w+)`/g;
/** What make, npm and the test runner set for their own programs. A reader's registries stay. */
const NOT_A_READERS =
  /^(MAKE|MFLAGS|NODE_(OPTIONS|TEST_CONTEXT)|INIT_CWD|npm_(lifecycle|package|config_(ignore_scripts|loglevel|local_prefix)))/;

/**
 * `path` comes before the PATH. `instead` is what is replaced in each command and file, such as a
 * port. `running` are commands whose programs run already, `lasting` those whose programs run until
 * the reader ends them.
 * @typedef {{
 *   repository: string, path?: string, instead: [before: string, after: string][],
 *   running: RegExp, lasting: RegExp,
 * }} Circumstances
 */

/** @type {["ignore", "pipe", "pipe"]} */
const STREAMS = ["ignore", "pipe", "pipe"];

/** @type {Map<string, Promise<string>>} what was made in the repository, once for all readers */
const made = new Map();

/** Somebody who does what a docs page says, word for word, from an empty folder. */
export class Reader {
  /** @type {Program[]} those that last, as they were started */
  programs = [];
  #folder;
  #circumstances;

  /**
   * @param {string} folder
   * @param {Circumstances} circumstances
   */
  constructor(folder, circumstances) {
    this.#folder = folder;
    this.#circumstances = circumstances;
  }

  /**
   * Does what a page says, up to its first heading of the second level.
   * @param {string} page
   */
  async follows(page) {
    const [beginning = ""] = (await readFile(page, "utf8")).split(/^## /m);
    let file = "";
    for (const [, language, code = "", prose] of beginning.matchAll(PARTS)) {
      if (prose !== undefined) file = [...prose.matchAll(FILE)].at(-1)?.[1] ?? file;
      else if (language !== "sh") await this.#saves(file, code);
      else for (const command of code.trim().split("\n")) await this.#does(command);
    }
    return this.#folder;
  }

  /** @param {string} command */
  async #does(command) {
    const { running, lasting, repository } = this.#circumstances;
    const [, folder] = /^cd (.+)$/.exec(command) ?? [];
    if (running.test(command)) return;
    if (folder) this.#folder = join(this.#folder, folder);
    else if (lasting.test(command)) this.programs.push(new Program(this.#spawn(command)));
    else if (command.startsWith("make ")) await this.#makes(command, repository);
    else await this.runs(command);
  }

  /**
   * @param {string} command
   * @param {string} repository
   */
  async #makes(command, repository) {
    const making = made.get(command) ?? this.runs(command, repository);
    made.set(command, making);
    await making;
  }

  /**
   * @param {string} command
   * @param {string} [folder]
   * @returns {Promise<string>} what it printed
   */
  async runs(command, folder = this.#folder) {
    const child = this.#spawn(command, folder);
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
    const [code] = await once(child, "close");
    if (code === 0) return said;
    const hint = "It may need a package registry that is not reached.";
    throw new Error(`"${command}" failed in ${folder}. ${hint}\n${said}`);
  }

  async ends() {
    await Promise.all(this.programs.map((program) => program.ends()));
  }

  /**
   * @param {string} file
   * @param {string} code
   */
  async #saves(file, code) {
    const path = join(this.#folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, this.#replaced(code));
  }

  /**
   * @param {string} command
   * @param {string} [cwd]
   */
  #spawn(command, cwd = this.#folder) {
    const { path } = this.#circumstances;
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !NOT_A_READERS.test(name)),
    );
    if (path) env["PATH"] = `${path}:${env["PATH"]}`;
    // A group of its own, so that what the shell starts can be ended with it.
    const options = { cwd, env, detached: true };
    return spawn("sh", ["-c", this.#replaced(command)], { ...options, stdio: STREAMS });
  }

  /** @param {string} text */
  #replaced(text) {
    const { instead } = this.#circumstances;
    return instead.reduce((all, [before, after]) => all.replaceAll(before, after), text);
  }
}
