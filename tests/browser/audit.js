// Audits pages with axe-core, in the states that they can be in: `node audit.js BROWSER AXE.js PAGE.html...`.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { Browser } = require("./chromium.js");

const [, , command, axe, ...files] = process.argv;

// What is done to a page before it is audited.
const STATES = {
  "as it opens": async () => {},
  "at the beginning": tab => tab.run(() => gradcalc.go(0)),
  "in the backward pass": tab => tab.run(() => gradcalc.go(circuit.order.length + 2)),
  "asked in a quiz": tab => tab.click("#quiz"),
  "in the dark": async tab => { await tab.click("#quiz"); await tab.media("", { "prefers-color-scheme": "dark" }); },
  "on a phone": tab => tab.size(320, 640),
};

// The states of a page that plays nothing.
const ALWAYS = ["as it opens", "on a phone"];

const violations = async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.flatMap(({ id, help, nodes }) => nodes.map(node => `${id}: ${help}: ${node.html.slice(0, 160)} ${node.failureSummary.slice(0, 300)}`));
};

async function audit(browser, file) {
  const tab = await browser.open(pathToFileURL(path.resolve(file)).href);
  await tab.size(1100, 800);
  await tab.send("Runtime.evaluate", { expression: fs.readFileSync(axe, "utf8") });
  let found = 0;
  const isPlayed = await tab.run(() => "gradcalc" in globalThis);
  const states = Object.entries(STATES).filter(([state]) => isPlayed || ALWAYS.includes(state));
  for (const [state, enter] of states) {
    await enter(tab);
    for (const violation of await tab.run(violations)) {
      found += 1;
      console.log(`${file}, ${state}: ${violation}`);
    }
  }
  await tab.close();
  return found;
}

(async () => {
  const browser = await Browser.start(command);
  let found = 0;
  for (const file of files) found += await audit(browser, file).catch(error => { console.log(`${file}: ${error.stack}`); return 1; });
  await browser.end();
  console.log(`${files.length} pages, ${found} violations`);
  process.exitCode = found > 0 || files.length === 0 ? 1 : 0;
})();
