import { connect } from "../src/index.js";
import { write } from "../worker/notes.js";
import { socketAddress } from "./address.js";
import { App } from "./app.js";
import { Keeping } from "./keeping.js";
import { languageFields } from "./words/choice.js";
import { fill } from "./words/fill.js";
import { pushWords, useLocale } from "./words/index.js";
import { installWorker } from "./worker-registration.js";

/** @type {HTMLMetaElement | null} */
const meta = document.querySelector('meta[name="parley-url"]');
const page = new URL(location.href);

await speak();
const address = socketAddress(page, meta?.content);
const keeping = new Keeping(address);
const app = new App(connect(address, { storage: keeping.storage }), page, address, keeping);
await Promise.all([app.signIn.start(), notifyByWorker()]);

/** In the language that page/theme.js has chosen; in English if that cannot be loaded. */
async function speak() {
  const { documentElement: root } = document;
  try {
    await useLocale(root.lang);
  } catch (error) {
    console.warn(error);
    [root.lang, root.dir] = ["en", "ltr"];
  }
  fill(document);
  languageFields();
}

/** After all else that is loaded, since nothing that is shown first waits for it. */
async function notifyByWorker() {
  if (document.readyState !== "complete") {
    await new Promise((resolve) => window.addEventListener("load", resolve, { once: true }));
  }
  const worker = await installWorker((place) => app.navigation.open(place));
  if (!worker) return;
  await write("words", JSON.stringify(pushWords()));
  await app.notifications.useWorker(worker);
}
