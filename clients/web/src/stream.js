import { changesOf, withFrame } from "./changes.js";
import { Sequence } from "./sequence.js";

/** @import { Clock } from "./options.js" */
/** @import { Numbered, HistoryPage } from "./types.js" */

const PAGE = 100;

/**
 * Delivers the messages and changes of one conversation to the application: from its start on all
 * of them, in the order of their numbers and once. If pushes leave a gap, it requests what is
 * missing. It starts where `begin` says, or else with the first push.
 */
export class ConversationStream {
  /** @type {Sequence | null} */
  #sequence = null;
  /** @type {Numbered[]} pushed before the start is known */
  #early = [];
  /** @type {Promise<HistoryPage> | null} the newest page, which sets the start */
  #opening = null;
  /** @type {unknown} */
  #timer = null;
  #filling = false;
  #again = false;
  #upTo = 0;

  /**
   * @param {{
   *   history: (range: Record<string, number>, signal?: AbortSignal) => Promise<HistoryPage>,
   *   hasChanges: () => boolean,
   *   deliver: (frame: Numbered) => void,
   *   onFailed: (error: unknown) => void,
   *   clock: Clock,
   *   gapMs: number,
   * }} options `hasChanges`: the service is known to number changes too. `onFailed`: what is
   *   missing could not be loaded
   */
  constructor(options) {
    this.#options = options;
  }
  #options;

  /** Whether changes may have been passed over that the service has by now. */
  get hasDoubts() {
    return this.#sequence?.firstDoubt !== undefined;
  }

  /** Undefined until the stream has begun. */
  get position() {
    return this.#sequence?.position;
  }

  /** @param {Numbered} frame */
  push(frame) {
    if (this.#opening && !this.#sequence) return void this.#early.push(frame);
    this.begin(frame.data.seq - 1);
    this.#take([frame]);
  }

  /**
   * What has a number up to this one is the past: `history` has it. Without effect once begun.
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
   * @returns {Promise<HistoryPage>}
   */
  async newest(limit, signal) {
    if (this.#opening) await this.#opening.catch(() => null);
    if (this.#sequence) return this.before(this.#sequence.delivered + 1, limit, signal);
    try {
      this.#opening = this.#options.history({ limit }, signal);
      const page = await this.#opening;
      // Begun elsewhere meanwhile: then this page may end before that beginning.
      if (this.#sequence) return this.newest(limit, signal);
      this.begin(page.upTo ?? page.messages.at(-1)?.seq ?? 0);
      return page;
    } finally {
      this.#opening = null;
      if (this.#early.length) this.begin(Math.min(...this.#early.map(({ data }) => data.seq)) - 1);
    }
  }

  /**
   * The page before a number.
   * @param {number} before
   * @param {number} limit
   * @param {AbortSignal} [signal]
   * @returns {Promise<HistoryPage>}
   */
  async before(before, limit, signal) {
    if (before <= 1) return { messages: [], changes: [], hasMore: false };
    return this.#options.history({ beforeSeq: before, limit }, signal);
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

  /** @param {Numbered[]} frames */
  #take(frames) {
    this.#deliver(this.#sequence?.add(frames) ?? []);
    this.#watchGap();
  }

  /** @param {Sequence} sequence */
  async #fill(sequence) {
    this.#again = false;
    const { position, beyondGap, firstDoubt } = sequence;
    const after = (this.#options.hasChanges() ? firstDoubt : undefined) ?? position;
    // Taken before the request: a number assigned later may not be stored when the reply is made.
    const asked = Math.max(this.#upTo, beyondGap);
    const page = await this.#options.history({ afterSeq: after, limit: PAGE });
    if (sequence !== this.#sequence) return;
    this.#deliver(sequence.add(framesOf(page, sequence.delivered)));
    if (page.upTo !== undefined) this.#deliver(sequence.settle(after, page.upTo));
    else if (!this.#options.hasChanges()) this.#deliver(sequence.passOver(endOf(page, asked)));
    // A page with `hasMore` that leads nowhere counts as the last.
    const last = Math.min(page.messages.at(-1)?.seq ?? 0, sequence.position);
    this.#again ||= page.hasMore && (page.upTo ?? last) > after;
  }

  /** @param {Numbered[]} frames the next ones in order */
  #deliver(frames) {
    frames.forEach((frame, index) => {
      const known = [...frames.slice(index + 1), ...(this.#sequence?.held ?? [])];
      this.#options.deliver(withKnownChanges(frame, known));
    });
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

/**
 * Up to where a page of a service without changes counts. A service with changes says so itself:
 * a page of one that does not comes from a function that is not updated yet, and counts for nothing.
 * @param {HistoryPage} page
 * @param {number} asked the highest number known when it was asked for
 */
function endOf({ messages, hasMore }, asked) {
  const last = messages.at(-1)?.seq ?? 0;
  return hasMore && last > 0 ? last : Math.max(last, asked);
}

/**
 * A page does not have the changes of its own messages, but the messages as they are. Those that
 * were pushed and delivered before the page came may have been older: they have changed.
 * @param {HistoryPage} page
 * @param {number} delivered
 * @returns {Numbered[]}
 */
function framesOf({ messages, changes }, delivered) {
  const frames = messages.map((data) => ({ type: "chat_message", data }));
  const overtaken = messages.filter(({ seq }) => seq <= delivered);
  return [...frames, ...changes, ...overtaken.flatMap(changesOf)];
}

/**
 * The message as it is, so that nothing is shown that a deletion has removed since.
 * @param {Numbered} frame
 * @param {Numbered[]} later
 * @returns {Numbered}
 */
function withKnownChanges(frame, later) {
  if (frame.type !== "chat_message") return frame;
  return { ...frame, data: later.reduce(withFrame, /** @type {any} */ (frame.data)) };
}
