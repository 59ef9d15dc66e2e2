import { ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StepErroredError } from '@slipway/plugin-deployments-node';
import { SshConnection } from '../connection';
import { ConnectionLostError, explainHostError } from './explainHostError';
import { hasCode } from './hasCode';
import {
  HostTransport,
  ProgramResult,
  RunOptions,
  UploadOptions,
} from './HostTransport';
import { plainEnvironment } from './plainEnvironment';
import { quoteArgv } from './quoteArgv';
import { runProcess } from './runProcess';

/** What OpenSSH ends with where it is not the remote program's status. */
const SSH_ERROR = 255;

/** What rsync ends with where the connection broke or the other side went away. */
const RSYNC_LOST = new Set([10, 12, 30, 35, SSH_ERROR]);

/** How often an upload is taken up again after the connection broke. */
const UPLOAD_ATTEMPTS = 3;

/** How long the shared connection stays open unused, milliseconds; longer than the usual time between two observations. */
const IDLE_MS = 90_000;

/** How long a connection that is to be closed waits for what goes on over it, milliseconds: less than a platform gives a portal to end. */
const CLOSE_MS = 25_000;

/** Directories in which a host's programs are, after those of the connection. */
const HOST_PATH = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
];

/** A socket's path can't be longer than this, and OpenSSH adds some of its own. */
const MAX_SOCKET_DIRECTORY = 60;

/** A connection that others go through: a session of OpenSSH that waits until its input ends. */
type Master = { child: ChildProcess; directory: string; configFile: string };

/**
 * A server over OpenSSH. All sessions share one connection, which comes up with the first and goes after a while
 * without any, or with this process.
 */
export class SshTransport implements HostTransport {
  readonly tools = ['rsync'] as const;
  readonly leavesPrograms = true;
  readonly #connection: SshConnection;
  #master: Promise<Master> | undefined;
  #sessions = 0;
  readonly #events = new EventEmitter();
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(connection: SshConnection) {
    this.#connection = connection;
  }

