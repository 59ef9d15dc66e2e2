import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { createEnvironment } from '../environment.mjs';
import { tryRun } from '../run.mjs';

/** What git asks for when it reads a repository from a plain web server. */
const GIT_FILES =
  /^(HEAD|info\/refs|objects\/info\/packs|objects\/[0-9a-f]{2}\/[0-9a-f]{38}|objects\/pack\/pack-[0-9a-f]{40}\.(pack|idx))$/;

/**
 * Serves bare repositories on loopback, as a small forge: `/<name>` to git, and `/<name>/<path>` is the file as
 * the branch `main` has it.
 *
 * @param {object} options
 * @param {string} options.folder with the repositories, `<name>.git`
 * @param {number} options.port
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startForge({ folder, port }) {
  const server = createServer((request, response) => {
    answer({ folder, request, response }).catch(error => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(undefined));
  });
  return {
    url: `http://localhost:${port}`,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve(undefined));
        server.closeAllConnections();
      }),
  };
}

async function answer({ folder, request, response }) {
  const { pathname } = new URL(request.url, 'http://localhost');
  const [, name, file] =
    /^\/([a-z][a-z0-9-]*)\/(.+)$/.exec(decodeURIComponent(pathname)) ?? [];
  if (!name || request.method !== 'GET') {
    response.writeHead(404).end('Not found');
    return;
  }
  const repository = path.join(folder, `${name}.git`);
  if (GIT_FILES.test(file)) {
    if (file === 'info/refs') {
      await git(repository, ['update-server-info']);
    }
    const stream = createReadStream(path.join(repository, file));
    stream.once('error', () => response.writeHead(404).end('Not found'));
    stream.once('open', () => stream.pipe(response));
    return;
  }
  const { code, stdout } = await git(repository, [
    'show',
    '--end-of-options',
    `main:${file}`,
  ]);
  if (code === 0) {
    response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' });
    response.end(stdout);
  } else {
    response.writeHead(404).end('Not found');
  }
}

function git(repository, args) {
  return tryRun('git', [`--git-dir=${repository}`, ...args], {
    env: createEnvironment({}),
  });
}
