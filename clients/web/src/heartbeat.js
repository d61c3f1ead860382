import { ParleyError } from "./errors.js";

/** @import { Session } from "./session.js" */
/** @import { ConversationStreams } from "./streams.js" */

/** Until the service says otherwise in `connected`. */
const SECONDS = 30;
/** Heartbeats without an answer, while other frames arrive, before a slow connection counts as dead. */
const MISSES = 2;
/** How many conversations one frame may name. */
const POSITIONS = 100;

/**
 * Keeps the connection from being idle, notices when it is dead, and learns which conversations are
 * behind.
 */
export class Heartbeat {
  #seconds = SECONDS;
  /** @type {unknown} */
  #timer;
  #beating = false;
  #hasActivity = false;
  #missed = 0;
  /** The service's number of the last change of the user's list of conversations. */
  #inbox = 0;
  #session;
  #streams;

  /**
   * @param {Session} session
   * @param {ConversationStreams} streams
   */
  constructor(session, streams) {
    this.#session = session;
    this.#streams = streams;
  }

  /** @param {number} seconds */
  setInterval(seconds) {
    if (seconds > 0) this.#seconds = seconds;
  }

  /** Sends a heartbeat at once if there are positions to ask about: pushes may have been lost. */
  start() {
    this.#missed = 0;
    this.#schedule();
    if (Object.keys(this.#streams.positions()).length > 0) this.beat();
  }

  /** The number is another user's. */
  forgetUser() {
    this.#inbox = 0;
  }

  stop() {
    this.#session.clock.clearTimeout(this.#timer);
  }

  /** Something arrived: the connection is not dead. */
  markActivity() {
    this.#hasActivity = true;
  }

  /** Asks now about all conversations, unless answers are awaited already. */
  async beat() {
    if (this.#beating || this.#session.state !== "online") return;
    this.#beating = true;
    this.#hasActivity = false;
    const frames = this.#frames();
    const answers = await Promise.all(frames.map(this.#ask, this));
    this.#beating = false;
    if (answers.includes(true)) this.#missed = 0;
    else this.#onTimeout();
  }

  /** As many as it takes to name every conversation; the first asks about their list, too. */
  #frames() {
    const all = Object.entries(this.#streams.positions());
    const frames = [];
    do frames.push({ positions: Object.fromEntries(all.splice(0, POSITIONS)) });
    while (all.length > 0);
    return frames.map((data, index) => (index === 0 ? { ...data, inbox: this.#inbox } : data));
  }

  /**
   * @param {object} data
   * @returns {Promise<boolean>} false if no answer came
   */
  async #ask(data) {
    const timeout = this.#session.timing.heartbeat;
    try {
      const answer = await this.#session.request({ type: "heartbeat", data }, { timeout });
      this.#streams.behind(answer.data?.behind ?? {});
      this.#noteInbox(answer.data?.inbox);
      return true;
    } catch (error) {
      return !(error instanceof ParleyError && error.code === "timeout");
    }
  }

  /** @param {number | undefined} inbox absent if the list is as it was */
  #noteInbox(inbox) {
    if (inbox === undefined || inbox === this.#inbox) return;
    this.#inbox = inbox;
    this.#session.events.emit("conversations_changed", { inbox });
  }

  #onTimeout() {
    const dead = !this.#hasActivity || ++this.#missed >= MISSES;
    if (dead) this.#session.connection.drop();
  }

  #schedule() {
    this.stop();
    this.#timer = this.#session.clock.setTimeout(() => {
      this.beat();
      this.#schedule();
    }, this.#seconds * 1000);
  }
}
