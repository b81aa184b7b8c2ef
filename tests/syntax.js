// Reads a grammar of TextMate's kind as editors do, and says what each piece of some texts is.
//
// Knows `match`, `begin`, `end`, `captures` and `include`, as far as the grammar beside it uses them. Patterns run in JavaScript's
// own engine, which has all that they need. Where GRADCALC_TEXTMATE names a folder with vscode-textmate and vscode-oniguruma, these
// say it instead: they are the engine of VS Code.
"use strict";
const [grammar, texts] = JSON.parse(require("fs").readFileSync(0, "utf8"));

const known = new Map();
function compiled(source) {
  if (!known.has(source)) known.set(source, new RegExp(source, "dgu"));
  return known.get(source);
}

function found(source, line, from) {
  const pattern = compiled(source);
  pattern.lastIndex = from;
  return pattern.exec(line);
}

function flat(patterns) {
  return patterns.flatMap(rule => rule.include ? flat(grammar.repository[rule.include.slice(1)].patterns) : [rule]);
}

function scoped(match, captures, at, pieces) {
  for (const [group, { name }] of Object.entries(captures)) {
    const range = match.indices[group];
    if (range && range[0] < range[1]) pieces.push([at + range[0], at + range[1], name]);
  }
}

function pieces(text) {
  const result = [], stack = [{ patterns: flat(grammar.patterns) }];
  let at = 0;
  for (const line of text.split("\n")) {
    let from = 0;
    for (;;) {
      const top = stack.at(-1);
      let best = top.end ? found(top.end, line, from) : null, rule = null;
      for (const candidate of top.patterns) {
        const match = found(candidate.match ?? candidate.begin, line, from);
        if (match && (best === null || match.index < best.index)) [best, rule] = [match, candidate];
      }
      if (best === null) break;
      if (best[0] === "") throw new Error(`nothing is matched at ${from} in ${line}`);
      scoped(best, rule === null ? top.endCaptures : rule.captures ?? rule.beginCaptures, at, result);
      if (rule === null) stack.pop();
      else if (rule.begin) stack.push({ end: rule.end, endCaptures: rule.endCaptures, patterns: flat(rule.patterns) });
      from = best.index + best[0].length;
    }
    at += line.length + 1;
  }
  return result;
}

async function ofVsCode(folder) {
  const path = require("path"), fs = require("fs");
  const [textmate, oniguruma] = ["vscode-textmate", "vscode-oniguruma"].map(name => require(path.resolve(folder, name)));
  await oniguruma.loadWASM(fs.readFileSync(path.resolve(folder, "vscode-oniguruma/release/onig.wasm")).buffer);
  const registry = new textmate.Registry({
    onigLib: { createOnigScanner: all => new oniguruma.OnigScanner(all), createOnigString: text => new oniguruma.OnigString(text) },
    loadGrammar: () => textmate.parseRawGrammar(JSON.stringify(grammar), "grammar.json"),
  });
  const loaded = await registry.loadGrammar(grammar.scopeName);
  return texts.map(text => {
    let at = 0, stack = textmate.INITIAL;
    return text.split("\n").flatMap(line => {
      const { tokens, ruleStack } = loaded.tokenizeLine(line, stack);
      stack = ruleStack;
      const named = tokens.filter(token => token.scopes.length > 1).map(({ startIndex, endIndex, scopes }) => [at + startIndex, at + endIndex, scopes.at(-1)]);
      at += line.length + 1;
      return named;
    });
  });
}

const folder = process.env.GRADCALC_TEXTMATE;
(folder ? ofVsCode(folder) : Promise.resolve(texts.map(pieces))).then(found => console.log(JSON.stringify(found)));
