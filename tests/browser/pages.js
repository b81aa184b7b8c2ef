// Goes through pages as their readers do, and tells what is wrong with them and which numbers they show.
// `node pages.js BROWSER` reads a JSON list of {name, file, inputs, moves, ways} from standard input, of which the ways are methods of
// Visit. It prints one of {name, faults, shown}: the rows of the table at the beginning and after inputs have been moved. What the
// numbers should be is not known here.
"use strict";
const { pathToFileURL } = require("node:url");
const { Browser } = require("./chromium.js");

// ---- what is asked of a page ----

const rows = () => [...document.querySelectorAll("#rows tr")].map(row => [...row.children].map(cell => cell.textContent.replaceAll("\u2212", "-")));

// Where the player stands, and what it shows.
const state = () => {
  const text = id => document.getElementById(id).textContent;
  const isSeen = element => getComputedStyle(element).opacity !== "0";
  const seen = element => element.localName === "g" ? [...element.querySelectorAll("text")].filter(isSeen).map(one => one.textContent).join(" ") : element.textContent;
  const numbers = kind => [...document.querySelectorAll(`svg [data-${kind}]`)].filter(isSeen).map(seen);
  const [, step, last] = text("count").match(/^step (\d+) of (\d+)$/).map(Number);
  return {
    step, last, heading: document.querySelector("#panel h2").textContent, range: Number(document.getElementById("range").value),
    lit: document.querySelectorAll("svg path.lit").length, gates: document.querySelectorAll("svg .now").length,
    factors: [...document.querySelector("#panel .eq")?.querySelectorAll("span:not(.pair)") ?? []].map(one => one.firstChild.textContent.replaceAll("\u2212", "-")),
    values: numbers("value"), gradients: numbers("gradient"), current: document.querySelectorAll("tr[aria-current=step]").length,
    forward: document.querySelector("svg").classList.contains("forward"), backward: document.querySelector("svg").classList.contains("backward"),
  };
};

const inputs = () => Object.fromEntries([...document.querySelectorAll("#inputs .input")].map(one => [one.querySelector("label").textContent, one.querySelector("input[type=number]").value]));

const motion = () => getComputedStyle(document.querySelector("svg path.lit")).animationName;

// How wide what is laid out is, beyond the window, and what is too small for a finger.
const layout = () => ({
  beyond: document.documentElement.scrollWidth - innerWidth,
  small: [...document.querySelectorAll("#bar button")].filter(one => one.offsetHeight < 40 || one.offsetWidth < 40).map(one => one.id),
});

