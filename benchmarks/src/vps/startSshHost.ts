import { spawn } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { findFreePort } from '../lib/findFreePort';
import { run } from '../lib/run';
import { SshHost } from './SshHost';

const SSHD = '/usr/sbin/sshd';

/** Without it sshd does not start as root; packages leave it to the init system to make. */
const PRIVILEGE_SEPARATION_DIRECTORY = '/run/sshd';

const NETWORK_SETTING =
  /^(https?_proxy|no_proxy|npm_config_registry|node_extra_ca_certs|ssl_cert_(file|dir))$/i;

/** How often a server that is starting is asked, and how often at the most. */
const ASK_EVERY_MS = 50;
const ASK_TIMES = 200;

/**
 * Starts an OpenSSH server on loopback that lets in the user who runs this, by key alone, and finds PM2 in its PATH.
 * PM2 keeps its processes in a home of its own.
 */
export async function startSshHost(options: {
  directory: string;
  peers: string;
}): Promise<{ host: SshHost; stop(): Promise<void> }> {
  const { directory, peers } = options;
  const at = (name: string) => join(directory, name);
  const port = await findFreePort();
  const { username } = userInfo();
  await mkdir(at('bin'), { recursive: true });
  await mkdir(at('srv'), { recursive: true });
  if (process.getuid?.() === 0) {
    await mkdir(PRIVILEGE_SEPARATION_DIRECTORY, { recursive: true });
  }
  await writeKeys(at);
  const path = [dirname(process.execPath), join(peers, 'node_modules/.bin')];
  const environment = {
    PATH: [...path, '/usr/local/bin:/usr/bin:/bin'].join(':'),
    PM2_HOME: at('pm2'),
    ...readNetworkSettings(),
  };
  await writeFile(
    at('sshd_config'),
    [
      `ListenAddress 127.0.0.1:${port}`,
      `HostKey ${at('host_key')}`,
      `AuthorizedKeysFile ${at('authorized_keys')}`,
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'UsePAM no',
      'StrictModes no',
      'PidFile none',
      'MaxStartups 100',
      `SetEnv ${Object.entries(environment)
        .map(([name, value]) => `${name}="${value}"`)
        .join(' ')}`,
      '',
    ].join('\n'),
  );
  const sshd = spawn(SSHD, ['-D', '-e', '-f', at('sshd_config')], {
    stdio: 'ignore',
  });
  await waitForPort(port);
  return {
    host: {
      port,
      user: username,
      identityFile: at('user_key'),
      knownHostsFile: at('known_hosts'),
      directory: at('srv'),
      path,
      pm2Home: environment.PM2_HOME,
      clientEnvironment: await createClientEnvironment(at),
    },
    async stop() {
      await run(
        [process.execPath, join(peers, 'node_modules/pm2/bin/pm2'), 'kill'],
        {
          env: { ...process.env, ...environment },
        },
      );
      sshd.kill();
    },
  };

  async function writeKeys(file: typeof at): Promise<void> {
    for (const name of ['host_key', 'user_key']) {
      await run([
        'ssh-keygen',
        '-q',
        '-t',
        'ed25519',
        '-N',
        '',
        '-f',
        file(name),
      ]);
    }
    const [, hostKey] = (await readFile(file('host_key.pub'), 'utf8')).split(
      ' ',
    );
    await writeFile(
      file('known_hosts'),
      `[127.0.0.1]:${port} ssh-ed25519 ${hostKey}\n`,
    );
    await writeFile(
      file('authorized_keys'),
      await readFile(file('user_key.pub'), 'utf8'),
    );
    await chmod(file('authorized_keys'), 0o600);
  }

  /** The peers call `ssh` by its name: theirs knows the key and the host of this benchmark, and touches nothing of the user's. */
  async function createClientEnvironment(
    file: typeof at,
  ): Promise<NodeJS.ProcessEnv> {
    await writeFile(
      file('ssh_config'),
      [
        `IdentityFile ${file('user_key')}`,
        `UserKnownHostsFile ${file('known_hosts')}`,
        `Port ${port}`,
        'BatchMode yes',
        '',
      ].join('\n'),
    );
    await writeFile(
      file('bin/ssh'),
      `#!/bin/sh\nexec /usr/bin/ssh -F '${file('ssh_config')}' "$@"\n`,
    );
    await chmod(file('bin/ssh'), 0o755);
    return {
      ...process.env,
      PATH: `${file('bin')}:${environment.PATH}`,
    };
  }
}

/** What this machine needs to reach its package registry, the host needs too. */
function readNetworkSettings(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value && NETWORK_SETTING.test(name) ? [[name, value]] : [],
    ),
  );
}

async function waitForPort(port: number): Promise<void> {
  for (let asked = 0; asked < ASK_TIMES; asked++) {
    if (await isListening(port)) {
      return;
    }
    await new Promise(resolve => {
      setTimeout(resolve, ASK_EVERY_MS);
    });
  }
  throw new Error(`sshd does not listen on ${port}`);
}

function isListening(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
