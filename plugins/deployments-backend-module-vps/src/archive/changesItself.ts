import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

/** Scripts that npm runs of a package whose dependencies it installs. */
const INSTALL_SCRIPT = /^(pre|post)?(install|prepare)$|^prepublish$/;

const dependenciesSchema = z.record(z.string(), z.unknown()).default({});

const packageSchema = z.object({
  workspaces: z.unknown().optional(),
  scripts: z.record(z.string(), z.unknown()).default({}),
  dependencies: dependenciesSchema,
  optionalDependencies: dependenciesSchema,
});
type Package = z.infer<typeof packageSchema>;

const lockfileSchema = z.object({
  packages: z
    .record(
      z.string(),
      z.object({
        link: z.boolean().default(false),
        resolved: z.string().default(''),
      }),
    )
    .default({}),
});

/**
 * Whether `npm ci` changes files of a release outside of its own `node_modules`: by scripts of the release itself, or by scripts or
 * dependencies of packages that lie in it (workspaces, and dependencies by `file:`). Such a release can share neither its files nor its
 * `node_modules` with another.
 */
export async function changesItself(release: string): Promise<boolean> {
  const root = await readJson(
    path.join(release, 'package.json'),
    packageSchema,
  );
  if (!root) {
    return false;
  }
  if (root.workspaces !== undefined || hasInstallScript(root)) {
    return true;
  }
  for (const directory of await listLocalPackages(release, root)) {
    const local = await readJson(
      path.join(release, directory, 'package.json'),
      packageSchema,
    );
    if (
      !local ||
      hasInstallScript(local) ||
      listDependencies(local).length > 0
    ) {
      return true;
    }
  }
  return false;
}

/** Directories of packages that npm links to, those of their own dependencies too. */
async function listLocalPackages(
  release: string,
  root: Package,
): Promise<string[]> {
  const lockfile =
    (await readJson(
      path.join(release, 'npm-shrinkwrap.json'),
      lockfileSchema,
    )) ??
    (await readJson(path.join(release, 'package-lock.json'), lockfileSchema));
  const locked = Object.values(lockfile?.packages ?? {})
    .filter(({ link }) => link)
    .map(({ resolved }) => resolved);
  const named = listDependencies(root).flatMap(spec =>
    typeof spec === 'string' && spec.startsWith('file:') ? spec.slice(5) : [],
  );
  return [...locked, ...named];
}

function hasInstallScript({ scripts }: Package): boolean {
  return Object.keys(scripts).some(name => INSTALL_SCRIPT.test(name));
}

function listDependencies(of: Package): unknown[] {
  return Object.values({ ...of.dependencies, ...of.optionalDependencies });
}

/** Undefined where there is none, or one that npm will refuse. */
async function readJson<T>(
  file: string,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}
