import { closeOnBack } from "./back.js";
import { byId, say } from "./dom.js";
import { problemText } from "./problems.js";

/**
 * A dialog with a form in it: it closes when what the form asks for is done, and says what went
 * wrong when it is not.
 */
export class FormDialog {
  /**
   * @param {string} name
   * @param {(choice: string) => Promise<void | (() => void)>} act gives what comes after the dialog
   */
  constructor(name, act) {
    this.dialog = byId(`${name}-dialog`, HTMLDialogElement);
    this.form = byId(`${name}-form`, HTMLFormElement);
    this.problem = byId(`${name}-problem`, HTMLParagraphElement);
    this.act = act;
    const cancel = this.form.querySelector("[data-cancel]");
    cancel?.addEventListener("click", () => this.dialog.close());
    this.form.addEventListener("submit", (event) => this.#submit(event));
  }

  open() {
    say(this.problem, "");
    this.dialog.showModal();
    const closed = closeOnBack(() => this.dialog.close());
    this.dialog.addEventListener("close", closed, { once: true });
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
    say(this.problem, "");
    try {
      this.#disable(true);
      const after = await this.act(button?.value ?? "");
      this.dialog.close();
      after?.();
    } catch (error) {
      say(this.problem, problemText(error));
    } finally {
      this.#disable(false);
    }
  }

  /** @param {boolean} isBusy */
  #disable(isBusy) {
    for (const button of this.form.querySelectorAll("button")) button.disabled = isBusy;
  }
}

/**
 * Asks before something is done that cannot be undone.
 * @returns {(question: {
 *   title: string, text: string, button: string, act: () => Promise<void | (() => void)>,
 * }) => void}
 */
export function askDialog() {
  /** @type {() => Promise<void | (() => void)>} */
  let act = async () => {};
  const dialog = new FormDialog("ask", () => act());
  return (question) => {
    say(byId("ask-title", HTMLHeadingElement), question.title);
    say(byId("ask-text", HTMLParagraphElement), question.text);
    say(byId("ask-yes", HTMLButtonElement), question.button);
    act = question.act;
    dialog.open();
  };
}
