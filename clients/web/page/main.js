import { connect } from "../src/index.js";
import { socketAddress } from "./address.js";
import { App } from "./app.js";
import { Keeping } from "./keeping.js";
import { installWorker } from "./worker-registration.js";

/** @type {HTMLMetaElement | null} */
const meta = document.querySelector('meta[name="parley-url"]');
const page = new URL(location.href);

const address = socketAddress(page, meta?.content);
const keeping = new Keeping(address);
const app = new App(connect(address, { storage: keeping.storage }), page, address, keeping);
await Promise.all([app.signIn.start(), notifyByWorker()]);

/** After all else that is loaded, since nothing that is shown first waits for it. */
async function notifyByWorker() {
  if (document.readyState !== "complete") {
    await new Promise((resolve) => window.addEventListener("load", resolve, { once: true }));
  }
  const worker = await installWorker((place) => app.navigation.open(place));
  if (worker) await app.notifications.useWorker(worker);
}
