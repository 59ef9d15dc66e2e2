import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { Site } from '../../host/types';
import { LocalTransport } from '../transport/LocalTransport';
import { Host } from './Host';
import { SILENT_LOG } from './HostLog';

const TIMEOUT_MS = 30_000;

/** Goes on until a file named `go` is there, and not for ever. */
const WAIT =
  'echo begun; left=1000; until test -e go || test $((left -= 1)) = 0; do sleep 0.02; done';

describe('Host', () => {
  let directory: string;
  let host: Host;

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'slipway-program-'));
    await mkdir(path.join(directory, 'site/releases/one'), { recursive: true });
    await bringNode('');
    host = new Host(
      new LocalTransport({
        transport: 'local',
        directories: [directory],
        path: [directory],
      }),
    );
  });

  afterEach(async () => {
    await letGo();
    await host.close();
    await rm(directory, { recursive: true, force: true });
  });

  it(
    'given several tasks at once, when they end in another order, then each gets its own result and its own log',
    async () => {
      const logs = { slow: '', quick: '' };

      const slow = run({ key: 'slow', onOutput: text => (logs.slow += text) });
      await run({
        key: 'quick',
        script: 'echo quick',
        onOutput: text => (logs.quick += text),
      });
      const during = await recall('slow');
      await letGo();
      await slow;

      expect({ during, after: await recall('slow'), logs }).toEqual({
        during: { state: 'begun', isAlive: true },
        after: { state: 'succeeded', isAlive: false },
        logs: { slow: 'begun\n', quick: 'quick\n' },
      });
    },
    TIMEOUT_MS,
  );

  it(
    'given a host that greets everyone who logs in, then its words are taken for nothing else',
    async () => {
      await bringNode('echo Welcome; echo "{}"; echo 1');

      await expect(recall('nothing')).resolves.toBeNull();
    },
    TIMEOUT_MS,
  );

  it(
    'given a task that is aborted and goes on, then others are taken meanwhile, and it ends with the reason once it has come to rest',
    async () => {
      const aborter = new AbortController();
      let during: unknown;

      const begun = run({
        key: 'slow',
        onOutput: async () => {
          aborter.abort(new Error('too long'));
          during = await recall('slow');
          await letGo();
        },
        signal: aborter.signal,
      });

      await expect(begun).rejects.toThrow('too long');
      expect({ during, after: await recall('slow') }).toEqual({
        during: { state: 'begun', isAlive: true },
        after: { state: 'succeeded', isAlive: false },
      });
    },
    TIMEOUT_MS,
  );

  it(
    'given a host that prints without an end, then it is not listened to for ever, and it is said what to mend',
    async () => {
      await writeFile(
        path.join(directory, 'node'),
        '#!/bin/sh\nexec cat /dev/zero\n',
      );

      await expect(recall('nothing')).rejects.toMatchObject({
        message: expect.stringContaining('The host sent what is no answer'),
        mend: expect.stringContaining('login shell'),
      });
    },
    TIMEOUT_MS,
  );

  it(
    'given a program that is killed in the middle of a task, then the task says so, and the next one finds out what became of it',
    async () => {
      const killed = run({
        key: 'slow',
        onOutput: async () => process.kill(await findWatcher(), 'SIGKILL'),
      });

      await expect(killed).rejects.toThrow(
        /The host ended command without an answer/,
      );
      await expect(recall('slow')).resolves.toEqual({
        state: 'begun',
        isAlive: true,
      });
    },
    TIMEOUT_MS,
  );

  it(
    'given a task under way, when the host is closed, then the task goes to its end first',
    async () => {
      let closing: Promise<void> | undefined;

      await run({
        key: 'slow',
        onOutput: () => {
          closing ??= host.close();
          return letGo();
        },
      });
      await closing;

      await expect(recall('slow')).resolves.toEqual({
        state: 'succeeded',
        isAlive: false,
      });
    },
    TIMEOUT_MS,
  );

  it(
    'given a task for a run, then the program that is started for it knows the run',
    async () => {
      let printed = '';

      await run({
        key: 'quick',
        script: 'echo "for $SLIPWAY_RUN_ID"',
        runId: '6f2c1e0a',
        onOutput: text => (printed += text),
      });

      expect(printed).toBe('for 6f2c1e0a\n');
    },
    TIMEOUT_MS,
  );

  it(
    'given a host without node, then it says what to install',
    async () => {
      await writeFile(path.join(directory, 'node'), '#!/bin/sh\nexit 127\n');

      await expect(recall('nothing')).rejects.toMatchObject({
        message: 'The host has no node in its PATH.',
        mend: expect.stringContaining('Install Node.js'),
      });
    },
    TIMEOUT_MS,
  );

  /** Runs a command of a manifest on the host; the one that waits unless told. */
  function run(options: {
    key: string;
    script?: string;
    runId?: string;
    onOutput(text: string): unknown;
    signal?: AbortSignal;
  }): Promise<null> {
    const { key, script = WAIT, runId, onOutput, signal } = options;
    return host.carryOut({
      task: 'command',
      input: {
        site: createSite(),
        directory: 'one',
        argv: ['sh', '-c', script],
        env: {},
        key,
        timeoutMs: TIMEOUT_MS,
        mend: '',
      },
      result: z.null(),
      runId,
      log: { ...SILENT_LOG, stdout: onOutput },
      signal: signal ?? new AbortController().signal,
    });
  }

  /** The program that watches over the slow command, once it has written down which processes that is. */
  async function findWatcher(): Promise<number> {
    const file = path.join(directory, 'site/.slipway/commands/slow');
    for (;;) {
      const { watcher, group } = JSON.parse(await readFile(file, 'utf8'));
      if (group !== null) {
        return watcher;
      }
    }
  }

  function recall(key: string): Promise<unknown> {
    return host.carryOut({
      task: 'recall',
      input: { site: createSite(), key },
      result: z.unknown(),
      log: SILENT_LOG,
      signal: new AbortController().signal,
    });
  }

  function letGo(): Promise<void> {
    return writeFile(path.join(directory, 'site/releases/one/go'), '');
  }

  /** Gives the host a Node before which a shell says something. */
  function bringNode(words: string): Promise<void> {
    return writeFile(
      path.join(directory, 'node'),
      `#!/bin/sh\n${words}\nexec '${process.execPath}' "$@"\n`,
      { mode: 0o755 },
    );
  }

  function createSite(): Site {
    return {
      base: path.join(directory, 'site'),
      processName: 'shop',
      pm2Home: path.join(directory, 'pm2'),
      port: 1,
      script: 'server.js',
      instances: 1,
      waitReady: false,
      stopTimeoutMs: 1,
      health: { path: '/', releaseField: null, timeout: 1 },
    };
  }
});
