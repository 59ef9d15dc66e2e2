// @ts-check
const { mkdir } = require('node:fs/promises');
const { dirname, join } = require('node:path');
const { writeWhole } = require('./releases.cjs');

/** What PM2 starts, relative to a release. */
const START_FILE = '.slipway/start.cjs';

/**
 * Writes the file by which PM2 starts a release: it runs the release's own script as Node would, whichever kind of module that is.
 *
 * @param {string} release absolute
 * @param {string} script relative to the release
 */
async function writeStart(release, script) {
  const file = join(release, START_FILE);
  await mkdir(dirname(file), { recursive: true });
  await writeWhole(
    file,
    `process.argv[1] = require('node:path').join(__dirname, '..', ${JSON.stringify(script)});
require('node:module').runMain();
`,
  );
}

module.exports = { START_FILE, writeStart };
