// node run.mjs <address>: runs the scenario with Artillery's engine and prints its percentiles.
//
// The package `artillery` itself is 450 MB, for clouds and browsers; its core runs the same file.

import { readFileSync } from "node:fs";
import core from "@artilleryio/int-core";
import { load } from "js-yaml";
import * as processor from "./person.mjs";

const SHOWN = ["count", "min", "p50", "p90", "p95", "p99", "max"];

const script = load(readFileSync(new URL("scenario.yml", import.meta.url), "utf8"));
const config = { ...script.config, target: process.argv[2] ?? script.config.target, processor };

const run = await core.runner.runner({ ...script, config }, null, {});
run.on("phaseStarted", ({ name }) => console.log(name));
run.on("done", async ({ counters, histograms }) => {
  await run.stop();
  const measured = Object.entries(histograms).filter(([name]) => name.includes(": "));
  console.table(Object.fromEntries(measured.sort().map(row)));
  const errors = Object.keys(counters).filter((name) => name.startsWith("errors."));
  for (const error of errors) console.error(`${counters[error]} x ${error.slice(7)}`);
  process.exit(errors.length === 0 ? 0 : 1);
});
run.run();

/** A row of the table: milliseconds, but for the count. */
function row([name, histogram]) {
  const summary = core.ssms.summarizeHistogram(histogram);
  return [name, Object.fromEntries(SHOWN.map((column) => [column, summary[column]]))];
}