// Texts whose contrast with what is behind them is below 4.5.
const faint = () => {
  const parts = color => color.match(/[\d.]+/g).map(Number);
  const luminance = color => {
    const [r, g, b] = parts(color).map(part => (part /= 255) <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const isClear = color => parts(color)[3] === 0;
  const behind = one => { for (let at = one; at; at = at.parentElement) { const color = getComputedStyle(at).backgroundColor; if (!isClear(color)) return color; } return "rgb(255, 255, 255)"; };
  const texts = [...document.querySelectorAll("h1, h2, p, b, td, th, button, label, small, code, output, a, svg text")].filter(one => one.checkVisibility());
  return texts.flatMap(one => {
    const style = getComputedStyle(one), inFigure = one.closest("svg");
    const paper = inFigure ? getComputedStyle(inFigure.querySelector(".paper")).fill : behind(one);
    const [light, dark] = [inFigure ? style.fill : style.color, paper].map(luminance).sort((one, other) => other - one);
    const contrast = (light + 0.05) / (dark + 0.05);
    return contrast < 4.5 ? [`${one.localName} ${one.textContent.slice(0, 20)}: ${contrast.toFixed(1)}`] : [];
  });
};

// ---- what a reader does ----

// How long, in milliseconds, a page may take for a step that it plays, and the browser for all pages.
const PATIENCE = 20000, ALL_PATIENCE = 240000;

const NOTHING = /^\s*$/;
const sameText = (one, other) => JSON.stringify(one) === JSON.stringify(other);

class Visit {
  constructor(tab, page) {
    Object.assign(this, { tab, page, faults: [], shown: {}, products: 0 });
  }

  check(holds, told) {
    if (!holds) this.faults.push(told);
  }

  async opening() {
    const now = await this.tab.run(state);
    this.last = now.last;
    this.check(now.step === now.last, `it opens on step ${now.step} of ${now.last}`);
    this.start = this.shown.start = await this.tab.run(rows);
    if (this.page.inputs.length > 0) {
      const different = await this.tab.run(() => {
        const { opening, computed } = gradcalc, anew = computed();
        return ["values", "gradients"].flatMap(kind => opening[kind].flatMap((text, at) => text === anew[kind][at] ? [] : [`${text}, anew ${anew[kind][at]}`]));
      });
      this.check(different.length === 0, `computed anew its numbers differ: ${different}`);
    }
  }

  // Forward a gate a key, then backward a contribution a key: numbers appear and none goes away.
  async passes() {
    const { tab } = this;
    await tab.press("Home");
    let before = await tab.run(state), gates = 0, steps = 0;
    this.check(before.step === 0 && before.gradients.length === 0, "Home goes to the beginning, without gradients");
    for (let step = 1; step <= this.last; step += 1) {
      await tab.press("ArrowRight");
      const now = await tab.run(state), where = `step ${step}, ${now.heading}`;
      this.check(now.step === step && now.range === step, `${where}: → goes on by one`);
      const [, pass, count] = now.heading.match(/^(Forward|Backward) (?:(\d+) of \d+|begins)/) ?? [];
      if (pass === "Forward") {
        gates += 1;
        this.check(Number(count) === gates && now.forward && now.values.length === before.values.length + 1, `${where}: one value more stands there`);
      } else {
        this.check(now.backward && now.values.length === before.values.length, `${where}: every value stands there`);
        this.check(now.gradients.length >= before.gradients.length, `${where}: a gradient has gone`);
        steps += count ? 1 : 0;
        this.check(count === undefined || Number(count) === steps, `${where}: contributions in order`);
        if (count) this.product(now, where);
      }
      // Where the result is not drawn, nothing is marked when the backward pass begins.
      this.check(now.current === 1 && now.gates > 0 || now.heading === "Backward begins", `${where}: a gate and a row are marked`);
      before = now;
    }
    this.check(gates > 0 && (steps === 0 || this.page.inputs.length === 0 || this.products > 0), "there are gates, and products are written out");
    this.check(sameText(await tab.run(rows), this.start), "at the end all numbers stand there");
    await tab.press("ArrowLeft", 2);
    this.check((await tab.run(state)).step === Math.max(0, this.last - 2), "← goes back");
    await tab.press("End");
    this.check((await tab.run(state)).step === this.last, "End goes to the end");
  }

  // What is written out is true to its digits: a local gradient times what arrives is what is handed on.
  product({ factors }, where) {
    const [local, upstream, handed] = factors.map(Number);
    if (factors.length !== 3 || ![local, upstream, handed].every(Number.isFinite)) return;
    this.products += 1;
    this.check(Math.abs(local * upstream - handed) <= 2e-5 * Math.abs(handed) + 1e-12, `${where}: ${local} times ${upstream} is not ${handed}`);
  }

  async buttons() {
    const { tab, last } = this;
    const at = async () => (await tab.run(state)).step;
    for (const [button, step] of [["first", 0], ["next", 1], ["next", 2], ["back", 1], ["last", last]]) {
      await tab.click(`#${button}`);
      this.check(await at() === Math.min(step, last), `the button ${button} goes to ${step}, not to ${await at()}`);
    }
    await tab.focus("#range");
    for (const [key, step] of [["Home", 0], ["ArrowRight", 1], ["End", last], ["ArrowLeft", last - 1]]) {
      await tab.press(key);
      this.check(await at() === step, `the slider of time goes to ${step} by ${key}, not to ${await at()}`);
    }
  }

  // By keys alone: everything that can be used is reached, in order, and seen to be reached.
  async tabs() {
    const { tab } = this;
    await tab.run(() => document.activeElement.blur());
    const wanted = await tab.run(() => [...document.querySelectorAll("button,input,a,[tabindex]")].filter(one => one.checkVisibility()).length);
    const reached = new Set();
    // Once in the round the focus leaves the page.
    for (let count = 0; count <= wanted; count += 1) {
      await tab.press("Tab");
      const [which, outline] = await tab.run(() => {
        const one = document.activeElement, all = [...document.querySelectorAll("body *")];
        return [all.indexOf(one), getComputedStyle(one).outlineStyle];
      });
      if (which < 0) continue;
      reached.add(which);
      this.check(outline === "solid", `what has the focus after ${count + 1} tabs is not marked`);
    }
    this.check(reached.size === wanted, `by keys ${reached.size} of ${wanted} are reached`);
  }

  async plays() {
    const { tab } = this;
    await tab.run(() => document.activeElement.blur());
    await tab.press("Home");
    await tab.press(" ");
    const button = () => document.getElementById("play").getAttribute("aria-label");
    const playing = await tab.run(button);
    let now = await tab.run(state);
    for (const begun = Date.now(); now.step === 0 && Date.now() - begun < PATIENCE;) {
      await new Promise(resolve => setTimeout(resolve, 50));
      now = await tab.run(state);
    }
    await tab.press(" ");
    this.check(playing === "Pause" && now.step > 0 && await tab.run(button) === "Play", `space plays, and stops: at step ${now.step}`);
  }

  async quiz() {
    const { tab } = this;
    await tab.press("End");
    const gradients = this.start.map(row => row[3]);
    await tab.click("#quiz");
    const asked = await tab.run(rows), now = await tab.run(state);
    this.check(asked.every((row, at) => row[3] === (NOTHING.test(gradients[at]) ? "" : "?")), "a quiz hides every gradient of the table");
    this.check(now.gradients.every(text => /^(\u25c2 )?\?$/.test(text) || !text.includes("\u25c2") && NOTHING.test(text)), `a quiz hides the gradients of the figure: ${now.gradients}`);
    const told = await tab.run(() => [...document.querySelectorAll("svg desc, svg title")].map(one => one.textContent).join("\n"));
    this.check(!/gradient -?\d/.test(told.replaceAll("\u2212", "-")), "what is told of the figure tells gradients");
    const count = asked.filter(row => row[3] === "?").length;
    await tab.focus("#rows button.reveal");
    for (let shown = 1; shown <= count; shown += 1) {
      await tab.press("Enter");
      const left = (await tab.run(rows)).filter(row => row[3] === "?").length;
      this.check(left === count - shown, `${left} of ${count} gradients are hidden after ${shown} have been revealed`);
    }
    this.check(sameText(await tab.run(rows), this.start), "once all are revealed, all stand there");
    this.check(await tab.run(() => document.activeElement.id) === "quiz", "the focus goes back to the button");
    await tab.click("#quiz");
    this.check((await tab.run(state)).gradients.every(text => !text.includes("?")), "the quiz ends");
  }

  // Fields and sliders move inputs; a link holds what they are; the button brings the opening numbers back.
  async moves() {
    const { tab, page } = this;
    if (page.inputs.length === 0) return;
    for (const [name, number] of Object.entries(page.moves)) {
      const field = await tab.run(name => [...document.querySelectorAll("#inputs label")].find(one => one.textContent === name).htmlFor, name);
      await tab.type(`#${field}`, number);
    }
    this.shown.typed = { rows: await tab.run(rows), inputs: await tab.run(inputs) };
    await tab.focus("#inputs input[type=range]");
    await tab.press("ArrowRight", 3);
    await tab.press("ArrowDown");
    this.shown.slid = { rows: await tab.run(rows), inputs: await tab.run(inputs) };
    this.check(!sameText(this.shown.slid.inputs, this.shown.typed.inputs), "a slider moves its input");
    await tab.focus("#play");
    await tab.press("ArrowLeft");
    const [href, there, step] = [await tab.run(() => document.getElementById("link").href), await tab.run(rows), (await tab.run(state)).step];
    const other = await tab.browser.open(href);
    this.check(sameText(await other.run(rows), there) && (await other.run(state)).step === step, `the link ${href} leads to what stands there`);
    this.complain(other);
    await other.close();
    await tab.click("#inputs > button");
    await tab.press("End");
    this.check(sameText(await tab.run(rows), this.start), "the button brings the opening numbers back");
  }

  async looks() {
    const { tab, last } = this;
    for (const width of [375, 320]) {
      await tab.size(width, 667);
      for (const step of [0, 1, Math.ceil(last / 2), last - 1, last]) {
        await tab.run(step => gradcalc.go(step), step);
        const { beyond, small } = await tab.run(layout);
        this.check(beyond <= 0, `at a width of ${width} step ${step} is ${beyond} too wide`);
        this.check(small.length === 0, `at a width of ${width} buttons are small: ${small}`);
      }
    }
    await tab.size(1100, 800);
    const paper = () => getComputedStyle(document.body).backgroundColor;
    const light = await tab.run(paper);
    for (const scheme of ["light", "dark"]) {
      await tab.media("", { "prefers-color-scheme": scheme });
      for (const step of [1, last]) {
        await tab.run(step => gradcalc.go(step), step);
        const found = await tab.run(faint);
        this.check(found.length === 0, `${scheme}, step ${step}, faint: ${found.slice(0, 5)}`);
      }
    }
    this.check(await tab.run(paper) !== light, "in the dark the paper is dark");
    await tab.media("", { "prefers-reduced-motion": "no-preference" });
    const moves = await tab.run(motion);
    await tab.media("", { "prefers-reduced-motion": "reduce" });
    this.check(moves === "run" && await tab.run(motion) === "none", "motion is reduced where that is asked for");
    await tab.run(() => gradcalc.go(0));
    await tab.media("print");
    await tab.run(() => dispatchEvent(new Event("beforeprint")));
    this.check(sameText(await tab.run(rows), this.start), "all numbers are printed");
    this.check(await tab.run(() => !document.getElementById("bar").checkVisibility()), "buttons are not printed");
    await tab.run(() => dispatchEvent(new Event("afterprint")));
    this.check((await tab.run(state)).step === 0, "after printing it stands where it stood");
    await tab.media("");
  }

  complain(tab) {
    this.faults.push(...tab.complaints);
    tab.complaints.length = 0;
  }

  async all() {
    for (const way of this.page.ways) {
      await this[way]();
      this.complain(this.tab);
    }
  }
}

async function visit(browser, page) {
  const tab = await browser.open(pathToFileURL(page.file).href);
  const found = new Visit(tab, page);
  await tab.size(1100, 800);
  await found.all().catch(error => found.faults.push(error.stack));
  await tab.close();
  return { name: page.name, faults: found.faults, shown: found.shown };
}

(async () => {
  const pages = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  const browser = await Browser.start(process.argv[2]);
  const found = [];
  setTimeout(() => { browser.process.kill("SIGKILL"); throw new Error("the browser takes too long"); }, ALL_PATIENCE).unref();
  try {
    for (const page of pages) found.push(await visit(browser, page));
  } finally {
    await browser.end();
  }
  console.log(JSON.stringify(found));
})().catch(error => { console.error(error); process.exitCode = 1; });
