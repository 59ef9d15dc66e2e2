import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { describeWithPrograms } from '@slipway/plugin-deployments-node/testUtils';
import { connectionSchema } from '../connection';
import { startSshHost } from '../testing/startSshHost';
import { TestHost } from '../testing/TestHost';
import { SshTransport } from './SshTransport';

const TIMEOUT_MS = 60_000;

describeWithPrograms('SshTransport', ['sshd', 'ssh'], () => {
  let host: TestHost;
  beforeAll(async () => {
    host = await startSshHost();
  }, TIMEOUT_MS);
  afterAll(() => host.stop(), TIMEOUT_MS);

  it(
    'given a program that runs, when the connection is closed, then it runs to its end first',
    async () => {
      const connection = connectionSchema.parse(host.connection);
      if (connection.transport !== 'ssh') {
        throw new Error('The host is not reached over SSH');
      }
      const transport = new SshTransport(connection);
      const go = path.join(host.root, 'go');
      let closing: Promise<void> | undefined;
      let output = '';

      const { exitCode } = await transport.run({
        argv: [
          'sh',
          '-c',
          'echo begun; until test -e "$1"; do sleep 0.05; done; echo ended',
          'sh',
          go,
        ],
        input: Readable.from([]),
        onOutput: text => {
          output += text;
          closing ??= transport.close();
          writeFileSync(go, '');
        },
        signal: new AbortController().signal,
      });
      await closing;

      expect({ exitCode, output }).toEqual({
        exitCode: 0,
        output: 'begun\nended\n',
      });
    },
    TIMEOUT_MS,
  );
});
