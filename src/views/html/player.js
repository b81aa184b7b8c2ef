// The player, the same for every circuit. It knows a step forward, and that a gradient is local times upstream, added up.
"use strict";
(() => {
  const { nodes, order, steps, output, arrives, seed, digits } = circuit;
  const gates = order.length;
  // When each node is known: inputs from the beginning, a gate after its step.
  const known = nodes.map(() => 0);
  order.forEach((node, k) => { known[node] = k + 1; });
  // The steps that contribute to each node.
  const parts = nodes.map(() => []);
  steps.forEach((step, k) => parts[step.target].push(k));
  const last = gates + (seed === null ? 0 : 1 + steps.length);
  const at = id => document.getElementById(id);
  const figure = at("figure"), svg = figure.querySelector("svg"), panel = at("panel");
  // A long circuit is not made small to fit: it scrolls.
  figure.classList.toggle("wide", svg.width.baseVal.value > 1800);
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  // ---- numbers ----

  nodes.forEach((node, at) => { node.number = program === null ? null : program.inputs[at]; });
  const inputs = nodes.map(node => node.number);
  // A point that nothing follows looks lost in a figure.
  const inFigure = text => text.replace(/\.$/, "");
  const minus = text => text.replaceAll("-", "\u2212");

  function shortest(x) {
    if (Number.isNaN(x)) return "nan";
    if (Math.abs(x) === Infinity) return x > 0 ? "inf" : "-inf";
    const size = Math.abs(x);
    const text = x !== 0 && (size >= 1e16 || size < 1e-5) ? x.toExponential() : String(x);
    return text.replace("e+", "e");
  }

  // As the calculator rounds: what has no more digits than asked for stays as it is.
  function rounded(x) {
    if (!Number.isFinite(x) || digits.kind === "full") return shortest(x === 0 ? 0 : x);
    if (digits.kind === "decimals") {
      const text = Math.abs(x) < 1e15 ? x.toFixed(digits.count) : x.toExponential(digits.count).replace("e+", "e");
      return /[1-9]/.test(text) ? text : text.replace("-", "");
    }
    const exact = shortest(x === 0 ? 0 : x);
    const written = exact.replace(/e.*/, "").replace(/\D/g, "").replace(/^0+|0+$/g, "");
    if ((Number.isInteger(x) && Math.abs(x) < 1e15) || written.length <= digits.count) return exact;
    const text = x.toExponential(digits.count - 1).replace("e+", "e");
    const exponent = Number(text.split("e")[1]), decimals = digits.count - 1 - exponent;
    if (decimals === 0) return x.toFixed(0) + ".";
    return decimals > 0 && exponent >= -5 ? x.toFixed(decimals) : text;
  }

  const opening = {
    values: nodes.map(node => node.value),
    gradients: nodes.map(node => node.gradient),
    steps: steps.map(step => step.numbers),
  };

  // Every number anew, from the inputs as they are.
  function computed() {
    const v = Object.create(null), d = [];
    nodes.forEach((node, at) => { if (node.number !== null) v[node.name] = inputs[at]; });
    order.forEach((at, k) => { v[nodes[at].name] = +program.forward[k](v); });
    if (seed !== null) d[output] = program.seed;
    const numbers = steps.map((step, k) => {
      const [local, handed] = program.backward[k];
      const upstream = d[step.through], contribution = +handed(v, upstream);
      d[step.target] = d[step.target] === undefined ? contribution : d[step.target] + contribution;
      return [local === null ? null : rounded(+local(v)), rounded(upstream), rounded(contribution), rounded(d[step.target])];
    });
    return {
      values: nodes.map(node => rounded(v[node.name])),
      gradients: nodes.map((node, at) => node.gradient === null ? null : rounded(d[at] ?? 0)),
      steps: numbers,
    };
  }

  const isMoved = () => inputs.some((number, at) => !Object.is(number, nodes[at].number));
  const numbers = () => program !== null && isMoved() ? computed() : opening;

  // ---- the figure ----

  const byName = new Map(nodes.map((node, at) => [node.name, at]));
  function marked(key) {
    const found = nodes.map(() => []);
    svg.querySelectorAll(`[data-${key}]`).forEach(element => found[byName.get(element.dataset[key])]?.push(element));
    return found;
  }
  const drawn = { value: marked("value"), gradient: marked("gradient"), gate: marked("gate"), net: marked("net") };
  const wires = new Map(), shares = new Map();
  svg.querySelectorAll("[data-to]").forEach(wire => wires.set(`${wire.dataset.operand} ${wire.dataset.to}`, wire));
  svg.querySelectorAll("[data-share]").forEach(share => shares.set(`${share.dataset.operand} ${share.dataset.share}`, share));
  const hints = nodes.map((_, at) => [...drawn.gate[at], ...drawn.net[at]].map(group => {
    const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
    group.prepend(title);
    return title;
  }));

  // ---- what is shown ----

  let position = last, timer = 0, quiz = false, isFirst = true;
  const revealed = new Set();
  const isHidden = node => quiz && !revealed.has(node);

  // The gradients after the steps that have been made: none where none has arrived yet.
  function gradientsAt(now) {
    if (position === last) return now.gradients;
    const found = nodes.map(() => null);
    if (position > gates) {
      arrives.forEach(node => { found[node] = now.gradients[node]; });
      if (output !== null) found[output] = seed;
    }
    steps.slice(0, Math.max(0, position - gates - 1)).forEach((step, k) => { found[step.target] = step.totals ?? now.steps[k][3]; });
    return found;
  }

  function element(tag, properties, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  const bold = (kind, text) => element("b", { className: kind }, minus(text));

  function gradientOf(node, text) {
    if (!isHidden(node)) return bold("gradient", text);
    const button = element("button", { type: "button", className: "reveal", onclick: () => reveal(node) }, "?");
    button.setAttribute("aria-label", `Reveal the gradient of ${nodes[node].name}`);
    return button;
  }

  function reveal(node) {
    revealed.add(node);
    show();
    (at("rows").querySelector("button.reveal") ?? at("quiz")).focus({ preventScroll: true });
  }

  function setText(text, shown, kind, node) {
    text.classList.toggle("wait", shown === null);
    const isAsked = kind === "gradient" && shown !== null && isHidden(node);
    text.classList.toggle("asked", isAsked);
    text.onclick = isAsked ? () => reveal(node) : null;
    if (text.localName === "g" || shown === null) return;
    text.textContent = (kind === "gradient" ? "\u25c2 " : "") + (isAsked ? "?" : minus(inFigure(shown)));
  }

  const withSign = text => /^(-|nan)/.test(text) ? text : "+" + text;

  function showFigure(now, gradients) {
    nodes.forEach((node, at) => {
      const isKnown = known[at] <= position;
      drawn.value[at].forEach(text => setText(text, isKnown ? now.values[at] : null, "value", at));
      drawn.gradient[at].forEach(text => setText(text, gradients[at], "gradient", at));
      const gradient = gradients[at] === null ? "" : `\ngradient ${isHidden(at) ? "?" : minus(gradients[at])}${sum(now, at)}`;
      const does = node.says ? `\n${node.says}` : "";
      hints[at].forEach(hint => { hint.textContent = `${node.name}: ${node.expression}${isKnown ? `\nvalue ${minus(now.values[at])}` : ""}${gradient}${does}`; });
    });
    steps.forEach((step, k) => step.wires.forEach(wire => {
      const share = shares.get(`${wire} ${nodes[step.through].name}`);
      if (!share) return;
      share.classList.toggle("wait", k >= position - gates - 1);
      share.textContent = isHidden(step.target) ? "?" : minus(inFigure(withSign(now.steps[k][2])));
    }));
  }

  // What is said of the opening numbers holds for them alone, and tells gradients.
  const description = svg.querySelector("desc"), told = description.textContent;
  function showDescription() {
    const isOpening = !isMoved();
    description.textContent = isOpening && !quiz && position === last ? told : "Its numbers stand in the table of stages.";
    document.querySelectorAll(".note").forEach(note => { note.hidden = !isOpening; });
  }

  // Who contributed to a gradient, once all have.
  function sum(now, node) {
    const all = parts[node];
    if (all.length < 2 || all.length < steps[all[0]].branches || isHidden(node) || position !== last || !now.steps[all[0]]) return "";
    return " = " + all.map(k => `${minus(withSign(now.steps[k][2]))} through ${nodes[steps[k].through].name}`).join(", ");
  }

  // The pieces of a wire from its source to a gate: each begins where another one ends.
  function path(piece) {
    const numbers = wire => wire.getAttribute("d").match(/-?[\d.]+/g).map(Number);
    const pieces = [...piece.parentNode.querySelectorAll(".wire")], found = [];
    for (let at = piece; at && !found.includes(at);) {
      found.push(at);
      const [x, y] = numbers(at);
      at = pieces.find(other => { const [right, low] = numbers(other).slice(-2); return Math.abs(right - x) < 1.5 && Math.abs(low - y) < 1.5; });
    }
    return found;
  }

  function light(gate, targets) {
    svg.querySelectorAll(".now,.lit").forEach(lit => lit.classList.remove("now", "lit"));
    svg.classList.toggle("forward", position > 0 && position <= gates);
    svg.classList.toggle("backward", position > gates);
    if (gate === null) return;
    nodes[gate].wires.forEach((_, k) => {
      const end = targets === null || targets.includes(k) ? wires.get(`${k} ${nodes[gate].name}`) : null;
      if (end) path(end).forEach(piece => piece.classList.add("lit"));
    });
    drawn.gate[gate].forEach(group => {
      group.classList.add("now");
      if (figure.scrollWidth <= figure.clientWidth) return;
      const own = group.getBoundingClientRect(), frame = figure.getBoundingClientRect();
      figure.scrollBy({ left: own.left - frame.left - frame.width / 2, behavior: isFirst || still.matches ? "auto" : "smooth" });
    });
  }

  function spans(...parts) {
    // A sign stays with what follows it.
    const shown = parts.map((part, k) => typeof part === "string" ? null : [typeof parts[k - 1] === "string" ? `${parts[k - 1]} ` : "", element("span", {}, ...part)]);
    return element("p", { className: "eq" }, ...shown.filter(Boolean).flatMap(pair => [element("span", { className: "pair" }, ...pair), " "]));
  }

  const small = text => element("small", {}, text);

  function forwardPanel(now, k) {
    const node = nodes[order[k]];
    const from = [...new Set(node.wires)].map(at => [`${nodes[at].name} = `, bold("value", now.values[at])]);
    return [
      element("h2", {}, `Forward ${k + 1} of ${gates}: ${node.name} = ${node.expression}`),
      spans(...from, "\u2192", [`${node.name} = `, bold("value", now.values[order[k]])]),
    ];
  }

  function backwardPanel(now, k) {
    const step = steps[k], through = nodes[step.through], target = nodes[step.target];
    const found = now.steps[k];
    const told = [
      element("h2", {}, `Backward ${k + 1} of ${steps.length}: through ${through.name} = ${through.expression} to ${target.name}`),
      element("p", {}, element("code", {}, step.text)),
    ];
    if (found === null) {
      told.push(element("p", {}, `Shapes: ${step.shapes}.`));
      if (step.totals !== null) told.push(spans([`${target.gradientName} = `, gradientOf(step.target, step.totals)]));
    } else {
      const [local, upstream, contribution] = found;
      const handed = [gradientOf(step.target, contribution), small(`contribution to ${target.gradientName}`)];
      const up = [gradientOf(step.through, upstream), small(`upstream: ${through.gradientName}`)];
      told.push(local === null ? spans(up, "\u2192", handed) : spans([minus(local), small(`local: ${step.local}`)], "\u00d7", up, "=", handed));
      if (contribution === "0" && /inf|nan/.test(local ?? "")) told.push(element("p", {}, "An upstream gradient of 0 carries nothing, whatever the local gradient is."));
    }
    told.push(...branch(found, k));
    if (through.says) told.push(element("p", { className: "key" }, `${through.name} ${through.says}`));
    return told;
  }

  // At a fork, what is added and what has come together.
  function branch(found, k) {
    const { target, branch, branches } = steps[k];
    if (branches < 2) return [];
    const { name, gradientName } = nodes[target];
    const which = ` (${branch} of ${branches} branches)`;
    if (found === null) return [element("p", {}, `${name} is used ${branches} times: its gradient is a sum${which}.`)];
    return [spans([`${name} forks: ${gradientName} ${branch > 1 ? "+=" : "="} `, gradientOf(target, found[2]), ", so far ", gradientOf(target, found[3]), which])];
  }

  function panelNow(now) {
    if (position === 0) {
      const backward = seed === null ? "" : ", then backward to find how much the result moves with each";
      return [element("h2", {}, "The inputs"), element("p", {}, `Step forward to compute every wire${backward}.`)];
    }
    if (position <= gates) return forwardPanel(now, position - 1);
    if (position === gates + 1 && output === null) {
      return [element("h2", {}, "Backward begins"), element("p", {}, "Gradients arrive from gates that are not drawn.")];
    }
    if (position === gates + 1) {
      const says = seed === "1" ? "The result moves exactly as much as itself." : "This gradient arrives at the result.";
      return [element("h2", {}, `Backward begins: ${nodes[output].gradientName} = ${minus(seed)}`), element("p", {}, says)];
    }
    return backwardPanel(now, position - gates - 2);
  }

  function showTable(now, gradients, current) {
    at("rows").querySelectorAll("tr[data-node]").forEach(row => {
      const node = Number(row.dataset.node), isKnown = known[node] <= position;
      row.classList.toggle("now", node === current);
      if (node === current) row.setAttribute("aria-current", "step"); else row.removeAttribute("aria-current");
      row.querySelector("td.value").textContent = isKnown ? minus(now.values[node]) : "";
      const gradient = row.querySelector("td.gradient");
      gradient.replaceChildren(...(gradients[node] === null ? [] : [isHidden(node) ? gradientOf(node, "") : minus(gradients[node])]));
    });
  }

  function show(isQuiet) {
    const now = numbers(), gradients = gradientsAt(now);
    const isBackward = position > gates + 1, step = isBackward ? steps[position - gates - 2] : null;
    const gate = position === 0 ? null : position <= gates ? order[position - 1] : step ? step.through : output;
    showFigure(now, gradients);
    light(gate, step ? step.wires : position > gates ? [] : null);
    showDescription();
    panel.setAttribute("aria-live", isQuiet ? "off" : "polite");
    panel.className = `step ${position === 0 ? "" : position <= gates ? "forward" : "backward"}`;
    panel.replaceChildren(...panelNow(now));
    showTable(now, gradients, step ? step.target : gate);
    at("range").value = position;
    at("range").setAttribute("aria-valuetext", `step ${position} of ${last}`);
    at("count").textContent = `step ${position} of ${last}`;
    at("link").href = link();
  }

  // ---- the link ----

  function link() {
    const words = new URLSearchParams({ step: position });
    if (quiz) words.set("quiz", "1");
    // A point tells an input from a word of the page's own.
    if (program !== null) nodes.forEach((node, at) => { if (!Object.is(inputs[at], node.number)) words.set(`.${node.name}`, inputs[at]); });
    return `#${words}`;
  }

  function follow() {
    const words = new URLSearchParams(location.hash.slice(1));
    const step = Number(words.get("step") ?? last);
    position = Number.isInteger(step) ? Math.max(0, Math.min(last, step)) : last;
    setQuiz(words.get("quiz") === "1");
    if (program === null) return;
    nodes.forEach((node, at) => {
      const given = words.get(`.${node.name}`), number = given === null || given === "" ? NaN : Number(given);
      if (node.number !== null) move(at, Number.isNaN(number) ? node.number : number);
    });
  }

  // ---- what is pressed ----

  function go(to) {
    position = Math.max(0, Math.min(last, to));
    show();
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    at("play").textContent = "\u25b6";
    at("play").setAttribute("aria-label", "Play");
  }

  function play() {
    if (timer) return stop();
    if (position === last) go(0);
    at("play").textContent = "\u275a\u275a";
    at("play").setAttribute("aria-label", "Pause");
    timer = setInterval(() => position < last ? go(position + 1) : stop(), 1200);
  }

  function setQuiz(on) {
    quiz = on;
    revealed.clear();
    at("quiz").setAttribute("aria-pressed", String(on));
  }

  const by = action => () => { stop(); action(); };
  at("first").onclick = by(() => go(0));
  at("back").onclick = by(() => go(position - 1));
  at("next").onclick = by(() => go(position + 1));
  at("last").onclick = by(() => go(last));
  at("play").onclick = play;
  at("range").max = last;
  at("range").oninput = event => { stop(); go(Number(event.target.value)); };
  at("quiz").onclick = () => { setQuiz(!quiz); show(); };
  const keys = {
    ArrowRight: by(() => go(position + 1)), ArrowLeft: by(() => go(position - 1)), Home: by(() => go(0)), End: by(() => go(last)), " ": play,
  };
  addEventListener("keydown", event => {
    const tag = event.target.tagName;
    if (event.ctrlKey || event.metaKey || event.altKey || tag === "INPUT" || (tag === "BUTTON" && event.key === " ") || !keys[event.key]) return;
    keys[event.key]();
    event.preventDefault();
  });

  // ---- inputs ----

  const fields = nodes.map(() => null);
  function move(node, number, typed) {
    inputs[node] = number;
    const [range, field] = fields[node];
    if (Math.abs(number) > Number(range.max) && Number.isFinite(number)) setRange(range, number);
    range.value = number;
    if (!typed) field.value = Number.isFinite(number) ? number : "";
  }

  function setRange(range, number) {
    const size = Number.isFinite(number) ? Math.max(4, 2 * Math.abs(number)) : 4;
    Object.assign(range, { min: -size, max: size, step: 10 ** (Math.floor(Math.log10(size)) - 2) });
  }

  function addInput(node, at) {
    const range = element("input", { type: "range", ariaLabel: `${node.name}, slider` });
    const field = element("input", { type: "number", step: "any", id: `input-${at}` });
    setRange(range, node.number);
    fields[at] = [range, field];
    range.oninput = () => { move(at, Number(range.value)); show(true); };
    field.oninput = () => { if (field.value !== "") { move(at, Number(field.value), true); show(true); } };
    return element("div", { className: "input" }, element("label", { htmlFor: field.id }, node.name), range, field);
  }

  if (program !== null) {
    nodes.forEach((node, k) => { if (node.number !== null) at("inputs").append(addInput(node, k)); });
    const reset = () => { nodes.forEach((node, at) => { if (node.number !== null) move(at, node.number); }); show(); };
    at("inputs").append(element("button", { type: "button", onclick: reset }, "Reset inputs"));
    at("inputs").hidden = false;
  }

  let kept = last;
  addEventListener("beforeprint", () => { kept = position; go(last); });
  addEventListener("afterprint", () => go(kept));
  addEventListener("hashchange", () => { follow(); show(); });
  [at("bar"), panel, document.querySelector(".keys")].forEach(part => { part.hidden = false; });
  follow();
  show();
  isFirst = false;
  // For those who build on the page.
  globalThis.gradcalc = { opening, computed, go };
})();
