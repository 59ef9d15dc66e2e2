// @ts-check
/**
 * Given to the host's own Node as `node -e`: reads one line from standard input, with the program's modules, and starts it
 * with what comes after. Nothing of ours has to be installed on a host, and what is secret never is an argument.
 */
const { compileFunction } = require('node:vm');

let text = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', receive);

/** @param {string} chunk */
function receive(chunk) {
  text += chunk;
  const end = text.indexOf('\n');
  if (end < 0) {
    return;
  }
  process.stdin.off('data', receive);
  process.stdin.pause();
  const { modules } = JSON.parse(text.slice(0, end));
  /** @type {Record<string, { exports: any }>} */
  const loaded = {};
  /** @param {string} name */
  const load = name => {
    if (!(name in modules)) {
      return require(name);
    }
    if (!(name in loaded)) {
      const module = { exports: {} };
      loaded[name] = module;
      compileFunction(modules[name], ['require', 'module'], {
        filename: name,
      })(load, module);
    }
    return loaded[name].exports;
  };
  process.stdin.unshift(text.slice(end + 1));
  load('./main.cjs').main();
}
