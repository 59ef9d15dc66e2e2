import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { braceExpand } from 'minimatch';
import { matchesGlob } from './matchesGlob';

/** How many patterns one with braces may stand for; what goes beyond is not looked at. */
const MAX_EXPANSIONS = 64;

/** After how many names the portal's other work has its turn. */
const NAMES_AT_ONCE = 100;

/**
 * What never goes to a server (V3.3): history, dependencies (they are installed there), tests, what only developers
 * use, and everything that may be a secret.
 */
const EXCLUDED = [
  '.git',
  '.gitignore',
  '.gitattributes',
  '.github',
  '.gitlab',
  '.gitlab-ci.yml',
  'node_modules',
  '/.slipway',
  '.slipway-partial',
  'test',
  'tests',
  '__tests__',
  '__mocks__',
  '__fixtures__',
  'e2e',
  'coverage',
  '.nyc_output',
  '*.{test,spec}.{js,jsx,ts,tsx,cjs,mjs,cts,mts}',
  '.vscode',
  '.idea',
  '.devcontainer',
  '.husky',
  '.editorconfig',
  '.eslintrc*',
  '.prettierrc*',
  '.eslintcache',
  '.DS_Store',
  '*.log',
  '*.tsbuildinfo',
  'docker-compose*.{yml,yaml}',
  '.env',
  '.env.*',
  '*.pem',
  '*.key',
  '*.p12',
  '*.pfx',
  '*.jks',
  'id_rsa*',
  'id_ed25519*',
  'id_ecdsa*',
  '.netrc',
  '.pgpass',
];

/**
 * The files and links of a release below a directory, relative to it, in an order that is always the same.
 *
 * @param options.exclude patterns of the manifest, beside the usual ones: a name wherever it stands, or, with a slash, a path; `*`, `?`, `**` and `{a,b}` as in a shell
 */
export async function listReleaseFiles(options: {
  directory: string;
  exclude: readonly string[];
}): Promise<string[]> {
  const matchers = [...EXCLUDED, ...options.exclude].map(createMatcher);
  const files: string[] = [];
  let names = 0;
  const walk = async (inside: string): Promise<void> => {
    const entries = await readdir(path.join(options.directory, inside), {
      withFileTypes: true,
    });
    for (const entry of entries) {
      names += 1;
      if (names % NAMES_AT_ONCE === 0) {
        await setImmediate();
      }
      const file = path.posix.join(inside, entry.name);
      if (matchers.some(matches => matches(file))) {
        continue;
      }
      if (entry.isDirectory()) {
        await walk(file);
      } else if (entry.isFile() || entry.isSymbolicLink()) {
        files.push(file);
      }
    }
  };
  await walk('');
  return files.sort();
}

function createMatcher(pattern: string): (file: string) => boolean {
  const trimmed = pattern.replace(/\/$/, '');
  const globs = braceExpand(trimmed.replace(/^\//, ''), {
    braceExpandMax: MAX_EXPANSIONS,
  });
  return trimmed.includes('/')
    ? file => globs.some(glob => matchesGlob(glob, file))
    : file => globs.some(glob => matchesGlob(glob, path.posix.basename(file)));
}
