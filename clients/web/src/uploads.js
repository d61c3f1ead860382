import { backoff } from "./backoff.js";
import { ParleyError } from "./errors.js";
import { wellFormed } from "./frames.js";
import { post } from "./posting.js";
import { cancellable, sleep } from "./waiting.js";

/** @import { UploadOptions, UploadRequestClass } from "./options.js" */
/** @import { Attachment, Frame } from "./types.js" */
/** @import { PostTarget } from "./posting.js" */
/** @import { Session } from "./session.js" */

/**
 * Browsers make six connections to one host. An upload that waits for one of them would look as if
 * it made no progress.
 */
const AT_ONCE = 3;
/** What the service takes for the name of a file, before it cleans it. */
const NAME_LENGTH = 1_000;
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/;
/** So often a file is posted before it counts as failed. */
const ATTEMPTS = 6;

/** @typedef {PostTarget & { attachmentId: string, since: number }} UploadTarget */

/** Uploads of files, a few at a time. Each file is posted until the file store has it. */
export class Uploads {
  #running = 0;
  /** @type {Set<(value: void) => void>} */
  #waiting = new Set();
  /** @type {Set<AbortController>} */
  #stops = new Set();
  #session;
  #XMLHttpRequest;

  /**
   * @param {Session} session
   * @param {UploadRequestClass | undefined} XMLHttpRequest
   */
  constructor(session, XMLHttpRequest) {
    this.#session = session;
    this.#XMLHttpRequest = XMLHttpRequest;
  }

  /**
   * @param {string} conversationId
   * @param {Blob & { name?: string }} file
   * @param {UploadOptions} [options]
   * @returns {Promise<Attachment>}
   */
  async upload(conversationId, file, { signal, name = file.name, onProgress = () => {} } = {}) {
    signal?.throwIfAborted();
    const data = detailsOf(file, name);
    const stop = new AbortController();
    const abort = () => stop.abort(signal?.reason);
    signal?.addEventListener("abort", abort);
    this.#stops.add(stop);
    try {
      const frame = { type: "request_upload", conversationId, data };
      const deliver = () => this.#deliver(frame, file, onProgress, stop.signal);
      return { attachmentId: await this.#inTurn(stop.signal, deliver), ...data };
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#stops.delete(stop);
    }
  }

  /** @param {Error} error */
  forgetAll(error) {
    for (const stop of [...this.#stops]) stop.abort(error);
  }

  /**
   * @template Outcome
   * @param {AbortSignal} signal
   * @param {() => Promise<Outcome>} run
   */
  async #inTurn(signal, run) {
    if (this.#running < AT_ONCE) this.#running++;
    else await this.#turn(signal);
    try {
      return await run();
    } finally {
      const [next] = this.#waiting;
      if (next) next();
      else this.#running--;
    }
  }

  /** @param {AbortSignal} signal */
  #turn(signal) {
    return cancellable(signal, (resolve) => {
      this.#waiting.add(resolve);
      return () => this.#waiting.delete(resolve);
    });
  }

  /**
   * An answer that was lost leaves the file stored. Posted again to the same place, it is there once.
   * @param {Frame} frame
   * @param {Blob} file
   * @param {(share: number) => void} onProgress
   * @param {AbortSignal} signal
   * @returns {Promise<string>} the attachment's id
   */
  async #deliver(frame, file, onProgress, signal) {
    const { clock, random, timing } = this.#session;
    /** @type {UploadTarget | null} */
    let target = null;
    for (let attempt = 1; ; attempt++) {
      target = await this.#freshTarget(target, frame, signal);
      const status = await this.#attempt(target, file, onProgress, signal);
      if (status >= 200 && status < 300) return target.attachmentId;
      if (attempt >= ATTEMPTS || isFinal(status)) throw failedError(status);
      if (status === EXPIRED) target = null;
      await sleep(clock, backoff(attempt, random, timing), signal);
    }
  }

  /**
   * @param {UploadTarget | null} target
   * @param {Frame} frame
   * @param {AbortSignal} signal
   * @returns {Promise<UploadTarget>}
   */
  async #freshTarget(target, frame, signal) {
    const { clock, timing, durableGate } = this.#session;
    await durableGate.pass(signal);
    if (target && clock.monotonic() - target.since < timing.uploadTarget) return target;
    let since = 0;
    const request = () => {
      since = clock.monotonic();
      return frame;
    };
    const { data } = await this.#session.call(request, { signal, durable: true });
    return { ...data, since };
  }

  /**
   * @param {UploadTarget} target
   * @param {Blob} file
   * @param {(share: number) => void} onProgress
   * @param {AbortSignal} signal
   * @returns the HTTP status; `NO_ANSWER` if none came
   */
  async #attempt(target, file, onProgress, signal) {
    const { clock, timing } = this.#session;
    const XMLHttpRequest = this.#XMLHttpRequest;
    onProgress(0);
    try {
      return await post(target, file, { XMLHttpRequest, clock, timing, onProgress, signal });
    } catch (error) {
      if (error instanceof ParleyError && error.code === "disconnected") return NO_ANSWER;
      throw error;
    }
  }
}

const NO_ANSWER = 0;
/** S3 no longer accepts the signature, or the clocks disagree. */
const EXPIRED = 403;
/** Rejections that may pass: a time-out, too many requests. */
const MAY_PASS = new Set([EXPIRED, 408, 429]);

/** @param {number} status */
function isFinal(status) {
  return status >= 300 && status < 500 && !MAY_PASS.has(status);
}

/**
 * @param {Blob} file
 * @param {string} [name]
 */
function detailsOf(file, name = "file") {
  if (file.size === 0) {
    throw new ParleyError("bad_request", "The file is empty.", { data: { field: "data.size" } });
  }
  return { name: nameOf(name), size: file.size, mediaType: mediaTypeOf(file) };
}

/**
 * The end of a name tells what the file is, so a name that is too long loses its beginning.
 * @param {string} name
 */
function nameOf(name) {
  return wellFormed(name.slice(-NAME_LENGTH)) || "file";
}

/** @param {Blob} file */
function mediaTypeOf({ type }) {
  const [essence = ""] = type.toLowerCase().split(";");
  return MEDIA_TYPE.test(essence) ? essence : "application/octet-stream";
}

/** @param {number} status */
function failedError(status) {
  const message = status
    ? "The file store did not accept the file."
    : "The connection to the file store broke off each time.";
  return new ParleyError("upload_failed", message, { data: { status } });
}
