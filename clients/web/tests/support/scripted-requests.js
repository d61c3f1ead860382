import assert from "node:assert/strict";

import { settled } from "./clock.js";

/** A request whose other end is the test. */
export class ScriptedRequest {
  status = 0;
  upload = { onprogress: /** @type {((event: any) => void) | null} */ (null) };
  /** @type {((event: any) => void) | null} */ onload = null;
  /** @type {((event: any) => void) | null} */ onerror = null;
  isAborted = false;
  url = "";
  /** @type {[name: string, value: unknown][]} what was posted, in order */
  fields = [];

  /**
   * @param {string} method
   * @param {string} url
   */
  open(method, url) {
    assert.equal(method, "POST");
    this.url = url;
  }

  /** @param {FormData} form */
  send(form) {
    this.fields = [...form.entries()];
  }

  abort() {
    this.isAborted = true;
  }

  /** @param {number} share of the file that is sent */
  async progresses(share) {
    this.upload.onprogress?.({ loaded: share * 1000, total: 1000 });
    await settled();
  }

  /** @param {number} status */
  async answers(status) {
    this.status = status;
    this.onload?.({});
    await settled();
  }

  async breaksOff() {
    this.onerror?.({});
    await settled();
  }
}

/** A file store, played by the test request by request. */
export class ScriptedFileStore {
  /** @type {ScriptedRequest[]} every request that was made */
  requests = [];
  XMLHttpRequest;

  constructor() {
    const { requests } = this;
    this.XMLHttpRequest = class extends ScriptedRequest {
      constructor() {
        super();
        requests.push(this);
      }
    };
  }

  /** @returns {ScriptedRequest} the latest request */
  get request() {
    const last = this.requests.at(-1);
    assert.ok(last, "a file is posted");
    return last;
  }
}
