import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { findPostgres } from './postgres.mjs';

/** Where programs for administrators lie, which a normal user's PATH leaves out. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];

/** What suites need of the machine, and how Debian and its relatives get it. */
const PREREQUISITES = {
  git: { find: () => findProgram('git'), install: 'apt-get install git' },
  rsync: { find: () => findProgram('rsync'), install: 'apt-get install rsync' },
  sshd: {
    find: () => findProgram('sshd'),
    install: 'apt-get install openssh-server',
  },
  PostgreSQL: { find: findPostgres, install: 'apt-get install postgresql' },
  Chromium: {
    find: () =>
      ['chromium', 'chromium-browser', 'google-chrome']
        .map(findProgram)
        .find(Boolean),
    install: 'apt-get install chromium',
  },
};

/** @typedef {keyof typeof PREREQUISITES} Prerequisite */

/**
 * Where a program is, or the folder of several; undefined where the machine has none.
 *
 * @param {Prerequisite} name
 */
export const find = name => PREREQUISITES[name].find();

/**
 * How to get what is missing.
 *
 * @param {Prerequisite} name
 */
export const howToInstall = name => PREREQUISITES[name].install;

/** @param {string} name */
function findProgram(name) {
  return [...(process.env.PATH ?? '').split(path.delimiter), ...SYSTEM_FOLDERS]
    .map(folder => path.join(folder, name))
    .find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
