/** @import { ErrorCode } from "./types.js" */

/** Why something failed: branch on the `code`. */
export class ParleyError extends Error {
  /**
   * @param {ErrorCode} code
   * @param {string} message
   * @param {{ data?: any, cause?: unknown }} [details]
   */
  constructor(code, message, { data, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "ParleyError";
    /** What to branch on. A code is never renamed. */
    this.code = code;
    /** What the service added: the `field` at fault, a `reference` into its log. */
    this.data = data;
  }

  /** After how long it may be tried again, where the service said so. */
  get retryAfterSeconds() {
    const seconds = this.data?.retryAfterSeconds;
    return typeof seconds === "number" ? seconds : undefined;
  }
}

/**
 * The error that an `error` or `auth_error` frame reports.
 * @param {import("./types.js").Frame} frame
 */
export function errorOf(frame) {
  const code = /** @type {ErrorCode} */ (typeof frame.code === "string" ? frame.code : "internal");
  return new ParleyError(code, frame.message || code, { data: frame.data });
}

/**
 * What helps against a failure: `resume` once the connection or the session is back, `wait` and
 * try again, or nothing: `give_up`.
 * @param {unknown} error
 * @returns {"resume" | "wait" | "give_up"}
 */
export function retryStrategy(error) {
  switch (error instanceof ParleyError ? error.code : undefined) {
    case "disconnected":
    case "timeout":
      return "resume";
    case "internal":
    case "rate_limited":
    // After these two the session is renewed first; waiting as well keeps a service that cannot
    // make up its mind from being asked in a circle.
    case "auth_expired":
    case "not_authenticated":
      return "wait";
    default:
      return "give_up";
  }
}
