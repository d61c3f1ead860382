/** What the service answers with where it does not do what was asked. */
export class Refusal extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{ auth?: boolean, data?: object }} [details]
   */
  constructor(code, message, { auth = false, data } = {}) {
    super(message);
    this.frame = { type: auth ? "auth_error" : "error", code, message, ...(data && { data }) };
  }
}
