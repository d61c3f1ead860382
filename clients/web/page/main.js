import { connect } from "../src/index.js";
import { socketAddress } from "./address.js";
import { App } from "./app.js";
import { tabStorage } from "./storage.js";

/** @type {HTMLMetaElement | null} */
const meta = document.querySelector('meta[name="parley-url"]');
const page = new URL(location.href);

const address = socketAddress(page, meta?.content);
const app = new App(connect(address, { storage: tabStorage() }), page, address);
await app.start();
