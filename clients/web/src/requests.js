import { ParleyError, errorOf } from "./errors.js";
import { encode } from "./frames.js";
import { cancellable } from "./waiting.js";

/** @import { Clock } from "./options.js" */
/** @import { Frame } from "./types.js" */
/** @import { Timing } from "./timing.js" */

/**
 * @typedef {{
 *   type: string | undefined,
 *   resolve: (frame: Frame) => void,
 *   reject: (error: unknown) => void,
 *   expireIn: (ms: number) => void,
 *   stop: () => void,
 * }} Pending
 */

/** Requests that get exactly one reply, matched by `requestId`. */
export class Requests {
  /** @type {Map<string, Pending>} */
  #pending = new Map();
  #last = 0;
  /** Until then an error may be for a frame that asked for no reply. */
  #notifiedUntil = -Infinity;

  /**
   * @param {{
   *   transmit: (text: string) => boolean,
   *   clock: Clock,
   *   timing: Timing,
   *   onTimeout: () => void,
   * }} options `onTimeout`: a reply did not come in time
   */
  constructor(options) {
    this.#options = options;
  }
  #options;

  /** The number of the latest request: they rise. */
  get last() {
    return this.#last;
  }

  /**
   * The answer to the frame; an `error` or `auth_error` rejects, and so does silence.
   * @param {Frame} frame
   * @param {{ signal?: AbortSignal | undefined, timeout?: number }} [options]
   * @returns {Promise<Frame>}
   */
  async request(frame, { signal, timeout = this.#options.timing.request } = {}) {
    signal?.throwIfAborted();
    const requestId = String(++this.#last);
    if (!this.#options.transmit(encode({ ...frame, requestId }))) throw disconnected();
    return cancellable(signal, (resolve, reject) => {
      const pending = this.#track(requestId, frame.type, resolve, reject);
      pending.expireIn(timeout);
      return () => this.#forget(requestId);
    });
  }

  /**
   * Sends a frame that asks for no answer.
   * @param {Frame} frame
   */
  notify(frame) {
    const { clock, timing, transmit } = this.#options;
    if (transmit(encode(frame))) this.#notifiedUntil = clock.monotonic() + timing.request;
  }

  /**
   * Hands the frame to the request that it answers.
   * @param {Frame} frame
   */
  answer(frame) {
    const isRefusal = frame.type === "error" || frame.type === "auth_error";
    const isNameless = isRefusal && frame.requestId === undefined && frame.code !== "auth_timeout";
    const pending = isNameless ? this.#only() : this.#pending.get(String(frame.requestId));
    if (isRefusal) pending?.reject(errorOf(frame));
    else pending?.resolve(frame);
  }

  /**
   * Whether a request of this type waits for an answer, and the frame is not that answer.
   * @param {string} type
   * @param {Frame} frame
   */
  awaits(type, { requestId }) {
    return [...this.#pending].some(([id, it]) => it.type === type && id !== String(requestId));
  }

  /**
   * The request that an error without a request id is for; none if it may be for another frame.
   */
  #only() {
    const { clock } = this.#options;
    const isCertain = this.#pending.size === 1 && clock.monotonic() >= this.#notifiedUntil;
    return isCertain ? [...this.#pending.values()][0] : undefined;
  }

  /** The connection is gone, and every answer with it. */
  rejectAll() {
    for (const pending of [...this.#pending.values()]) pending.reject(disconnected());
  }

  /**
   * The gateway reported a failure without a request id: it may be any request, so none waits its
   * full time.
   */
  expediteTimeouts() {
    const { timing } = this.#options;
    for (const pending of this.#pending.values()) pending.expireIn(timing.expeditedRequest);
  }

  /**
   * @param {string} requestId
   * @param {string | undefined} type
   * @param {(frame: Frame) => void} resolve
   * @param {(error: unknown) => void} reject
   */
  #track(requestId, type, resolve, reject) {
    const { clock, onTimeout } = this.#options;
    const expire = () => {
      reject(new ParleyError("timeout", "The service did not answer in time."));
      onTimeout();
    };
    let expiresAt = Infinity;
    /** @type {unknown} */
    let timer;
    const expireIn = (/** @type {number} */ ms) => {
      if (clock.monotonic() + ms >= expiresAt) return;
      clock.clearTimeout(timer);
      expiresAt = clock.monotonic() + ms;
      timer = clock.setTimeout(expire, ms);
    };
    const stop = () => clock.clearTimeout(timer);
    const pending = { type, resolve, reject, expireIn, stop };
    this.#pending.set(requestId, pending);
    return pending;
  }

  /** @param {string} requestId */
  #forget(requestId) {
    this.#pending.get(requestId)?.stop();
    this.#pending.delete(requestId);
  }
}

function disconnected() {
  return new ParleyError("disconnected", "The connection was lost before the answer came.");
}
