/**
 * Every span of time the client keeps to, in milliseconds; `connect` takes others as `timing`.
 */
export const TIMING = Object.freeze({
  /** To open a socket. */
  connect: 10_000,
  /** To answer a request. A cold Lambda function hashing a password takes seconds. */
  request: 15_000,
  /** What is left to the pending requests once the gateway says that one of them failed. */
  expeditedRequest: 2_000,
  /** To answer a heartbeat; then the connection counts as dead. */
  heartbeat: 10_000,
  /** Full jitter: a delay is drawn from 0 to the base doubled by every attempt, up to the cap. */
  backoffBase: 1_000,
  backoffCap: 30_000,
  /** A connection that held this long restarts the backoff. */
  stable: 5_000,
  /** How long a message that came too early waits before the ones it follows are asked for. */
  gap: 250,
  /** Least span between two notices that the user is typing; others let one lapse after 6 s. */
  typing: 3_000,
  /** Over which read receipts of one conversation become one. */
  receipt: 400,
  /** The service knows a `clientMessageId` for 24 hours; a repeat keeps clear of that edge. */
  resend: 23 * 3_600_000,
});

/** @typedef {{ [Name in keyof typeof TIMING]: number }} Timing */
