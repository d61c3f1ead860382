import { Sequence } from "./sequence.js";

/** @import { Clock, Message, Page } from "./types.js" */

const PAGE = 100;

/**
 * The messages of one conversation on their way to the application. Where pushes leave a gap it
 * asks for what is missing, so that from its beginning on it hands over all of them, in order and
 * once. It begins where it is told to, or else with the first message that is pushed.
 */
export class Feed {
  /** @type {Sequence | null} */
  #sequence = null;
  /** @type {Message[]} pushed before it is known where to begin */
  #early = [];
  /** @type {Promise<Page> | null} the newest page, from which it will be known */
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
   * }} options `onFailed` hears why what is missing could not be had
   */
  constructor(options) {
    this.#options = options;
  }
  #options;

  /** Undefined until the feed has begun. */
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
   * The page that ends where this feed goes on.
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
   * @param {number} [upTo] the service has given out numbers up to this one
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

  /** Hands over nothing more. */
  stop() {
    this.#options.clock.clearTimeout(this.#timer);
    this.#sequence = null;
    this.#early = [];
  }

  /** @param {Message[]} messages */
  #take(messages) {
    this.#hand(this.#sequence?.add(messages) ?? []);
    this.#watchGap();
  }

  /** @param {Sequence} sequence */
  async #fill(sequence) {
    this.#again = false;
    // Taken before asking: a number given out later may not be stored when the answer is made.
    const upTo = Math.max(this.#upTo, sequence.beyondGap);
    const { messages, hasMore } = await this.#options.history({
      after_seq: sequence.position,
      limit: PAGE,
    });
    const last = messages.at(-1)?.seq ?? 0;
    // A page that is empty and yet not the last leads nowhere: it is taken for the last.
    const more = hasMore && last > sequence.position;
    if (sequence !== this.#sequence) return;
    this.#hand(sequence.add(messages));
    this.#hand(sequence.settle(more ? last : Math.max(last, upTo)));
    this.#again ||= more;
  }

  /** @param {Message[]} messages */
  #hand(messages) {
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
