import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { resolvePackagePath } from '@backstage/backend-plugin-api';

const HOST_DIRECTORY = resolvePackagePath(
  '@slipway/plugin-deployments-backend-module-vps',
  'host',
);
const BOOTSTRAP = 'bootstrap.cjs';

/** What runs on a host: goes there anew with every session, so nothing of ours is installed or left behind. */
export type HostProgram = {
  /** Argument of `node -e`. */
  bootstrap: string;
  /** The source of each module by the name by which others require it. */
  modules: Record<string, string>;
};

let program: HostProgram | undefined;

/** Reads the program once. */
export function loadProgram(): HostProgram {
  program ??= {
    bootstrap: readFileSync(path.join(HOST_DIRECTORY, BOOTSTRAP), 'utf8'),
    modules: Object.fromEntries(
      readdirSync(HOST_DIRECTORY)
        .filter(name => name.endsWith('.cjs') && name !== BOOTSTRAP)
        .map(name => [
          `./${name}`,
          readFileSync(path.join(HOST_DIRECTORY, name), 'utf8'),
        ]),
    ),
  };
  return program;
}
