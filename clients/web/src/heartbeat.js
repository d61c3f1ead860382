import { ParleyError } from "./errors.js";

/** @import { Core } from "./core.js" */
/** @import { Feeds } from "./feeds.js" */

/** Until the service says otherwise in `connected`. */
const SECONDS = 30;
/** Without an answer, though something else came: the connection may only be slow. */
const MISSES = 2;
/** How many conversations one frame may name. */
const POSITIONS = 100;

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

  /** Asks at once where there is something to ask about: pushes may have been missed. */
  start() {
    this.#missed = 0;
    this.#schedule();
    if (this.#frames().length > 0) this.beat();
  }

  stop() {
    this.#core.clock.clearTimeout(this.#timer);
  }

  /** Something arrived: the connection is not dead. */
  heard() {
    this.#heard = true;
  }

  /** Asks now about all conversations, unless answers are awaited already. */
  async beat() {
    if (this.#beating || this.#core.state !== "online") return;
    this.#beating = true;
    this.#heard = false;
    const frames = this.#frames();
    const answers = await Promise.all((frames.length ? frames : [{}]).map(this.#ask, this));
    this.#beating = false;
    if (answers.includes(true)) this.#missed = 0;
    else this.#silence();
  }

  /** As many as it takes to name every conversation. */
  #frames() {
    const all = Object.entries(this.#feeds.positions());
    const frames = [];
    while (all.length > 0) {
      frames.push({ data: { positions: Object.fromEntries(all.splice(0, POSITIONS)) } });
    }
    return frames;
  }

  /**
   * @param {object} data
   * @returns whether it met anything else than silence
   */
  async #ask(data) {
    const timeout = this.#core.timing.heartbeat;
    try {
      const answer = await this.#core.ask({ type: "heartbeat", ...data }, { timeout });
      this.#feeds.behind(answer.data?.behind ?? {});
      return true;
    } catch (error) {
      return !(error instanceof ParleyError && error.code === "timeout");
    }
  }

  #silence() {
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
