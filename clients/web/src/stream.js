import { Sequence } from "./sequence.js";

/** @import { Clock, Message, Page } from "./types.js" */

const PAGE = 100;

/**
 * Delivers the messages of one conversation to the application: from its start on all of them, in
 * order and once. If pushes leave a gap, it requests what is missing. It starts where `begin` says,
 * or else with the first message that is pushed.
 */
export class ConversationStream {
  /** @type {Sequence | null} */
  #sequence = null;
  /** @type {Message[]} pushed before the start is known */
  #early = [];
  /** @type {Promise<Page> | null} the newest page, which sets the start */
  #opening = null;
  /** @type {unknown} */
  #timer = null;
  #filling = false;
  #again = false;
  #upTo = 0;

  /**
   * @param {{
   *   history: (range: Record<string, number>, signal?: AbortSignal) => Promise<Page>,
   *   deliver: (message: Message) => void,
   *   onFailed: (error: unknown) => void,
   *   clock: Clock,
   *   gapMs: number,
   * }} options `onFailed`: missing messages could not be loaded
   */
  constructor(options) {
    this.#options = options;
  }
  #options;

  /** Undefined until the stream has begun. */
  get position() {
    return this.#sequence?.position;
  }

  /** @param {Message} message */
  push(message) {
    if (this.#opening && !this.#sequence) return void this.#early.push(message);
    this.begin(message.seq - 1);
    this.#take([message]);
  }

  /**
   * Messages up to this number are the past: `history` has them. Without effect once begun.
   * @param {number} after
   */
  begin(after) {
    if (this.#sequence) return;
    this.#sequence = new Sequence(after);
    this.#take(this.#early.splice(0));
  }

  /**
   * The page that ends where this stream continues.
   * @param {number} limit
   * @param {AbortSignal} [signal]
   * @returns {Promise<Page>}
   */
  async newest(limit, signal) {
    if (this.#opening) await this.#opening.catch(() => null);
    if (this.#sequence) return this.before(this.#sequence.delivered + 1, limit, signal);
    try {
      this.#opening = this.#options.history({ limit }, signal);
      const page = await this.#opening;
      // Begun elsewhere meanwhile: then this page may end before that beginning.
      if (this.#sequence) return this.newest(limit, signal);
      this.begin(page.messages.at(-1)?.seq ?? 0);
      return page;
    } finally {
      this.#opening = null;
      if (this.#early.length) this.begin(Math.min(...this.#early.map(({ seq }) => seq)) - 1);
    }
  }

  /**
   * The page before a number.
   * @param {number} before
   * @param {number} limit
   * @param {AbortSignal} [signal]
   * @returns {Promise<Page>}
   */
  async before(before, limit, signal) {
    if (before <= 1) return { messages: [], hasMore: false };
    return this.#options.history({ before_seq: before, limit }, signal);
  }

  /**
   * Asks for everything after the position; to be called when pushes may have been missed.
   * @param {number} [upTo] the highest number that the service has assigned
   */
  async catchUp(upTo = 0) {
    const sequence = this.#sequence;
    if (!sequence || (upTo > 0 && upTo <= sequence.position)) return;
    this.#upTo = Math.max(this.#upTo, upTo);
    this.#again = true;
    if (this.#filling) return;
    this.#filling = true;
    try {
      while (this.#again) await this.#fill(sequence);
    } catch (error) {
      this.#options.onFailed(error);
    } finally {
      this.#filling = false;
    }
  }

  /** Delivers nothing more. */
  stop() {
    this.#options.clock.clearTimeout(this.#timer);
    this.#sequence = null;
    this.#early = [];
  }

  /** @param {Message[]} messages */
  #take(messages) {
    this.#deliver(this.#sequence?.add(messages) ?? []);
    this.#watchGap();
  }

  /** @param {Sequence} sequence */
  async #fill(sequence) {
    this.#again = false;
    // Taken before the request: a number assigned later may not be stored when the reply is made.
    const upTo = Math.max(this.#upTo, sequence.beyondGap);
    const { messages, hasMore } = await this.#options.history({
      after_seq: sequence.position,
      limit: PAGE,
    });
    const last = messages.at(-1)?.seq ?? 0;
    // An empty page with `hasMore` leads nowhere: it counts as the last.
    const more = hasMore && last > sequence.position;
    if (sequence !== this.#sequence) return;
    this.#deliver(sequence.add(messages));
    this.#deliver(sequence.settle(more ? last : Math.max(last, upTo)));
    this.#again ||= more;
  }

  /** @param {Message[]} messages */
  #deliver(messages) {
    for (const message of messages) this.#options.deliver(message);
  }

  /** Pushes overtake each other: what looks like a gap is mostly closed a moment later. */
  #watchGap() {
    const { clock, gapMs } = this.#options;
    if (!this.#sequence?.beyondGap || this.#timer !== null) return;
    this.#timer = clock.setTimeout(() => {
      this.#timer = null;
      if (this.#sequence?.beyondGap) this.catchUp();
    }, gapMs);
  }
}
