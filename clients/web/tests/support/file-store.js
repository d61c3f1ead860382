/** @import { Clock } from "../../src/options.js" */

const MINUTE = 60_000;

/** @typedef {{ key: string, size: number, type: string, until: number }} Policy */

/**
 * The bucket, from memory: it accepts what a policy allows, and gives out what a signed URL names.
 */
export class FileStore {
  /** @type {Map<string, { body: Blob, type: string }>} by key */
  objects = new Map();
  /** @type {Map<string, Policy>} by signature */
  #policies = new Map();
  /** @type {Map<string, { key: string, until: number }>} by signature */
  #signed = new Map();
  #last = 0;
  #clock;
  origin = "https://files.test";

  /** @param {Clock} clock */
  constructor(clock) {
    this.#clock = clock;
  }

  /**
   * What posts one file: of this key, size and type, for ten minutes.
   * @param {string} key
   * @param {number} size
   * @param {string} type
   */
  presignPost(key, size, type) {
    const signature = `policy-${++this.#last}`;
    const until = this.#clock.now() + 10 * MINUTE;
    this.#policies.set(signature, { key, size, type, until });
    const fields = { key, "Content-Type": type, "X-Amz-Signature": signature };
    return { url: `${this.origin}/`, fields, expires_at: new Date(until).toISOString() };
  }

  /** @param {string} key */
  presignGet(key) {
    const signature = `url-${++this.#last}`;
    const until = this.#clock.now() + 15 * MINUTE;
    this.#signed.set(signature, { key, until });
    const url = `${this.origin}/${key}?X-Amz-Signature=${signature}`;
    return { url, expires_at: new Date(until).toISOString() };
  }

  /**
   * @param {FormData} form
   * @returns the HTTP status
   */
  accept(form) {
    const policy = this.#policies.get(String(form.get("X-Amz-Signature")));
    const file = form.get("file");
    if (!policy || !(file instanceof Blob) || policy.until <= this.#clock.now()) return 403;
    if (form.get("key") !== policy.key || form.get("Content-Type") !== policy.type) return 403;
    if (file.size !== policy.size) return 400;
    this.objects.set(policy.key, { body: file, type: policy.type });
    return 204;
  }

  /**
   * @param {string} key
   * @param {string | null} signature
   */
  find(key, signature) {
    const signed = this.#signed.get(String(signature));
    const isValid = signed?.key === key && signed.until > this.#clock.now();
    return isValid ? this.objects.get(key) : undefined;
  }
}
