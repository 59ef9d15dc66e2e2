import { access, lstat, readlink } from 'node:fs/promises';
import path from 'node:path';
import {
  BuildSpec,
  SourceRepository,
  StepErroredError,
  StepFailedError,
  StepLog,
} from '@slipway/plugin-deployments-node';
import { create } from 'tar';
import { hasCode } from '../transport/hasCode';
import { plainEnvironment } from '../transport/plainEnvironment';
import { runProcess } from '../transport/runProcess';
import { Tail } from '../transport/Tail';
import { withWorkspace } from '../workspace';
import { Archive, ArchiveStore } from './ArchiveStore';
import { listReleaseFiles } from './listReleaseFiles';

/** The time that all files of an archive have, so that the same content is the same archive. */
const FILE_TIME = new Date('2020-01-01T00:00:00Z');

/** In the order in which they run; the first that fails is the last. */
const COMMANDS = [
  'typecheck',
  'test',
  'integrationTest',
  'build',
  'smokeTest',
] as const;

/**
 * Builds the archive of a release: a checkout of its commit, the commands of the manifest one after the other
 * (V2.1), and what is left of it without development files (V3.3). The bytes depend on the commit and what the commands make of it, and on nothing else.
 *
 * @throws StepFailedError with the command and its last 50 lines where one fails.
 */
export async function buildRelease(options: {
  commitId: string;
  build: BuildSpec;
  source: SourceRepository;
  archives: ArchiveStore;
  workspaces: string;
  log: StepLog;
  signal: AbortSignal;
}): Promise<Archive> {
  const { commitId, build, source, archives, workspaces, log } = options;
  const timeout = AbortSignal.timeout(build.timeout);
  const signal = AbortSignal.any([options.signal, timeout]);
  return withWorkspace(workspaces, async workspace => {
    log.info(`Checking out ${commitId}.`);
    await source.checkout(commitId, workspace, signal);
    for (const argv of await listCommands(build, workspace)) {
      const tail = new Tail();
      await runCommand({ argv, workspace, log, tail, signal }).catch(error => {
        options.signal.throwIfAborted();
        throw timeout.aborted
          ? describeTimeout({ argv, timeoutMs: build.timeout, tail })
          : error;
      });
    }
    const files = await listReleaseFiles({
      directory: workspace,
      exclude: build.exclude,
    });
    await refuseLinksThatLeave(workspace, files);
    const archive = await archives.add(file =>
      create(
        {
          file,
          cwd: workspace,
          gzip: true,
          portable: true,
          mtime: FILE_TIME,
          noDirRecurse: true,
        },
        // A name that begins with @ would be read as another archive.
        files.map(name => `./${name}`),
      ),
    );
    log.info(
      `Archived ${files.length} files, ${archive.sizeBytes} bytes, ${archive.digest}.`,
    );
    return archive;
  });
}

async function listCommands(
  build: BuildSpec,
  workspace: string,
): Promise<string[][]> {
  const commands = COMMANDS.map(name => build[name]).filter(
    command => command !== undefined,
  );
  if (build.install) {
    return [build.install, ...commands];
  }
  const needsInstall =
    commands.length > 0 &&
    (await exists(path.join(workspace, 'package-lock.json')));
  return needsInstall
    ? [['npm', 'ci', '--no-audit', '--no-fund'], ...commands]
    : commands;
}

async function runCommand(options: {
  argv: string[];
  workspace: string;
  log: StepLog;
  /** Takes what the command prints. */
  tail: Tail;
  signal: AbortSignal;
}): Promise<void> {
  const { argv, workspace, log, tail, signal } = options;
  const command = argv.join(' ');
  log.info(`$ ${command}`);
  const { exitCode } = await runProcess({
    argv,
    cwd: workspace,
    env: { ...plainEnvironment(), CI: 'true' },
    onStdout: text => {
      tail.add(text);
      log.stdout(text);
    },
    onStderr: text => {
      tail.add(text);
      log.stderr(text);
    },
    signal,
  }).catch(error => {
    if (hasCode(error, 'ENOENT')) {
      throw new StepErroredError(
        `The portal’s machine has no ${argv[0]}, which the manifest's build names.`,
        `Install ${argv[0]} where the portal runs, or change the build in the manifest.`,
      );
    }
    throw error;
  });
  if (exitCode !== 0) {
    throw new StepFailedError(
      `${command} ended with status ${exitCode}. Its last lines:\n${tail.text}`,
      'Mend what it names and deploy the new commit. Nothing was changed on the host.',
    );
  }
}

function describeTimeout(options: {
  argv: string[];
  timeoutMs: number;
  tail: Tail;
}): StepFailedError {
  const { argv, timeoutMs, tail } = options;
  return new StepFailedError(
    `${argv.join(' ')} was stopped: the build took longer than ${timeoutMs / 1_000} s. Its last lines:\n${tail.text}`,
    'Find out what it waits for, or give it more time in the manifest (build.timeout). Nothing was changed on the host.',
  );
}

/** A link that leads out of a release would lead to something else on each host. */
async function refuseLinksThatLeave(
  workspace: string,
  files: readonly string[],
): Promise<void> {
  for (const file of files) {
    const full = path.join(workspace, file);
    if (!(await lstat(full)).isSymbolicLink()) {
      continue;
    }
    const leadsTo = path.resolve(path.dirname(full), await readlink(full));
    if (!leadsTo.startsWith(`${workspace}${path.sep}`)) {
      throw new StepFailedError(
        `The link ${file} leads out of the repository.`,
        'Make it lead to a file of the repository, or exclude it (build.exclude).',
      );
    }
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
