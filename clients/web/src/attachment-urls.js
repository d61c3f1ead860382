import { ParleyError } from "./errors.js";
import { cancellable, sleep } from "./waiting.js";

/** @import { Abortable } from "./options.js" */
/** @import { Session } from "./session.js" */

/** One request names so many attachments at most. */
const MOST = 50;

/** @typedef {{ url: string, until: number }} Known */

/**
 * @typedef {{
 *   ids: Set<string>,
 *   answer: Promise<Map<string, Known>>,
 * }} Batch
 */

/**
 * The URLs at which files can be had. They expire, so each is kept until shortly before. Those that
 * are wanted at one time are asked for together.
 */
export class AttachmentUrls {
  /** @type {Map<string, Known>} by `keyOf` */
  #known = new Map();
  /** @type {Map<string, Batch>} by conversation, those that more can be added to */
  #batches = new Map();
  #stop = new AbortController();
  #session;

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
  }

  /**
   * @param {string} conversationId
   * @param {string} attachmentId
   * @param {Abortable & { renew?: boolean }} [options]
   * @returns {Promise<string>}
   */
  async get(conversationId, attachmentId, options) {
    return (await this.#find(conversationId, attachmentId, options)).url;
  }

  /**
   * @param {string} conversationId
   * @param {string} attachmentId
   * @param {(url: string) => void} onUrl
   * @param {(error: unknown) => void} onFailed
   * @returns {() => void} ends it
   */
  watch(conversationId, attachmentId, onUrl, onFailed) {
    const stop = new AbortController();
    const { signal } = stop;
    this.#follow(conversationId, attachmentId, onUrl, signal).catch((error) => {
      if (!signal.aborted) onFailed(error);
    });
    return () => stop.abort();
  }

  /** They were another user's. */
  forgetAll() {
    this.#stop.abort(new ParleyError("signed_out", "The session was ended."));
    this.#stop = new AbortController();
    this.#known.clear();
    this.#batches.clear();
  }

  /**
   * @param {string} conversationId
   * @param {string} attachmentId
   * @param {(url: string) => void} onUrl
   * @param {AbortSignal} signal
   */
  async #follow(conversationId, attachmentId, onUrl, signal) {
    const { clock } = this.#session;
    while (!signal.aborted) {
      const { url, until } = await this.#find(conversationId, attachmentId, { signal });
      onUrl(url);
      await sleep(clock, until - clock.monotonic(), signal);
    }
  }

  /**
   * @param {string} conversationId
   * @param {string} attachmentId
   * @param {Abortable & { renew?: boolean }} [options]
   * @returns {Promise<Known>}
   */
  async #find(conversationId, attachmentId, { renew = false, signal } = {}) {
    signal?.throwIfAborted();
    const known = this.#known.get(keyOf(conversationId, attachmentId));
    if (known && !renew && known.until > this.#session.clock.monotonic()) return known;
    const { answer } = this.#join(conversationId, attachmentId);
    const found = await cancellable(signal, (resolve, reject) => {
      answer.then((all) => resolve(all.get(attachmentId)), reject);
      return () => {};
    });
    if (found) return found;
    throw new ParleyError("no_attachment", "The file is no longer there.");
  }

  /**
   * @param {string} conversationId
   * @param {string} attachmentId
   */
  #join(conversationId, attachmentId) {
    const open = this.#batches.get(conversationId);
    const batch = open && open.ids.size < MOST ? open : this.#begin(conversationId);
    batch.ids.add(attachmentId);
    return batch;
  }

  /** @param {string} conversationId */
  #begin(conversationId) {
    const ids = /** @type {Set<string>} */ (new Set());
    const batch = { ids, answer: this.#ask(conversationId, ids) };
    this.#batches.set(conversationId, batch);
    return batch;
  }

  /**
   * @param {string} conversationId
   * @param {Set<string>} ids those that are in it when it is sent
   * @returns {Promise<Map<string, Known>>}
   */
  async #ask(conversationId, ids) {
    const { clock, timing } = this.#session;
    const { signal } = this.#stop;
    await sleep(clock, timing.batch, signal);
    if (this.#batches.get(conversationId)?.ids === ids) this.#batches.delete(conversationId);
    const found = new Map();
    for (let isMissing = true; isMissing;) {
      const missing = [...ids].filter((id) => !found.has(id));
      const { items, hasMore } = await this.#request(conversationId, missing, signal);
      for (const [id, known] of items) found.set(id, known);
      isMissing = hasMore && items.size > 0;
    }
    return found;
  }

  /**
   * @param {string} conversationId
   * @param {string[]} attachmentIds
   * @param {AbortSignal} signal
   */
  async #request(conversationId, attachmentIds, signal) {
    const { clock } = this.#session;
    let since = 0;
    const frame = () => {
      since = clock.monotonic();
      return { type: "get_attachments", conversationId, data: { attachmentIds } };
    };
    const { data } = await this.#session.call(frame, { signal });
    const items = this.#note(conversationId, data.items, since);
    return { items, hasMore: Boolean(data.hasMore) };
  }

  /**
   * @param {string} conversationId
   * @param {{ attachmentId: string, url: string, expiresAt: string }[]} items
   * @param {number} since when they were asked for
   */
  #note(conversationId, items, since) {
    const now = this.#session.clock.monotonic();
    for (const [key, { until }] of this.#known) if (until <= now) this.#known.delete(key);
    const found = new Map();
    for (const { attachmentId, url, expiresAt } of items) {
      const known = { url, until: since + this.#lifetime(expiresAt) };
      this.#known.set(keyOf(conversationId, attachmentId), known);
      found.set(attachmentId, known);
    }
    return found;
  }

  /**
   * How long a URL is used. The time of day may be set wrong here, so it is only believed within
   * reason.
   * @param {string} expiresAt
   */
  #lifetime(expiresAt) {
    const { clock, timing } = this.#session;
    const { urlMargin, urlLeast, urlMost } = timing;
    const left = Date.parse(expiresAt) - clock.now() - urlMargin;
    return Math.max(urlLeast, Math.min(left || 0, urlMost));
  }
}

/**
 * @param {string} conversationId
 * @param {string} attachmentId
 */
function keyOf(conversationId, attachmentId) {
  return JSON.stringify([conversationId, attachmentId]);
}
