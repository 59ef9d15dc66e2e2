import { ProcessState } from '@slipway/plugin-deployments-common';

export type ProcessCount = { name: string; running: number; wanted: number };

/**
 * Running processes of those that should be, by name. The target knows one number of wanted
 * processes, so it is used where there is one name; where there are several, those listed count.
 */
export function countProcesses(
  processes: readonly ProcessState[],
  desired: number | null,
): ProcessCount[] {
  const names = [...new Set(processes.map(process => process.name))];
  return names.map(name => {
    const listed = processes.filter(process => process.name === name);
    return {
      name,
      running: listed.filter(process => process.status === 'running').length,
      wanted: names.length === 1 && desired !== null ? desired : listed.length,
    };
  });
}
