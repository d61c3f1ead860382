import { ParleyError } from "./errors.js";

/** @import { Core } from "./core.js" */
/** @import { Feeds } from "./feeds.js" */

/** Until the service says otherwise in `connected`. */
const SECONDS = 30;
/** Without an answer, though something else came: the connection may only be slow. */
const MISSES = 2;
/** No more than so many heartbeats are sent at once when a connection begins. */
const SWEEP = 5;

/**
 * Keeps the connection from being idle, notices when it is dead, and learns which conversations
 * have moved on without us.
 */
export class Heartbeat {
  #seconds = SECONDS;
  /** @type {unknown} */
  #timer;
  #beating = false;
  #heard = false;
  #missed = 0;
  #core;
  #feeds;

  /**
   * @param {Core} core
   * @param {Feeds} feeds
   */
  constructor(core, feeds) {
    this.#core = core;
    this.#feeds = feeds;
  }

  /** @param {number} seconds */
  every(seconds) {
    if (seconds > 0) this.#seconds = seconds;
  }

  /** Asks about all positions at once: pushes may have been missed since the last connection. */
  async start() {
    this.#missed = 0;
    this.#schedule();
    for (let round = Math.min(SWEEP, this.#feeds.rounds); round > 0; round--) await this.beat();
  }

  stop() {
    this.#core.clock.clearTimeout(this.#timer);
  }

  /** Something arrived: the connection is not dead. */
  heard() {
    this.#heard = true;
  }

  /** Asks now, unless an answer is awaited already. */
  async beat() {
    if (this.#beating || this.#core.state !== "online") return;
    this.#beating = true;
    this.#heard = false;
    try {
      await this.#ask();
      this.#missed = 0;
    } catch (error) {
      this.#unanswered(error);
    } finally {
      this.#beating = false;
    }
  }

  async #ask() {
    const positions = this.#feeds.positions();
    const data = Object.keys(positions).length ? { data: { positions } } : {};
    const timeout = this.#core.timing.heartbeat;
    const answer = await this.#core.ask({ type: "heartbeat", ...data }, { timeout });
    this.#feeds.behind(answer.data?.behind ?? {});
  }

  /** @param {unknown} error an answer all the same, unless it is silence */
  #unanswered(error) {
    if (!(error instanceof ParleyError) || error.code !== "timeout") return;
    const dead = !this.#heard || ++this.#missed >= MISSES;
    if (dead) this.#core.connection.drop();
  }

  #schedule() {
    this.stop();
    this.#timer = this.#core.clock.setTimeout(() => {
      this.beat();
      this.#schedule();
    }, this.#seconds * 1000);
  }
}
