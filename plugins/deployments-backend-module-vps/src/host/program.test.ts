import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Site } from '../../host/types';
import { HostProgram, ProgramCall } from '../testing/HostProgram';
import { findMountObstacle, mountSmallDisk } from '../testing/smallDisk';
import { EndEvent } from './events';

const TIMEOUT_MS = 30_000;

/** Goes on until a file named `go` is there, and not for ever. */
const WAIT =
  'echo begun; left=1000; until test -e go || test $((left -= 1)) = 0; do sleep 0.02; done';

/** The least that a file takes on a disk, bytes. */
const ONE_PAGE = 4_096;

/** A task that throws where nobody catches it, and never ends. */
const CARELESS = `module.exports.observe = () => new Promise(() => setImmediate(() => { throw new Error('careless'); }));`;

describe('the program on a host', () => {
  let directory: string;
  let base: string;
  let program: HostProgram;

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'slipway-program-'));
    base = path.join(directory, 'site');
    await mkdir(path.join(base, 'releases/one'), { recursive: true });
    program = new HostProgram();
  });

  afterEach(async () => {
    await letGo();
    await program.end();
    await rm(directory, { recursive: true, force: true });
  });

  it(
    'given a command whose record goes away, when it ends, then its caller learns how, and the program goes on',
    async () => {
      const command = run(
        'lost',
        'rm -r ../../.slipway/commands && echo removed',
      );

      expect(await command.end).toMatchObject({ type: 'result' });
      expect(command.log()).toMatch(
        /removed.*How sh goes could not be written down on the host: /s,
      );
      expect(await recall('another')).toMatchObject({ value: null });
    },
    TIMEOUT_MS,
  );

  it(
    'given a record that cannot be read, when it is asked for, then the command began and does not go on, so that it never runs twice',
    async () => {
      await run('torn', 'true').end;
      await writeFile(path.join(base, '.slipway/commands/torn'), '');

      expect(await recall('torn')).toMatchObject({
        value: { state: 'begun', isAlive: false },
      });
      expect(await run('torn', 'true').end).toMatchObject({
        type: 'failure',
        message: expect.stringContaining('began before'),
      });
    },
    TIMEOUT_MS,
  );

  it(
    'given a command whose end cannot be written down, when it has ended, then it does not count as going on for as long as the program lives',
    async () => {
      expect(
        await run('mute', 'prlimit --pid $PPID --fsize=0').end,
      ).toMatchObject({ type: 'result' });

      expect(await recall('mute')).toMatchObject({
        value: { state: 'begun', isAlive: false },
      });
    },
    TIMEOUT_MS,
  );

  it(
    'given a command that leaves a program behind which holds its output, when it ends, then that is its end, and the program goes on',
    async () => {
      const command = run('parent', 'sleep 600 & echo $!');
      const [{ text }] = await command.output;
      const left = Number(text);

      expect(await command.end).toMatchObject({ type: 'result' });
      expect(command.log()).toContain('sh has ended and left programs behind');
      expect(process.kill(left, 'SIGKILL')).toBe(true);
    },
    TIMEOUT_MS,
  );

  it(
    'given an error that nobody catches, when a command is under way, then other calls fail and the command goes to its end',
    async () => {
      await program.end();
      program = new HostProgram({ './observe.cjs': CARELESS });
      const command = run('slow', WAIT);
      await command.output;

      expect(
        await program.call('observe', { site: createSite() }).end,
      ).toMatchObject({
        type: 'failure',
        kind: 'errored',
        message: expect.stringContaining('careless'),
      });
      await letGo();
      expect(await command.end).toMatchObject({ type: 'result' });
      expect(await recall('slow')).toMatchObject({
        value: { state: 'succeeded', isAlive: false },
      });
    },
    TIMEOUT_MS,
  );

  it.each(['{"id":7,"task":"obs', 'null', '[]', '"text"'])(
    'given the line %s on its input, then the program ignores it',
    async line => {
      program.write(line);

      expect(await recall('nothing')).toMatchObject({ value: null });
    },
    TIMEOUT_MS,
  );

  it.each([
    { what: 'no JSON', answer: 'j:{not json' },
    { what: 'null', answer: 'j:null' },
    { what: 'no arguments', answer: 'j:{}' },
    { what: 'something else than arguments', answer: 'j:{"args":"none"}' },
    { what: 'no parts', answer: undefined },
  ])(
    'given a socket of PM2 that answers $what, when the host is observed, then that fails and a command goes to its end',
    async ({ answer }) => {
      const command = run('slow', WAIT);
      await command.output;
      await mkdir(path.join(directory, 'pm2'));
      const server = createServer(client => client.end(frame(answer)));
      server.listen(path.join(directory, 'pm2/rpc.sock'));
      await once(server, 'listening');

      expect(
        await program.call('observe', { site: createSite() }).end,
      ).toMatchObject({
        type: 'failure',
        message: expect.stringContaining('PM2 gave an answer that is none'),
      });
      await letGo();
      expect(await command.end).toMatchObject({ type: 'result' });
      server.close();
    },
    TIMEOUT_MS,
  );

  describe('a candidate that answers a byte at a time, and never the last', () => {
    beforeEach(async () => {
      await mkdir(path.join(base, '.slipway'));
      await writeFile(
        path.join(base, 'releases/one/server.js'),
        `require('node:http')
          .createServer((_, answer) => setInterval(() => answer.write('.'), 100))
          .listen(process.env.PORT, () => console.log(process.pid));`,
      );
    });

    it(
      'given its time, when that is over, then the release has failed and its process is gone',
      async () => {
        const check = tryOut({ timeout: 3_000 });

        expect(await check.end).toMatchObject({
          type: 'failure',
          kind: 'failed',
          message: expect.stringContaining(
            'did not become healthy within 3 s: / does not answer: no whole answer in time',
          ),
        });
        expect(await isRunning(check)).toBe(false);
      },
      TIMEOUT_MS,
    );

    it(
      'given that it answered 500 before it fell silent, when its time is over, then that answer is told',
      async () => {
        await writeFile(
          path.join(base, 'releases/one/server.js'),
          `let asked = 0;
          require('node:http')
            .createServer((_, answer) => {
              asked += 1;
              if (asked < 3) answer.writeHead(500).end();
            })
            .listen(process.env.PORT, () => console.log(process.pid));`,
        );

        expect(await tryOut({ timeout: 3_000 }).end).toMatchObject({
          message: expect.stringContaining(
            'did not become healthy within 3 s: / answers 500',
          ),
        });
      },
      TIMEOUT_MS,
    );

    it(
      'given all the time there is, when the check is abandoned, then its process is gone as well',
      async () => {
        const check = tryOut({ timeout: 10 * TIMEOUT_MS });
        await check.output;

        check.abort();

        expect(await check.end).toMatchObject({
          kind: 'errored',
          message: 'The check was abandoned.',
        });
        expect(await isRunning(check)).toBe(false);
      },
      TIMEOUT_MS,
    );

    function tryOut({ timeout }: { timeout: number }): ProgramCall {
      const site = createSite();
      return program.call('candidate', {
        site: { ...site, health: { ...site.health, timeout } },
        directory: 'one',
        releaseId: 'one',
        env: {},
        sparePort: null,
      });
    }

    /** Whether the process still is there that said its number. */
    async function isRunning({ output }: ProgramCall): Promise<boolean> {
      const [{ text }] = await output;
      return existsSync(`/proc/${text.trim()}`);
    }
  });

  const obstacle = findMountObstacle();
  const describeMounts = obstacle === undefined ? describe : describe.skip;
  const without = obstacle === undefined ? '' : ` (left out, ${obstacle})`;
  describeMounts(`a small disk${without}`, () => {
    let unmount: () => void;
    beforeEach(() => {
      unmount = mountSmallDisk({ directory: base, megabytes: 1 });
    });
    afterEach(() => unmount());

    it(
      'given a disk that is full once a command has begun, when it ends, then that is written down, and other calls notice nothing',
      async () => {
        await mkdir(path.join(base, 'releases/one'), { recursive: true });
        fillButFor(ONE_PAGE);
        const command = run('greedy', `${WAIT}; exit 3`);
        await command.output;
        expect(await recall('greedy')).toMatchObject({
          value: { state: 'begun', isAlive: true },
        });
        await letGo();

        expect(await command.end).toMatchObject({
          kind: 'failed',
          message: expect.stringContaining('ended with status 3'),
        });
        expect(await recall('greedy')).toMatchObject({
          value: { state: 'failed', isAlive: false },
        });
      },
      TIMEOUT_MS,
    );

    it(
      'given a disk that is full, when a command is to run, then it does not begin and leaves no record',
      async () => {
        await mkdir(path.join(base, 'releases/one'), { recursive: true });
        fillButFor(0);

        expect(await run('early', 'true').end).toMatchObject({
          message: expect.stringContaining('no space left'),
        });
        expect(await recall('early')).toMatchObject({ value: null });
      },
      TIMEOUT_MS,
    );
  });

  /** Leaves so many bytes of the disk free. */
  function fillButFor(bytes: number): void {
    execFileSync(
      'sh',
      ['-c', `cat /dev/zero > fill 2>&1; truncate --size=-${bytes} fill`],
      { cwd: base },
    );
  }

  /** Runs a command of a manifest on the host. */
  function run(key: string, script: string): ProgramCall {
    return program.call('command', {
      site: createSite(),
      directory: 'one',
      argv: ['sh', '-c', script],
      env: {},
      key,
      timeoutMs: TIMEOUT_MS,
      mend: '',
    });
  }

  function recall(key: string): Promise<EndEvent> {
    return program.call('recall', { site: createSite(), key }).end;
  }

  function letGo(): Promise<void> {
    return writeFile(path.join(base, 'releases/one/go'), '');
  }

  function createSite(): Site {
    return {
      base,
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

/** A message in the language of PM2's daemon, of one part or none. */
function frame(part: string | undefined): Buffer {
  if (part === undefined) {
    return Buffer.from([0x10]);
  }
  const length = Buffer.alloc(4);
  length.writeUInt32BE(part.length);
  return Buffer.concat([Buffer.from([0x11]), length, Buffer.from(part)]);
}
