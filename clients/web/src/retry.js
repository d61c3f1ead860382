import { backoff } from "./backoff.js";
import { ParleyError, retryStrategy } from "./errors.js";
import { sleep } from "./waiting.js";

/** @import { Clock } from "./options.js" */
/** @import { Timing } from "./timing.js" */
/** @import { Gate } from "./waiting.js" */

/** So often a service may say that it cannot just now, before its word is taken for the outcome. */
const REFUSALS = 5;
/** So often the answer may fail to come on a connection that lives, before none is expected. */
const SILENCES = 20;

/**
 * Asks until there is an outcome: over as many connections as it takes, waiting at the gate while
 * there is none. Only what may happen twice without harm is asked twice.
 * @template Answer
 * @param {(signal: AbortSignal | undefined) => Promise<Answer>} attempt
 * @param {{
 *   gate: Gate,
 *   clock: Clock,
 *   random: () => number,
 *   timing: Timing,
 *   signal?: AbortSignal | undefined,
 *   repeatable?: boolean,
 * }} options
 * @returns {Promise<Answer>}
 */
export async function retry(attempt, options) {
  const { gate, clock, random, timing, signal, repeatable = true } = options;
  for (let refusals = 0, silences = 0; ;) {
    await gate.pass(signal);
    try {
      return await attempt(signal);
    } catch (error) {
      const strategy = retryStrategy(error);
      if (strategy === "give_up") throw error;
      if (strategy === "resume" && !repeatable) throw unknownOutcome(error);
      // A connection on which nothing is answered is ended by its heartbeat: that is no silence.
      silences = isTimeout(error) ? silences + 1 : 0;
      if (silences >= SILENCES) throw error;
      if (strategy === "wait" && ++refusals >= REFUSALS) throw error;
      if (strategy === "wait") await sleep(clock, waitFor(error, refusals), signal);
    }
  }

  /**
   * @param {unknown} error
   * @param {number} refusals
   */
  function waitFor(error, refusals) {
    const asked = error instanceof ParleyError ? error.retryAfterSeconds : undefined;
    // Added to what the service asks for, or all whom it turned away come back at once.
    return (asked ?? 0) * 1000 + backoff(refusals, random, timing);
  }
}

/** @param {unknown} error */
function isTimeout(error) {
  return error instanceof ParleyError && error.code === "timeout";
}

/** @param {unknown} cause */
function unknownOutcome(cause) {
  return new ParleyError("outcome_unknown", "The connection was lost: it may have happened.", {
    cause,
  });
}
