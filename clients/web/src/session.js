import { Connection } from "./connection.js";
import { Emitter } from "./emitter.js";
import { ParleyError } from "./errors.js";
import { EVENT_TYPES } from "./events.js";
import { logFrame } from "./frame-log.js";
import { decode, unpack } from "./frames.js";
import { retry } from "./retry.js";
import { Requests } from "./requests.js";
import { Authenticator } from "./authenticator.js";
import { Gate } from "./waiting.js";

/** @import { Events, State } from "./events.js" */
/** @import { Clock, Credentials, SocketClass } from "./options.js" */
/** @import { Frame, Identity, User } from "./types.js" */
/** @import { Timing } from "./timing.js" */

/**
 * @typedef {{
 *   onFrame: (frame: Frame) => void,
 *   onOnline: () => void,
 *   onUserKnown: () => void,
 *   onOffline: () => void,
 *   onUserForgotten: (error: Error) => void,
 *   onTimeout: () => void,
 *   onActivity: () => void,
 * }} Parts callbacks of the rest of the client
 */

/**
 * One authenticated session over any number of sockets: its state, its requests and their replies.
 * The rest of the client interprets the frames.
 */
export class Session {
  /** @type {Emitter<Events>} */
  events = new Emitter(EVENT_TYPES);
  /** @type {State} */
  state = "signed_out";
  /** @type {(User & Partial<Identity>) | null} who was authenticated last, or is about to be */
  user = null;
  /** For requests: one that is made while nobody is signed in is rejected. */
  gate = new Gate();
  /** For requests that also wait while the user has to sign in again. */
  durableGate = new Gate();

