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
  /** Over which messages that may change unread counts become one request for the counts. */
  unread: 100,
  /** Least span between two such requests. */
  unreadAgain: 2_000,
  /** The service knows a `clientMessageId` for 24 hours; a repeat keeps clear of that edge. */
  resend: 23 * 3_600_000,
  /** An upload that makes no progress for so long is tried again. */
  uploadStall: 30_000,
  /** A place to upload to holds ten minutes; an attempt that begins later takes another one. */
  uploadTarget: 5 * 60_000,
  /** Over which requests for the URLs of attachments become one. */
  batch: 20,
  /** A URL is renewed so long before it expires. */
  urlMargin: 2 * 60_000,
  /** The least and the longest that a URL is used. */
  urlLeast: 60_000,
  urlMost: 13 * 60_000,
});

/** @typedef {{ [Name in keyof typeof TIMING]: number }} Timing */
