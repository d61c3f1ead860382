import { ParleyError } from "./errors.js";
import { cancellable } from "./waiting.js";

/** @import { Clock, UploadRequestClass } from "./options.js" */
/** @import { Timing } from "./timing.js" */

/**
 * Where a file is posted to: the form's fields come before the file.
 * @typedef {{ url: string, fields: Record<string, string> }} PostTarget
 */

/**
 * @typedef {{
 *   XMLHttpRequest?: UploadRequestClass | undefined,
 *   clock: Clock,
 *   timing: Timing,
 *   onProgress: (share: number) => void,
 *   signal?: AbortSignal | undefined,
 * }} PostOptions
 */

/**
 * Posts the file once. Resolves with the HTTP status.
 * @param {PostTarget} target
 * @param {Blob} file
 * @param {PostOptions} options without an `XMLHttpRequest` it is posted by `fetch`, which reports no
 *   progress
 * @returns {Promise<number>}
 * @throws {ParleyError} `disconnected`: no answer came
 */
export function post(target, file, options) {
  return options.XMLHttpRequest
    ? postByRequest(target, file, options, options.XMLHttpRequest)
    : postByFetch(target, file, options);
}

/**
 * @param {PostTarget} target
 * @param {Blob} file
 * @param {PostOptions} options
 * @param {UploadRequestClass} XMLHttpRequest
 * @returns {Promise<number>}
 */
function postByRequest(target, file, options, XMLHttpRequest) {
  const { clock, timing, onProgress, signal } = options;
  return cancellable(signal, (resolve, reject) => {
    const request = new XMLHttpRequest();
    /** @type {unknown} */
    let timer;
    const expectProgress = () => {
      clock.clearTimeout(timer);
      timer = clock.setTimeout(() => reject(disconnected()), timing.uploadStall);
    };
    request.upload.onprogress = ({ loaded, total }) => {
      expectProgress();
      if (total > 0) onProgress(loaded / total);
    };
    request.onload = () => resolve(request.status);
    request.onerror = () => reject(disconnected());
    request.open("POST", target.url);
    expectProgress();
    request.send(formOf(target, file));
    return () => {
      clock.clearTimeout(timer);
      request.abort();
    };
  });
}

/**
 * @param {PostTarget} target
 * @param {Blob} file
 * @param {PostOptions} options
 * @returns {Promise<number>}
 */
function postByFetch(target, file, { clock, timing, signal }) {
  return cancellable(signal, (resolve, reject) => {
    const stop = new AbortController();
    const lose = () => reject(disconnected());
    const timer = clock.setTimeout(lose, timing.uploadTarget);
    const sending = { method: "POST", body: formOf(target, file), signal: stop.signal };
    fetch(target.url, sending).then(({ status }) => resolve(status), lose);
    return () => {
      clock.clearTimeout(timer);
      stop.abort();
    };
  });
}

/**
 * S3 ignores what comes after the file.
 * @param {PostTarget} target
 * @param {Blob} file
 */
function formOf({ fields }, file) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", file);
  return form;
}

function disconnected() {
  return new ParleyError("disconnected", "The connection to the file store was lost.");
}
