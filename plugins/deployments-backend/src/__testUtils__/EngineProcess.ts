import { ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { RunId } from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { readConnection } from '../engine/postgres/readConnection';
import { Deferred } from '../testUtils/Deferred';
import { EngineReport, engineReportSchema } from './runEngineProcess';

/** Transpiles what the process loads. */
const TRANSFORM = require.resolve('@backstage/cli/config/nodeTransform.cjs');

/** A replica in a process of its own, which can be killed and stalled. */
export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #said: EngineReport[] = [];
  #more = new Deferred<void>();

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', message => {
      // What transpiles its code talks over the same line.
      const { success, data } = engineReportSchema.safeParse(message);
      if (success) {
        this.#said.push(data);
        this.#more.resolve();
        this.#more = new Deferred();
      }
    });
  }

  static async start(knex: Knex): Promise<EngineProcess> {
    const { options } = await readConnection(knex);
    const url = new URL('postgresql://127.0.0.1');
    url.hostname = options.host ?? '127.0.0.1';
    url.port = String(options.port ?? 5_432);
    url.username = options.user ?? 'postgres';
    url.password = typeof options.password === 'string' ? options.password : '';
    url.pathname = options.database ?? 'postgres';
    const child = fork(path.join(__dirname, 'runEngineProcess.ts'), {
      execArgv: ['--require', TRANSFORM],
      env: { ...process.env, ENGINE_DATABASE: url.href },
    });
    const engine = new EngineProcess(child);
    await engine.until(({ what }) => what === 'ready');
    return engine;
  }

  /** Waits until the process has said something. */
  async until(isWanted: (said: EngineReport) => boolean): Promise<void> {
    while (!this.#said.some(isWanted)) {
      await this.#more.promise;
    }
  }

  /** Has it write as the holder of its claim of a run. */
  write(runId: RunId): void {
    this.#child.send({ what: 'write', runId });
  }

  stall(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
