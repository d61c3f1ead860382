/**
 * Why something failed, by code: the service's codes (section 6 and the `auth_error`s of section 2
 * of the protocol), which may grow, and those the client adds:
 *
 * - `closed`: the client was closed
 * - `signed_out`: the session was ended, so what was waiting will not be sent
 * - `superseded`: a later `authenticate` took the place of this one
 * - `timeout`: no answer came, though it was asked for many times; asking again does no harm
 * - `outcome_unknown`: it may or may not have happened, and asking again could do it twice
 * - `upload_failed`: the file store did not take the file, with its HTTP `status` in `data`; 0 if the
 *   connection broke off each time
 * - `no_attachment`: there is no such file, or no longer
 */
export class ParleyError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{ data?: any, cause?: unknown }} [details]
   */
  constructor(code, message, { data, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "ParleyError";
    /** What to branch on; never renamed. */
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
  const code = typeof frame.code === "string" ? frame.code : "internal";
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