  /**
   * @param {{
   *   url: string, WebSocket: SocketClass, clock: Clock, random: () => number, timing: Timing,
   * }} options
   * @param {Parts} parts
   */
  constructor(options, parts) {
    this.#parts = parts;
    this.clock = options.clock;
    this.random = options.random;
    this.timing = options.timing;
    this.connection = new Connection({
      ...options,
      onOpening: () => this.#opening(),
      onOpen: () => this.#authenticator.present(),
      onText: (text) => this.#receive(text),
      onLost: () => this.#onConnectionLost(),
      onRetry: (retryAt) => this.#setState("offline", retryAt),
    });
    this.#requests = new Requests({
      ...options,
      transmit: (text) => this.#transmit(text),
      onTimeout: parts.onTimeout,
    });
    this.#authenticator = new Authenticator({
      clock: options.clock,
      request: (frame) => this.#requests.request(frame),
      onAccepted: (identity) => this.#accepted(identity),
      onNoCredentials: (reason) => this.#noCredentials(reason),
      onRetryableFailure: (error) => this.#dropConnection(error),
      onOtherUsersConnection: () => this.#reconnectAfresh(),
      onPreviousSession: () => this.#present(),
    });
    this.gate.reject(notAuthenticatedError());
  }
  #parts;
  #requests;
  #authenticator;
  /** Counts users: a request of one user is never repeated as another. */
  #generation = 0;

  /**
   * Another user than the connection's gets a new connection: a connection belongs to one user
   * for its whole life.
   * @param {Credentials} credentials
   * @param {AbortSignal} [signal]
   */
  async authenticate(credentials, signal) {
    if (this.state === "closed") throw closedError();
    const identity = this.#authenticator.begin(credentials, signal);
    if ("user" in credentials && credentials.user && !this.user) {
      this.user = credentials.user;
      this.#parts.onUserKnown();
    }
    try {
      if (this.connection.isOpen && !this.#authenticator.mayBeConnectionsUser(credentials))
        this.#reconnectAfresh();
      else this.#present();
    } catch (error) {
      // The platform rejects this address: ws:// on a page that came by https://, for example.
      this.#authenticator.end("not_authenticated", error);
    }
    return identity;
  }

  /** The `requestId` of the latest request; later ones are higher. */
  get lastRequest() {
    return this.#requests.last;
  }

  /**
   * One request on the current connection.
   * @param {Frame} frame
   * @param {{ signal?: AbortSignal | undefined, timeout?: number }} [options]
   */
  request(frame, options) {
    return this.#requests.request(frame, options);
  }

  /**
   * A request that waits for a connection, and is repeated on the next one if no answer comes.
   * @param {() => Frame} frame made again for each attempt
   * @param {{ signal?: AbortSignal | undefined, repeatable?: boolean, durable?: boolean }} [options]
   */
  call(frame, { signal, repeatable, durable } = {}) {
    const generation = this.#generation;
    const attempt = async (/** @type {AbortSignal | undefined} */ signal) => {
      if (generation !== this.#generation) throw endedError();
      return this.request(frame(), { signal });
    };
    return retry(attempt, {
      gate: durable ? this.durableGate : this.gate,
      clock: this.clock,
      random: this.random,
      timing: this.timing,
      signal,
      ...(repeatable === undefined ? {} : { repeatable }),
    });
  }

  /**
   * A frame without a reply that has no value later: sent now or not at all.
   * @param {Frame} frame
   */
  notify(frame) {
    if (this.state === "online") this.#requests.notify(frame);
  }

  /** Does not wait for the backoff to pass. */
  reconnectNow() {
    if (this.state === "offline") this.connection.open();
  }

  close() {
    if (this.state === "closed") return;
    const error = closedError();
    this.#suspend("closed");
    this.gate.reject(error);
    this.durableGate.reject(error);
    this.#authenticator.end("closed", error);
    this.connection.stop();
    this.#requests.rejectAll();
    this.#forgetUser(error);
  }

  /** @param {string} text */
  #transmit(text) {
    const sent = this.connection.transmit(text);
    if (sent) logFrame(this, "out", text);
    return sent;
  }

  /** @param {string} text */
  #receive(text) {
    logFrame(this, "in", text);
    this.#parts.onActivity();
    for (const frame of unpack(decode(text))) this.#take(frame);
  }

  /** @param {Frame} frame */
  #take(frame) {
    // API Gateway's own frame, `{"message": …}`: it failed to run a function, or would not.
    if (frame.type === undefined) return this.#requests.expediteTimeouts();
    if (frame.type === "signed_out") this.#onSignedOut(frame);
    const isOver = frame.code === "auth_expired" || frame.code === "not_authenticated";
    // Signing out ends the session before it is answered, and there is no other one to begin.
    if (isOver && !this.#requests.awaits("sign_out", frame)) this.#renew();
    this.#parts.onFrame(frame);
    this.#requests.answer(frame);
  }

  /** Presents the credentials at hand as soon as there is a socket. */
  #present() {
    if (this.connection.isOpen) this.#authenticator.present();
    else this.connection.open();
  }

  #reconnectAfresh() {
    this.#authenticator.connectionLost();
    this.#suspend("connecting");
    this.#requests.rejectAll();
    this.connection.replace();
  }

  #opening() {
    this.gate.close();
    this.#setState("connecting");
  }

  #renew() {
    if (this.state !== "online") return;
    this.#suspend("connecting");
    this.#authenticator.renew();
  }

  /** @param {Identity} identity */
  #accepted(identity) {
    const another = this.user !== null && this.user.userId !== identity.userId;
    if (another) this.#forgetUser(new ParleyError("signed_out", "Somebody else signed in."));
    this.user = identity;
    this.connection.markAuthenticated();
    this.#setState("online");
    this.gate.open();
    this.durableGate.open();
    this.events.emit("authenticated", identity);
    this.#parts.onOnline();
  }

  /** @param {Frame} frame */
  #onSignedOut(frame) {
    const reason = String(frame.data?.reason ?? "signed_out");
    this.#requests.answer(frame);
    this.#authenticator.end(reason);
    this.#forgetUser(endedError());
  }

  /** @param {string | null} reason why the session is over; null if there was none */
  #noCredentials(reason) {
    if (this.state === "closed") return;
    this.#suspend("signed_out");
    this.gate.reject(notAuthenticatedError());
    this.connection.stop();
    this.#requests.rejectAll();
    if (this.user && reason !== null) this.events.emit("signed_out", { reason });
  }

  /** @param {Error} error */
  #forgetUser(error) {
    this.user = null;
    this.#generation++;
    this.#parts.onUserForgotten(error);
  }

  /** @param {unknown} error */
  #dropConnection(error) {
    this.events.emit("error", error);
    this.connection.drop();
  }

  #onConnectionLost() {
    this.#authenticator.connectionLost();
    if (this.#authenticator.isWanted) this.#suspend("offline");
    this.#requests.rejectAll();
    return this.#authenticator.isWanted;
  }

  /** @param {State} state */
  #suspend(state) {
    this.gate.close();
    this.durableGate.close();
    this.#parts.onOffline();
    if (state !== "offline") this.#setState(state);
  }

  /**
   * @param {State} state
   * @param {number} [retryAt]
   */
  #setState(state, retryAt) {
    if (state === this.state) return;
    this.state = state;
    this.events.emit("state", retryAt === undefined ? { state } : { state, retryAt });
  }
}

function closedError() {
  return new ParleyError("closed", "The client was closed.");
}

function endedError() {
  return new ParleyError("signed_out", "The session was ended.");
}

function notAuthenticatedError() {
  return new ParleyError("not_authenticated", "Nobody is signed in: call authenticate first.");
}
