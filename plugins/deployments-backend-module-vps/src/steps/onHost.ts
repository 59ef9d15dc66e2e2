import { z } from 'zod';
import { HostLog } from '../host';
import { createSite } from '../site';
import { VpsEnvironment, VpsTools } from '../types';

/** Carries out a task for an environment on its host. */
export function onHost<T>(
  tools: Pick<VpsTools, 'hosts'>,
  context: {
    environment: VpsEnvironment;
    runId?: string;
    signal: AbortSignal;
    log: HostLog;
  },
  task: {
    task: string;
    input?: Record<string, unknown>;
    result: z.ZodType<T>;
  },
): Promise<T> {
  const { environment, runId, signal, log } = context;
  return tools.hosts.open(environment.connection.options).carryOut({
    task: task.task,
    input: { site: createSite(environment), ...task.input },
    result: task.result,
    runId,
    log,
    signal,
  });
}
