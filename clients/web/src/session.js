import { ParleyError } from "./errors.js";
import { cancellable, pause } from "./waiting.js";

/** @import { Clock, Credentials, Frame, Identity } from "./types.js" */

/** @typedef {() => string | null | Promise<string | null>} Supply */

/**
 * @typedef {{
 *   credentials: Credentials,
 *   resolve: (identity: Identity) => void,
 *   reject: (error: unknown) => void,
 * }} Attempt what a call of `authenticate` waits for
 */

/** Another connection may help against these; against any other answer it will not. */
const PASSING = new Set(["timeout", "internal", "rate_limited"]);

/**
 * Who the user is, and how each new connection is made theirs. A password is kept until it is
 * answered and no longer; after that a session lives on the tokens that the service gives out.
 */
export class Session {
  /** @type {Attempt | null} */
  #attempt = null;
  /** @type {string | null} */
  #token = null;
  /** @type {Supply | null} */
  #supply = null;
  #authenticated = false;
  /** Counts presentations: the answer to any but the latest is void. */
  #round = 0;
  /** @type {string | null} the name that was presented or accepted last */
  #claimed = null;
  /** Whether this socket was opened because the one before belonged to another user. */
  #movedOn = false;

  /**
   * @param {{
   *   ask: (frame: Frame) => Promise<Frame>,
   *   clock: Clock,
   *   onAccepted: (identity: Identity) => void,
   *   onNobody: (reason: string) => void,
   *   onTrouble: (error: unknown) => void,
   *   onForeign: () => void,
   *   onGoingOn: () => void,
   * }} options `onNobody` hears that there are no credentials left, `onTrouble` of what another
   *   connection may help against, `onForeign` that the socket belongs to another user, and
   *   `onGoingOn` that the session from before an attempt is to be presented again
   */
  constructor(options) {
    this.#options = options;
  }
  #options;

  /** Whether a connection could be put to use. */
  get isWanted() {
    return Boolean(this.#attempt || this.#token || this.#supply);
  }

  /**
   * Whether the credentials may be the ones of the user of this socket. Whose a token is, only
   * the service knows.
   * @param {Credentials} credentials
   */
  suits(credentials) {
    if (this.#claimed === null || !("username" in credentials)) return true;
    return credentials.username === this.#claimed;
  }

  /**
   * Takes these credentials for the next presentation.
   * @param {Credentials} credentials
   * @param {AbortSignal} [signal]
   * @returns {Promise<Identity>}
   */
  begin(credentials, signal) {
    this.#attempt?.reject(new ParleyError("superseded", "A later authenticate took its place."));
    this.#movedOn = false;
    return cancellable(signal, (resolve, reject) => {
      const attempt = { credentials, resolve, reject };
      this.#attempt = attempt;
      return () => {
        if (signal?.aborted && this.#attempt === attempt) this.#abandon();
      };
    });
  }

  /** Presents the credentials at hand: on a connection just opened, or once more on this one. */
  async present() {
    const round = ++this.#round;
    try {
      const data = await this.#credentials();
      if (round !== this.#round) return;
      if (!data) return this.end("no_token");
      this.#claimed = data.username ?? this.#claimed;
      const { data: identity } = await this.#options.ask({ type: "authenticate", data });
      if (round === this.#round) this.#accept(identity);
    } catch (error) {
      if (round === this.#round) await this.#refused(error, round);
    }
  }

  /** The service wants to see credentials again. */
  async renew() {
    if (!this.#authenticated) return;
    this.lost();
    await this.present();
  }

  /** The connection is gone, and whatever was presented on it. */
  lost() {
    this.#round++;
    this.#authenticated = false;
  }

  /**
   * Forgets the user.
   * @param {string} reason
   * @param {unknown} [error] for the caller that waits for `authenticate`
   */
  end(reason, error = new ParleyError("signed_out", "The session was ended.")) {
    this.lost();
    this.#token = this.#supply = this.#claimed = null;
    this.#attempt?.reject(error);
    this.#attempt = null;
    this.#options.onNobody(reason);
  }

  /** @returns {Promise<{ username?: string, password?: string, token?: string } | null>} */
  async #credentials() {
    const asked = this.#attempt?.credentials;
    if (asked && "password" in asked) {
      return { username: asked.username, password: asked.password };
    }
    const given = asked ? asked.token : (this.#token ?? this.#supply);
    const token = typeof given === "function" ? await given() : given;
    return token ? { token } : null;
  }

  /** @param {Identity} identity */
  #accept(identity) {
    const attempt = this.#attempt;
    if (attempt) this.#supply = supplyOf(attempt.credentials);
    this.#attempt = null;
    this.#token = identity.token;
    this.#claimed = identity.username;
    this.#authenticated = true;
    this.#movedOn = false;
    this.#options.onAccepted(identity);
    attempt?.resolve(identity);
  }

  /**
   * @param {unknown} error
   * @param {number} round
   */
  async #refused(error, round) {
    const code = error instanceof ParleyError ? error.code : null;
    if (code === "disconnected") return;
    if (code && PASSING.has(code)) return this.#options.onTrouble(error);
    if (code === "already_authenticated" && !this.#movedOn) return this.#moveOn();
    if (this.#attempt) return this.#refuseAttempt(error);
    if (code === "too_many_attempts") return this.#presentLater(error, round);
    // What remains is a token that was refused, a supply that failed, or a user who has as many
    // connections as a user may (`conflict`), of which one may be closed meanwhile.
    if (!code || code === "conflict") return this.#options.onTrouble(error);
    if (!this.#token || !this.#supply) return this.end(code);
    this.#token = null;
    await this.present();
  }

  /** @param {unknown} error */
  #refuseAttempt(error) {
    this.#attempt?.reject(error);
    this.#abandon();
  }

  /** Once: a socket on which nobody has authenticated yet belongs to nobody. */
  #moveOn() {
    this.#movedOn = true;
    this.#options.onForeign();
  }

  /** A session that there was before the attempt goes on; otherwise there is none. */
  #abandon() {
    this.#attempt = null;
    if (this.#authenticated) return;
    if (this.isWanted) this.#options.onGoingOn();
    else this.end("not_authenticated");
  }

  /**
   * @param {unknown} error
   * @param {number} round
   */
  async #presentLater(error, round) {
    const seconds = (error instanceof ParleyError && error.retryAfterSeconds) || 30;
    await pause(this.#options.clock, seconds * 1000);
    if (round === this.#round) await this.present();
  }
}

/**
 * @param {Credentials} credentials
 * @returns {Supply | null}
 */
function supplyOf(credentials) {
  return "token" in credentials && typeof credentials.token === "function"
    ? credentials.token
    : null;
}
