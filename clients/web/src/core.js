import { Connection } from "./connection.js";
import { Emitter } from "./emitter.js";
import { ParleyError } from "./errors.js";
import { decode } from "./frames.js";
import { persist } from "./persistence.js";
import { Requests } from "./requests.js";
import { Session } from "./session.js";
import { Gate } from "./waiting.js";

/** @import { Clock, Credentials, Events, Frame, Identity, SocketClass, State } from "./types.js" */
/** @import { Timing } from "./timing.js" */

/**
 * @typedef {{
 *   onFrame: (frame: Frame) => void,
 *   onOnline: () => void,
 *   onOffline: () => void,
 *   onUserGone: (error: Error) => void,
 *   onSilence: () => void,
 *   onSign: () => void,
 * }} Parts what the rest of the client does when something happens here
 */

/**
 * One authenticated connection that outlives its sockets: requests and their answers, and waiting
 * for the time when there can be any. What the frames mean is for the rest of the client.
 */
export class Core {
  /** @type {Emitter<Events>} */
  events = new Emitter();
  /** @type {State} */
  state = "signed_out";
  /** @type {Identity | null} who was authenticated last; kept while offline */
  user = null;
  /** For requests: one that is made while nobody is signed in is rejected. */
  gate = new Gate();
  /** For what is kept until it can be sent, even if the user has to sign in again first. */
  patientGate = new Gate();

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
      onOpen: () => this.#session.present(),
      onText: (text) => this.#receive(text),
      onLost: () => this.#lost(),
      onRetry: (retryAt) => this.#become("offline", retryAt),
    });
    this.#requests = new Requests({
      ...options,
      transmit: (text) => this.#transmit(text),
      onSilence: parts.onSilence,
    });
    this.#session = new Session({
      clock: options.clock,
      ask: (frame) => this.#requests.ask(frame),
      onAccepted: (identity) => this.#accepted(identity),
      onNobody: (reason) => this.#nobody(reason),
      onTrouble: (error) => this.#drop(error),
      onForeign: () => this.#startOver(),
      onGoingOn: () => this.#present(),
    });
    this.gate.refuse(nobodyError());
  }
  #parts;
  #requests;
  #session;
  /** Counts users: what one of them asked for is never asked as another. */
  #era = 0;

  /**
   * Another user than the connection's gets another connection, for one belongs to one user for
   * its whole life.
   * @param {Credentials} credentials
   * @param {AbortSignal} [signal]
   */
  async authenticate(credentials, signal) {
    if (this.state === "closed") throw closedError();
    const identity = this.#session.begin(credentials, signal);
    try {
      if (this.connection.isOpen && !this.#session.suits(credentials)) this.#startOver();
      else this.#present();
    } catch (error) {
      // The platform will not have this address: ws:// on a page that came by https://, say.
      this.#session.end("not_authenticated", error);
    }
    return identity;
  }

  /** The `requestId` of the latest question; later ones are higher. */
  get lastRequest() {
    return this.#requests.last;
  }

  /**
   * One question on the connection there is.
   * @param {Frame} frame
   * @param {{ signal?: AbortSignal | undefined, timeout?: number }} [options]
   */
  ask(frame, options) {
    return this.#requests.ask(frame, options);
  }

  /**
   * A question that waits for a connection, and is asked again on the next when the answer does
   * not come.
   * @param {() => Frame} frame made again for each attempt
   * @param {{ signal?: AbortSignal | undefined, repeatable?: boolean, patient?: boolean }} [options]
   */
  call(frame, { signal, repeatable, patient } = {}) {
    const era = this.#era;
    const ask = async (/** @type {AbortSignal | undefined} */ signal) => {
      if (era !== this.#era) throw endedError();
      return this.ask(frame(), { signal });
    };
    return persist(ask, {
      gate: patient ? this.patientGate : this.gate,
      clock: this.clock,
      random: this.random,
      timing: this.timing,
      signal,
      ...(repeatable === undefined ? {} : { repeatable }),
    });
  }

  /**
   * A frame that is worth nothing later: sent now or not at all.
   * @param {Frame} frame
   */
  tell(frame) {
    if (this.state === "online") this.#requests.tell(frame);
  }

  /** Does not wait for the backoff to pass. */
  hasten() {
    if (this.state === "offline") this.connection.open();
  }

  close() {
    if (this.state === "closed") return;
    const error = closedError();
    this.#shut("closed");
    this.gate.refuse(error);
    this.patientGate.refuse(error);
    this.#session.end("closed", error);
    this.connection.stop();
    this.#requests.abandon();
    this.#forgetUser(error);
  }

  /** @param {string} text */
  #transmit(text) {
    const sent = this.connection.transmit(text);
    if (sent) this.events.emit("frame", { direction: "out", text, at: this.clock.now() });
    return sent;
  }

  /** @param {string} text */
  #receive(text) {
    this.events.emit("frame", { direction: "in", text, at: this.clock.now() });
    this.#parts.onSign();
    const frame = decode(text);
    if (!frame) return;
    if (frame.type === undefined) return this.#gatewayFailed();
    if (frame.type === "signed_out") this.#signedOut(frame);
    if (frame.code === "auth_expired" || frame.code === "not_authenticated") this.#renew();
    this.#parts.onFrame(frame);
    this.#requests.answer(frame);
  }

  /** API Gateway's own frame, `{"message": …}`: it failed to run a function, or would not. */
  #gatewayFailed() {
    this.#requests.hurry();
  }

  /** Presents the credentials at hand as soon as there is a socket. */
  #present() {
    if (this.connection.isOpen) this.#session.present();
    else this.connection.open();
  }

  #startOver() {
    this.#session.lost();
    this.#shut("connecting");
    this.#requests.abandon();
    this.connection.replace();
  }

  #opening() {
    this.gate.shut();
    this.#become("connecting");
  }

  #renew() {
    if (this.state !== "online") return;
    this.#shut("connecting");
    this.#session.renew();
  }

  /** @param {Identity} identity */
  #accepted(identity) {
    const another = this.user !== null && this.user.user_id !== identity.user_id;
    if (another) this.#forgetUser(new ParleyError("signed_out", "Somebody else signed in."));
    this.user = identity;
    this.connection.worked();
    this.#become("online");
    this.gate.open();
    this.patientGate.open();
    this.events.emit("authenticated", identity);
    this.#parts.onOnline();
  }

  /** @param {Frame} frame */
  #signedOut(frame) {
    const reason = String(frame.data?.reason ?? "signed_out");
    this.#requests.answer(frame);
    this.#session.end(reason);
    this.#forgetUser(endedError());
  }

  /** @param {string} reason */
  #nobody(reason) {
    if (this.state === "closed") return;
    this.#shut("signed_out");
    this.gate.refuse(nobodyError());
    this.connection.stop();
    this.#requests.abandon();
    if (this.user) this.events.emit("signed_out", { reason });
  }

  /** @param {Error} error */
  #forgetUser(error) {
    this.user = null;
    this.#era++;
    this.#parts.onUserGone(error);
  }

  /** @param {unknown} error */
  #drop(error) {
    this.events.emit("error", error);
    this.connection.drop();
  }

  #lost() {
    this.#session.lost();
    if (this.#session.isWanted) this.#shut("offline");
    this.#requests.abandon();
    return this.#session.isWanted;
  }

  /** @param {State} state */
  #shut(state) {
    this.gate.shut();
    this.patientGate.shut();
    this.#parts.onOffline();
    if (state !== "offline") this.#become(state);
  }

  /**
   * @param {State} state
   * @param {number} [retryAt]
   */
  #become(state, retryAt) {
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

function nobodyError() {
  return new ParleyError("not_authenticated", "Nobody is signed in: call authenticate first.");
}
