import { ProcessState } from '@slipway/plugin-deployments-common';

export type ProcessCount = { name: string; running: number; wanted: number };

/** Targets number the instances of a process: `shop-production-2`. */
const INSTANCE_NUMBER = /-\d+$/;

/**
 * Running processes of those that should be, by name without the instance's number. The target knows one number of wanted
 * processes, so it is used where there is one name; where there are several, those listed count.
 */
export function countProcesses(
  processes: readonly ProcessState[],
  desired: number | null,
): ProcessCount[] {
  const nameOf = ({ name }: ProcessState) => name.replace(INSTANCE_NUMBER, '');
  const names = [...new Set(processes.map(nameOf))];
  return names.map(name => {
    const listed = processes.filter(process => nameOf(process) === name);
    return {
      name,
      running: listed.filter(process => process.status === 'running').length,
      wanted: names.length === 1 && desired !== null ? desired : listed.length,
    };
  });
}
