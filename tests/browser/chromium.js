// Drives pages in headless Chromium through its pipe for debugging: no package is needed beside node.
// Knows the browser's protocol; knows nothing of what the pages hold.
"use strict";
const { spawn } = require("node:child_process");
const fs = require("node:fs"), os = require("node:os"), path = require("node:path");

const OPTIONS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions", "--no-first-run", "--disable-sync",
  "--disable-background-networking", "--disable-component-update", "--hide-scrollbars", "--remote-debugging-pipe",
];

// What a key is in the protocol: its code, and the text that it types.
const KEYS = {
  ArrowLeft: [37], ArrowRight: [39], ArrowUp: [38], ArrowDown: [40], Home: [36], End: [35], Tab: [9], Enter: [13, "\r"], " ": [32, " "],
};

class Browser {
  static async start(command) {
    const found = new Browser();
    found.profile = fs.mkdtempSync(path.join(os.tmpdir(), "gradcalc-chromium-"));
    found.process = spawn(command, [...OPTIONS, `--user-data-dir=${found.profile}`, "about:blank"], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    await new Promise((resolve, reject) => found.process.on("spawn", resolve).on("error", reject));
    found.process.on("exit", () => found.waiting.forEach(({ reject }) => reject(new Error("the browser has ended"))));
    found.waiting = new Map();
    found.heard = new Map();
    found.count = 0;
    let rest = "";
    found.process.stdio[4].setEncoding("utf8").on("data", text => {
      const messages = (rest + text).split("\0");
      rest = messages.pop();
      messages.forEach(message => found.hear(JSON.parse(message)));
    });
    return found;
  }

  hear(message) {
    if (message.id === undefined) return this.heard.get(message.sessionId)?.(message);
    const { resolve, reject } = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.error) reject(new Error(message.error.message)); else resolve(message.result);
  }

  send(method, params = {}, sessionId) {
    this.count += 1;
    this.process.stdio[3].write(`${JSON.stringify({ id: this.count, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.waiting.set(this.count, { resolve, reject }));
  }

  async open(url) {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const tab = new Tab(this, targetId, sessionId);
    for (const domain of ["Page", "Runtime", "Log"]) await tab.send(`${domain}.enable`);
    await tab.go(url);
    return tab;
  }

  async end() {
    const ended = new Promise(resolve => this.process.on("exit", resolve));
    this.send("Browser.close").catch(() => {});
    const timer = setTimeout(() => this.process.kill("SIGKILL"), 3000);
    await ended;
    clearTimeout(timer);
    fs.rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

class Tab {
  constructor(browser, target, session) {
    Object.assign(this, { browser, target, session, complaints: [], loaded: () => {} });
    browser.heard.set(session, ({ method, params }) => {
      if (method === "Page.loadEventFired") this.loaded();
      if (method === "Runtime.exceptionThrown") this.complaints.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
      if (method === "Runtime.consoleAPICalled") this.complaints.push(`console.${params.type}: ${params.args.map(one => one.value).join(" ")}`);
      if (method === "Log.entryAdded") this.complaints.push(`${params.entry.source}: ${params.entry.text}`);
    });
  }

  send(method, params) {
    return this.browser.send(method, params, this.session);
  }

  async go(url) {
    const loaded = new Promise(resolve => { this.loaded = resolve; });
    await this.send("Page.navigate", { url });
    await loaded;
  }

  // What a function of the page gives, for arguments that JSON can hold.
  async run(work, ...given) {
    const expression = `(${work})(${given.map(one => JSON.stringify(one)).join(", ")})`;
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async press(key, times = 1) {
    const [windowsVirtualKeyCode, text] = KEYS[key];
    const told = { key, code: key === " " ? "Space" : key, windowsVirtualKeyCode };
    for (let count = 0; count < times; count += 1) {
      await this.send("Input.dispatchKeyEvent", { type: text ? "keyDown" : "rawKeyDown", text, ...told });
      await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...told });
    }
  }

  async click(selector) {
    const [x, y] = await this.run(selector => {
      const found = document.querySelector(selector);
      found.scrollIntoView({ block: "center" });
      const { left, top, width, height } = found.getBoundingClientRect();
      return [left + width / 2, top + height / 2];
    }, selector);
    for (const type of ["mousePressed", "mouseReleased"]) {
      await this.send("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 });
    }
  }

  async type(selector, text) {
    await this.run(selector => { const field = document.querySelector(selector); field.focus(); field.select(); }, selector);
    await this.send("Input.insertText", { text });
  }

  focus(selector) {
    return this.run(selector => document.querySelector(selector).focus(), selector);
  }

  size(width, height) {
    return this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 600 });
  }

  media(media, features = {}) {
    return this.send("Emulation.setEmulatedMedia", { media, features: Object.entries(features).map(([name, value]) => ({ name, value })) });
  }

  close() {
    return this.browser.send("Target.closeTarget", { targetId: this.target });
  }
}

module.exports = { Browser };
