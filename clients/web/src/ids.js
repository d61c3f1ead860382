/** @import { Clock } from "./options.js" */

let made = 0;

/**
 * A `clientMessageId` unlike any other: the service takes a second message of one id for a repeat.
 * @param {{ random: () => number, clock: Clock }} parts
 */
export function newId({ random, clock }) {
  const digits = () => random().toString(36).slice(2, 13);
  return `${digits()}${digits()}-${clock.now().toString(36)}-${++made}`;
}
