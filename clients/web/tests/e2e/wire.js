import { once } from "node:events";
import { connect, createServer } from "node:net";

/** @import { AddressInfo, Socket } from "node:net" */

/** The network between one person's browser and the chat, to be cut and mended. */
export class Wire {
  /** @type {Set<Socket>} */
  #ends = new Set();
  #isCut = false;
  #server;

  /** @param {number} port the chat's */
  constructor(port) {
    this.#server = createServer((near) => {
      if (this.#isCut) return void near.destroy();
      const far = connect(port, "127.0.0.1");
      for (const [end, other] of /** @type {const} */ ([
        [near, far],
        [far, near],
      ])) {
        this.#ends.add(end);
        end.pipe(other);
        // What ends one ends the other; why is nobody's concern here.
        end.on("error", () => other.destroy());
        end.on("close", () => this.#ends.delete(end) && other.destroy());
      }
    });
  }

  async open() {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  get page() {
    return `http://127.0.0.1:${/** @type {AddressInfo} */ (this.#server.address()).port}/`;
  }

  cut() {
    this.#isCut = true;
    for (const end of this.#ends) end.destroy();
  }

  mend() {
    this.#isCut = false;
  }

  async close() {
    this.cut();
    await once(this.#server.close(), "close");
  }
}
