import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findProgram } from '@slipway/plugin-deployments-node/testUtils';
import { findFreePort } from './findFreePort';
import { HostUser, TestHost } from './TestHost';

const execute = promisify(execFile);

/** How often the making of a user is tried: others may hold the lock on the list of users. */
const USER_ATTEMPTS = 50;

/** How often an sshd that is starting is asked, and how often at the most. */
const ASK_EVERY_MS = 20;
const ASK_TIMES = 1_000;

type Account = { name: string; user?: HostUser; remove(): Promise<void> };

/**
 * A host behind a real sshd on loopback. The sshd and all that it starts belong to a user without rights: a
 * throw-away one where the tests run as root, otherwise their own.
 */
export async function startSshHost(): Promise<TestHost> {
  const account = await createAccount();
  const host = await TestHost.create(account.user);
  host.onStop(account.remove);
  const keys = path.join(host.root, 'ssh');
  await mkdir(keys);
  const hostKey = await createKey(path.join(keys, 'host'));
  const identityFile = path.join(keys, 'identity');
  await createKey(identityFile);
  await writeFile(
    path.join(keys, 'authorized_keys'),
    await readFile(`${identityFile}.pub`, 'utf8'),
  );
  const port = await findFreePort();
  const knownHostsFile = path.join(keys, 'known_hosts');
  await writeFile(knownHostsFile, `[127.0.0.1]:${port} ${hostKey}`);
  const configFile = path.join(keys, 'sshd_config');
  await writeFile(
    configFile,
    `Port ${port}
ListenAddress 127.0.0.1
HostKey ${keys}/host
AuthorizedKeysFile ${keys}/authorized_keys
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
SetEnv HOME=${host.home}
`,
  );
  if (account.user) {
    const { uid, gid } = account.user;
    await chown(path.join(keys, 'host'), uid, gid);
  }
  await chmod(keys, 0o755);
  const sshd = spawn(
    findProgram('sshd') ?? 'sshd',
    ['-D', '-e', '-f', configFile],
    { ...account.user, cwd: '/', stdio: 'ignore' },
  );
  host.onStop(async () => {
    const gone = new Promise(resolve => {
      sshd.once('exit', resolve);
    });
    if (sshd.exitCode === null && sshd.kill()) {
      await gone;
    }
  });
  await waitForPort(port);
  host.cutConnections = async () => {
    for (const pid of await listDescendants(sshd.pid ?? 0)) {
      process.kill(pid, 'SIGKILL');
    }
  };
  host.connection = {
    ssh: {
      host: '127.0.0.1',
      port,
      user: account.name,
      identityFile,
      knownHostsFile,
      directories: [host.directory],
      path: [host.bin],
      pm2Home: host.pm2Home,
    },
  };
  return host;
}

async function createAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) {
    return { name: os.userInfo().username, remove: async () => {} };
  }
  const name = `slipway-${randomUUID().slice(0, 8)}`;
  await retry(() =>
    execute('useradd', [
      '--no-create-home',
      '--home-dir',
      '/tmp',
      '--shell',
      '/bin/sh',
      name,
    ]),
  );
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async flag =>
      Number((await execute('id', [flag, name])).stdout),
    ),
  );
  return {
    name,
    user: { uid, gid },
    remove: async () => {
      // The user is ours alone, and so are all processes of theirs.
      await execute('pkill', ['-KILL', '-u', name]).catch(() => {});
      await retry(() => execute('userdel', [name]));
    },
  };
}

async function retry(act: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await act();
      return;
    } catch (error) {
      if (attempt === USER_ATTEMPTS) {
        throw error;
      }
      await setTimeout(100);
    }
  }
}

/** The processes that serve connections: sshd gives each to one or two of its own. */
async function listDescendants(pid: number): Promise<number[]> {
  const { stdout } = await execute('ps', ['-eo', 'pid=,ppid=,comm=']);
  const processes = stdout
    .trim()
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .filter(([, , command]) => command.startsWith('sshd'))
    .map(([child, parent]) => ({ pid: Number(child), parent: Number(parent) }));
  const below = (parent: number): number[] =>
    processes
      .filter(process => process.parent === parent)
      .flatMap(process => [process.pid, ...below(process.pid)]);
  return below(pid);
}

/** Makes a key pair and returns its public half. */
async function createKey(file: string): Promise<string> {
  await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
  return readFile(`${file}.pub`, 'utf8');
}

async function waitForPort(port: number): Promise<void> {
  const isOpen = () =>
    new Promise<boolean>(resolve => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  for (let asked = 0; asked < ASK_TIMES; asked++) {
    if (await isOpen()) {
      return;
    }
    await setTimeout(ASK_EVERY_MS);
  }
  throw new Error(`sshd does not listen on port ${port}`);
}
