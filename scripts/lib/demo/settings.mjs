import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SCRATCH } from '../paths.mjs';
import { findFree, isFree } from '../ports.mjs';
import { Stop } from '../Stop.mjs';

/** The folder of the demo that `npm start` shows. */
export const DEFAULT_STATE = path.join(SCRATCH, 'demo');

/** The ports that the demo would like to have, by the name under which its files know them. */
const WISHES = {
  FORGE_PORT: 7008,
  SHOP_STAGING_PORT: 4101,
  SHOP_PRODUCTION_PORT: 4102,
  PAYMENTS_STAGING_PORT: 4111,
  PAYMENTS_PRODUCTION_PORT: 4112,
};

/**
 * The ports of a demo. They are chosen once, since they are part of its manifests: later starts
 * need the same ones, and those of services have to be free only where nothing of the demo runs yet.
 *
 * @param {string} state the demo's folder
 * @returns {Promise<Record<keyof typeof WISHES, number>>}
 */
export async function choosePorts(state) {
  const file = path.join(state, 'ports.json');
  const known = await readPorts(file);
  if (known) {
    await checkPorts(known);
    return known;
  }
  const ports = { ...WISHES };
  const offset = chooseOffset(state);
  const taken = [];
  for (const [name, wish] of Object.entries(WISHES)) {
    ports[name] = await findFree(wish + offset, taken);
    taken.push(ports[name]);
  }
  await mkdir(state, { recursive: true });
  await writeFile(file, `${JSON.stringify(ports, null, 2)}\n`);
  return ports;
}

/**
 * Demos beside the usual one (tests) look elsewhere for ports, each in a place of its own: a port is
 * taken only when its service is first deployed, and two that begin at once would choose the same.
 */
function chooseOffset(state) {
  if (state === DEFAULT_STATE) {
    return 0;
  }
  const digest = createHash('sha256').update(state).digest();
  return 1_000 + (digest.readUInt16BE() % 800) * 20;
}

async function checkPorts(ports) {
  for (const [name, port] of Object.entries(ports)) {
    if (!(await isFree(port))) {
      throw new Stop(
        `Port ${port} is in use by another program; the demo wants it (${name}).`,
        'End that program, or let the demo begin anew with other ports: npm start -- --reset',
      );
    }
  }
}

async function readPorts(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