  async run(options: RunOptions): Promise<ProgramResult> {
    return this.#withMaster(async ({ configFile }) => {
      const PATH = [...this.#connection.path, ...HOST_PATH].join(':');
      const result = await runProcess({
        argv: [
          'ssh',
          '-F',
          configFile,
          'host',
          quoteArgv(['env', `PATH=${PATH}`, ...options.argv]),
        ],
        env: plainEnvironment(),
        input: options.input,
        onStdout: options.onOutput,
        onStderr: () => {},
        signal: options.signal,
      });
      if (result.exitCode === SSH_ERROR || result.exitCode === null) {
        throw explainSshError(result.complaint);
      }
      return result;
    });
  }

  async upload(options: UploadOptions): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#withMaster(master => this.#rsync(master, options));
        return;
      } catch (error) {
        const isLost = error instanceof ConnectionLostError;
        if (!isLost || attempt === UPLOAD_ATTEMPTS) {
          throw error;
        }
        options.onOutput(`${error.message} Taking the upload up again.\n`);
      }
    }
  }

  /** Closes the shared connection, once what goes on over it has ended; what takes too long is cut off. */
  async close(): Promise<void> {
    if (this.#sessions > 0) {
      const waited = new AbortController();
      await Promise.race([
        once(this.#events, 'unused', { signal: waited.signal }),
        delay(CLOSE_MS, undefined, { signal: waited.signal }),
      ]).finally(() => waited.abort());
    }
    await this.#closeMaster();
  }

  async #closeMaster(): Promise<void> {
    clearTimeout(this.#idleTimer);
    const master = this.#master;
    this.#master = undefined;
    await master?.then(disposeMaster, () => {});
  }

  /** All files of a release have the same time, so rsync has to compare what is in them. */
  async #rsync(master: Master, options: UploadOptions): Promise<void> {
    const { from, to, linkTo, spare, onOutput, signal } = options;
    const { exitCode, complaint } = await runProcess({
      argv: [
        'rsync',
        '--recursive',
        '--links',
        '--perms',
        '--times',
        '--checksum',
        '--delete-during',
        '--partial-dir=.slipway-partial',
        '--compress',
        '--secluded-args',
        '--timeout=60',
        '--info=stats1',
        ...spare.map(name => `--exclude=/${name}`),
        ...(linkTo === null ? [] : [`--link-dest=${linkTo}`]),
        `--rsh=ssh -F ${master.configFile}`,
        '--',
        `${from}/`,
        `host:${to}/`,
      ],
      env: plainEnvironment(),
      onStdout: onOutput,
      onStderr: onOutput,
      signal,
    });
    if (exitCode === 0) {
      return;
    }
    const explained = explainHostError(complaint);
    if (explained) {
      throw explained;
    }
    throw exitCode === null || RSYNC_LOST.has(exitCode)
      ? new ConnectionLostError(complaint)
      : new StepErroredError(
          `rsync ended with status ${exitCode}:\n${complaint}`,
        );
  }

  async #withMaster<T>(act: (master: Master) => Promise<T>): Promise<T> {
    clearTimeout(this.#idleTimer);
    this.#sessions += 1;
    try {
      return await act(await this.#getMaster());
    } finally {
      this.#sessions -= 1;
      if (this.#sessions === 0) {
        this.#events.emit('unused');
        this.#idleTimer = setTimeout(() => {
          this.#closeMaster();
        }, IDLE_MS);
        this.#idleTimer.unref();
      }
    }
  }

  #getMaster(): Promise<Master> {
    if (!this.#master) {
      const opening = this.#openMaster();
      const forget = () => {
        if (this.#master === opening) {
          this.#master = undefined;
        }
      };
      opening.then(({ child, directory }) => {
        child.once('exit', () => {
          forget();
          rm(directory, { recursive: true, force: true }).catch(() => {});
        });
      }, forget);
      this.#master = opening;
    }
    return this.#master;
  }

  async #openMaster(): Promise<Master> {
    const directory = await mkdtemp(path.join(chooseSocketRoot(), 'slipway-'));
    const configFile = path.join(directory, 'config');
    const socket = path.join(directory, 's');
    await writeFile(configFile, describeConnection(this.#connection, socket), {
      mode: 0o600,
    });
    const child = spawn(
      'ssh',
      [
        '-F',
        configFile,
        '-o',
        'ControlMaster=yes',
        'host',
        quoteArgv(['sh', '-c', 'echo ready; exec cat']),
      ],
      { env: plainEnvironment(), stdio: ['pipe', 'pipe', 'pipe'] },
    );
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-4_000);
    });
    child.stdin.on('error', () => {});
    try {
      await new Promise<void>((resolve, reject) => {
        child.stdout.once('data', () => resolve());
        child.once('error', reject);
        child.once('close', () => reject(explainSshError(complaint)));
      });
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw hasCode(error, 'ENOENT')
        ? new StepErroredError(
            'The portal’s machine has no ssh.',
            'Install it where the portal runs: apt-get install openssh-client rsync',
          )
        : error;
    }
    return { child, directory, configFile };
  }
}

function explainSshError(complaint: string): StepErroredError {
  return explainHostError(complaint) ?? new ConnectionLostError(complaint);
}

async function disposeMaster({ child, directory }: Master): Promise<void> {
  const gone = new Promise(resolve => {
    child.once('exit', resolve);
  });
  if (child.exitCode === null && child.signalCode === null) {
    child.kill();
    await gone;
  }
  await rm(directory, { recursive: true, force: true });
}

function chooseSocketRoot(): string {
  const root = os.tmpdir();
  return root.length <= MAX_SOCKET_DIRECTORY ? root : '/tmp';
}

/** An OpenSSH configuration with nothing of the user's or the system's own, in which all hosts are `host`. */
function describeConnection(connection: SshConnection, socket: string): string {
  const { host, port, user, identityFile, knownHostsFile } = connection;
  return `Host host
HostName ${host}
Port ${port}
User ${user}
IdentityFile "${identityFile}"
UserKnownHostsFile "${knownHostsFile}"
GlobalKnownHostsFile none
StrictHostKeyChecking yes
UpdateHostKeys no
BatchMode yes
PreferredAuthentications publickey
IdentitiesOnly yes
IdentityAgent none
ForwardAgent no
ClearAllForwardings yes
PermitLocalCommand no
RequestTTY no
EscapeChar none
ConnectTimeout 10
ServerAliveInterval 5
ServerAliveCountMax 3
LogLevel ERROR
ControlMaster no
ControlPath "${socket}"
`;
}
