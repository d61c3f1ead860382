/** @import { Service } from "./service/service.js" */
/** @import { FakeClock } from "./clock.js" */

/**
 * What may go wrong with one frame: how likely it is, of 1.
 * @typedef {{
 *   lose: number,
 *   repeat: number,
 *   cut: number,
 *   fail: number,
 *   latency: [number, number],
 *   batches?: boolean,
 * }} Faults
 *
 * - `lose`: a push does not arrive, as when its post to the connection times out
 * - `repeat`: a push arrives twice
 * - `cut`: the connection ends just there, noticed by the client or only by its heartbeat
 * - `fail`: the gateway answers a frame of the client with a failure of its own
 * - `batches`: pushes wait up to a second and come in one frame, as in a big conversation
 * - `latency`: from and to, in milliseconds, drawn for each frame, so frames overtake each other
 */

/** @type {Faults} */
export const PERFECT = { lose: 0, repeat: 0, cut: 0, fail: 0, latency: [1, 1] };

const WAKE_MS = 1_000;
const FAILURE = { message: "Internal server error", connectionId: "c", requestId: "of-aws" };

/** The way between clients and the service, as bad as the faults make it. */
export class Network {
  isUp = true;
  /** @type {Set<{ end: () => void }>} */
  #sockets = new Set();

  /**
   * @param {Service} service
   * @param {FakeClock} clock
   * @param {() => number} random
   * @param {Faults} [faults]
   */
  constructor(service, clock, random, faults = PERFECT) {
    this.service = service;
    this.clock = clock;
    this.random = random;
    this.faults = faults;
    const network = this;
    this.WebSocket = class extends FaultySocket {
      constructor() {
        super(network);
      }
    };
    this.XMLHttpRequest = class extends FaultyRequest {
      constructor() {
        super(network);
      }
    };
  }

  /** @param {keyof Omit<Faults, "latency" | "batches">} fault */
  happens(fault) {
    return this.random() < this.faults[fault];
  }

  /** @param {() => void} arrive */
  later(arrive) {
    const [from, to] = this.faults.latency;
    this.clock.setTimeout(arrive, from + this.random() * (to - from));
  }

  /** @param {{ end: () => void }} socket */
  add(socket) {
    this.#sockets.add(socket);
  }

  /** Every connection ends, and no other begins until it is up again. */
  goesDown() {
    this.isUp = false;
    for (const socket of [...this.#sockets]) socket.end();
    this.#sockets.clear();
  }

  comesBack() {
    this.isUp = true;
    this.faults = PERFECT;
  }
}

class FaultySocket {
  readyState = 0;
  /** @type {((event: any) => void) | null} */ onopen = null;
  /** @type {((event: any) => void) | null} */ onmessage = null;
  /** @type {((event: any) => void) | null} */ onclose = null;
  /** @type {((event: any) => void) | null} */ onerror = null;
  /** @type {import("./service/service.js").Connection | null} */
  #connection = null;
  /** @type {string[]} pushes that wait for a batch */
  #waiting = [];
  #network;

  /** @param {Network} network */
  constructor(network) {
    this.#network = network;
    network.add(this);
    network.later(() => this.#begin());
  }

  /** @param {string} text */
  send(text) {
    const network = this.#network;
    if (network.happens("cut")) return this.#cut();
    network.later(() => {
      if (!this.#connection || this.#connection.closed) return;
      if (network.happens("fail")) this.#arrive(JSON.stringify(FAILURE));
      else network.service.receive(this.#connection, text);
    });
  }

  close() {
    this.readyState = 3;
    if (this.#connection) this.#network.service.disconnect(this.#connection);
  }

  /** The connection is lost, and both sides notice. */
  end() {
    if (this.readyState === 3) return;
    this.close();
    this.#network.later(() => this.onclose?.({}));
  }

  #begin() {
    if (this.readyState === 3) return;
    if (!this.#network.isUp) return this.end();
    this.readyState = 1;
    this.onopen?.({});
    const send = (/** @type {string} */ text) => this.#transmit(text);
    this.#connection = this.#network.service.connect({ send, close: () => this.end() });
  }

  /** @param {string} text */
  #transmit(text) {
    const network = this.#network;
    const isReply = text === "" || "requestId" in JSON.parse(text);
    if (network.happens("cut")) return this.#cut();
    if (isReply) return network.later(() => this.#arrive(text));
    if (!network.faults.batches) return this.#push(text);
    this.#waiting.push(text);
    if (this.#waiting.length === 1) network.clock.setTimeout(() => this.#pushBatch(), WAKE_MS);
  }

  #pushBatch() {
    const texts = this.#waiting.splice(0);
    const frames = texts.map((text) => JSON.parse(text));
    this.#push(
      frames.length > 1 ? JSON.stringify({ type: "batch", data: { frames } }) : texts.join(),
    );
  }

  /** @param {string} text */
  #push(text) {
    const network = this.#network;
    if (network.happens("lose")) return;
    network.later(() => this.#arrive(text));
    if (network.happens("repeat")) network.later(() => this.#arrive(text));
  }

  /** @param {string} text */
  #arrive(text) {
    if (this.readyState === 1) this.onmessage?.({ data: text });
  }

  /** Half of the time the client does not notice: nothing arrives any more, in either direction. */
  #cut() {
    if (this.#network.random() < 0.5) this.end();
    else if (this.#connection) this.#network.service.disconnect(this.#connection);
  }
}

/** A file on its way to the file store. */
class FaultyRequest {
  status = 0;
  upload = { onprogress: /** @type {((event: any) => void) | null} */ (null) };
  /** @type {((event: any) => void) | null} */ onload = null;
  /** @type {((event: any) => void) | null} */ onerror = null;
  #isOver = false;
  #network;

  /** @param {Network} network */
  constructor(network) {
    this.#network = network;
  }

  open() {}

  /** @param {FormData} form */
  send(form) {
    const network = this.#network;
    network.later(() => {
      if (this.#isOver) return;
      if (!network.isUp) return this.#fail();
      this.upload.onprogress?.({ loaded: 1, total: 2 });
      if (network.happens("cut")) return this.#cut();
      network.later(() => this.#arrive(form));
    });
  }

  abort() {
    this.#isOver = true;
  }

  /** @param {FormData} form */
  #arrive(form) {
    const network = this.#network;
    if (this.#isOver) return;
    const status = network.happens("fail") ? 503 : network.service.fileStore.accept(form);
    // The file is there, and the client does not hear of it.
    if (network.happens("cut")) return this.#cut();
    network.later(() => {
      if (this.#isOver) return;
      this.status = status;
      this.#isOver = true;
      this.onload?.({});
    });
  }

  /** Half of the time the client does not notice. */
  #cut() {
    if (this.#network.random() < 0.5) this.#fail();
  }

  #fail() {
    if (this.#isOver) return;
    this.#isOver = true;
    this.onerror?.({});
  }
}
