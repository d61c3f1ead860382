import { backoff } from "./backoff.js";

/** @import { Clock, Socket, SocketClass } from "./options.js" */
/** @import { Timing } from "./timing.js" */

const OPEN = 1;

/**
 * One address, and one socket after another to it. It knows nothing of frames: it opens, notices
 * the end, and opens again after the backoff for as long as its owner wants a connection.
 */
export class Connection {
  /** @type {Socket | null} */
  #socket = null;
  /** @type {unknown} */
  #timer;
  #attempt = 0;
  /** @type {number | null} since when the connection has been of use */
  #authenticatedSince = null;

  /**
   * @param {{
   *   url: string,
   *   WebSocket: SocketClass,
   *   clock: Clock,
   *   random: () => number,
   *   timing: Timing,
   *   onOpening: () => void,
   *   onOpen: () => void,
   *   onText: (text: string) => void,
   *   onLost: () => boolean,
   *   onRetry: (retryAt: number) => void,
   * }} options `onLost` says whether another socket is wanted
   */
  constructor(options) {
    this.#options = options;
  }
  #options;

  /** Opens a socket now, unless there is one. */
  open() {
    const { url, WebSocket, clock, timing, onOpening } = this.#options;
    if (this.#socket) return;
    clock.clearTimeout(this.#timer);
    onOpening();
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#timer = clock.setTimeout(() => this.drop(), timing.connect);
    this.#listen(socket);
  }

  /**
   * False when the socket turns out to be closing or closed; then it counts as lost already.
   * @param {string} text
   */
  transmit(text) {
    if (this.#socket?.readyState === OPEN) {
      this.#socket.send(text);
      return true;
    }
    this.drop();
    return false;
  }

  get isOpen() {
    return this.#socket?.readyState === OPEN;
  }

  /** The connection proved of use: from now on it can earn a fresh backoff. */
  markAuthenticated() {
    this.#authenticatedSince ??= this.#options.clock.monotonic();
  }

  /**
   * Counts the socket as lost without waiting for its closing handshake, which a dead peer never
   * answers.
   */
  drop() {
    const socket = this.#socket;
    if (!socket) return;
    this.#release(socket);
    this.#lost();
  }

  /** Opens a socket in the place of the one there is. */
  replace() {
    this.stop();
    this.open();
  }

  /** Ends the socket and every further attempt. */
  stop() {
    this.#options.clock.clearTimeout(this.#timer);
    if (this.#socket) this.#release(this.#socket);
  }

  /** @param {Socket} socket */
  #listen(socket) {
    const { clock, onOpen, onText } = this.#options;
    socket.onopen = () => {
      clock.clearTimeout(this.#timer);
      onOpen();
    };
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") onText(data);
    };
    socket.onclose = () => this.drop();
    // Tells nothing that the close after it does not; some sockets throw when nobody listens.
    socket.onerror = () => {};
  }

  /** @param {Socket} socket */
  #release(socket) {
    socket.onopen = socket.onmessage = socket.onclose = null;
    this.#socket = null;
    socket.close();
  }

  #lost() {
    const { clock, random, timing, onLost, onRetry } = this.#options;
    clock.clearTimeout(this.#timer);
    const isStable =
      this.#authenticatedSince !== null &&
      clock.monotonic() - this.#authenticatedSince >= timing.stable;
    if (isStable) this.#attempt = 0;
    this.#authenticatedSince = null;
    if (!onLost() || this.#socket) return;
    const delay = backoff(this.#attempt++, random, timing);
    this.#timer = clock.setTimeout(() => this.open(), delay);
    onRetry(clock.now() + delay);
  }
}
