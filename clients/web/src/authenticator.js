import { ParleyError } from "./errors.js";
import { cancellable, sleep } from "./waiting.js";

/** @import { Clock, Credentials } from "./options.js" */
/** @import { Frame, Identity } from "./types.js" */

/** @typedef {() => string | null | Promise<string | null>} TokenProvider */

/**
 * @typedef {{
 *   credentials: Credentials,
 *   resolve: (identity: Identity) => void,
 *   reject: (error: unknown) => void,
 * }} Attempt what a call of `authenticate` waits for
 */

/** Another connection may help against these; against any other answer it will not. */
const RETRYABLE = new Set(["timeout", "internal", "rate_limited"]);

/**
 * The user's credentials, presented on each new connection. A password is kept until the service
 * answers and no longer; after that the session is renewed with the service's tokens.
 */
export class Authenticator {
  /** @type {Attempt | null} */
  #attempt = null;
  /** @type {string | null} */
  #token = null;
  /** @type {TokenProvider | null} */
  #tokenProvider = null;
  #authenticated = false;
  /** Counts presentations: the answer to any but the latest is void. */
  #round = 0;
  /** @type {string | null} the name that was presented or accepted last */
  #username = null;
  /** Whether this socket was opened because the one before belonged to another user. */
  #isOnFreshConnection = false;

  /**
   * @param {{
   *   request: (frame: Frame) => Promise<Frame>,
   *   clock: Clock,
   *   onAccepted: (identity: Identity) => void,
   *   onNoCredentials: (reason: string | null) => void,
   *   onRetryableFailure: (error: unknown) => void,
   *   onOtherUsersConnection: () => void,
   *   onPreviousSession: () => void,
   * }} options `onNoCredentials`: the service accepts no credentials that there are.
   *   `onRetryableFailure`: another connection may help. `onOtherUsersConnection`: the socket
   *   belongs to another user. `onPreviousSession`: an attempt failed, and the session before it
   *   continues
   */
  constructor(options) {
    this.#options = options;
  }
  #options;

  /** Whether a connection could be put to use. */
  get isWanted() {
    return Boolean(this.#attempt || this.#token || this.#tokenProvider);
  }

  /**
   * Whether the credentials may be the ones of the user of this socket. Whose a token is, only
   * the service knows.
   * @param {Credentials} credentials
   */
  mayBeConnectionsUser(credentials) {
    if (this.#username === null || !("username" in credentials)) return true;
    return credentials.username === this.#username;
  }

  /**
   * Takes these credentials for the next presentation.
   * @param {Credentials} credentials
   * @param {AbortSignal} [signal]
   * @returns {Promise<Identity>}
   */
  begin(credentials, signal) {
    this.#attempt?.reject(new ParleyError("superseded", "A later authenticate took its place."));
    this.#isOnFreshConnection = false;
    return cancellable(signal, (resolve, reject) => {
      const attempt = { credentials, resolve, reject };
      this.#attempt = attempt;
      return () => {
        if (signal?.aborted && this.#attempt === attempt) this.#dropAttempt();
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
      this.#username = data.username ?? this.#username;
      const { data: identity } = await this.#options.request({ type: "authenticate", data });
      if (round === this.#round) this.#accept(identity);
    } catch (error) {
      if (round === this.#round) await this.#onRejected(error, round);
    }
  }

  /** Presents the credentials again, on this connection. */
  async renew() {
    if (!this.#authenticated) return;
    this.connectionLost();
    await this.present();
  }

  /** The connection is gone, and whatever was presented on it. */
  connectionLost() {
    this.#round++;
    this.#authenticated = false;
  }

  /**
   * Forgets the user.
   * @param {string | null} reason null if no session ends by that
   * @param {unknown} [error] for the caller that waits for `authenticate`
   */
  end(reason, error = new ParleyError("signed_out", "The session was ended.")) {
    this.connectionLost();
    this.#token = this.#tokenProvider = this.#username = null;
    this.#attempt?.reject(error);
    this.#attempt = null;
    this.#options.onNoCredentials(reason);
  }

  /** @returns {Promise<{ username?: string, password?: string, token?: string } | null>} */
  async #credentials() {
    const asked = this.#attempt?.credentials;
    if (asked && "password" in asked) {
      return { username: asked.username, password: asked.password };
    }
    const given = asked ? asked.token : (this.#token ?? this.#tokenProvider);
    const token = typeof given === "function" ? await given() : given;
    return token ? { token } : null;
  }

  /** @param {Identity} identity */
  #accept(identity) {
    const attempt = this.#attempt;
    if (attempt) this.#tokenProvider = tokenProviderOf(attempt.credentials);
    this.#attempt = null;
    this.#token = identity.token;
    this.#username = identity.username;
    this.#authenticated = true;
    this.#isOnFreshConnection = false;
    this.#options.onAccepted(identity);
    attempt?.resolve(identity);
  }

  /**
   * @param {unknown} error
   * @param {number} round
   */
  async #onRejected(error, round) {
    const code = error instanceof ParleyError ? error.code : null;
    if (code === "disconnected") return;
    if (code && RETRYABLE.has(code)) return this.#options.onRetryableFailure(error);
    if (code === "already_authenticated" && !this.#isOnFreshConnection)
      return this.#retryOnFreshConnection();
    if (this.#attempt) return this.#rejectAttempt(error);
    if (code === "too_many_attempts") return this.#presentLater(error, round);
    // What remains is a rejected token, a token function that failed, or a user who has as many
    // connections as a user may (`conflict`), of which one may be closed meanwhile.
    if (!code || code === "conflict") return this.#options.onRetryableFailure(error);
    if (!this.#token || !this.#tokenProvider) return this.end(code);
    this.#token = null;
    await this.present();
  }

  /** @param {unknown} error */
  #rejectAttempt(error) {
    this.#attempt?.reject(error);
    this.#dropAttempt();
  }

  /** Once: a socket on which nobody has authenticated yet belongs to nobody. */
  #retryOnFreshConnection() {
    this.#isOnFreshConnection = true;
    this.#options.onOtherUsersConnection();
  }

  /** A session that there was before the attempt goes on; otherwise there is none. */
  #dropAttempt() {
    this.#attempt = null;
    if (this.#authenticated) return;
    if (this.isWanted) this.#options.onPreviousSession();
    else this.end(null);
  }

  /**
   * @param {unknown} error
   * @param {number} round
   */
  async #presentLater(error, round) {
    const seconds = (error instanceof ParleyError && error.retryAfterSeconds) || 30;
    await sleep(this.#options.clock, seconds * 1000);
    if (round === this.#round) await this.present();
  }
}

/**
 * @param {Credentials} credentials
 * @returns {TokenProvider | null}
 */
function tokenProviderOf(credentials) {
  return "token" in credentials && typeof credentials.token === "function"
    ? credentials.token
    : null;
}
