import { CheckResult } from '@slipway/plugin-deployments-node';
import { Parameters } from './parameters';
import { Report } from './Report';
import { showName } from './showName';

/** More names than these help nobody: evidence leads to the page that has them all. */
const MAX_SHOWN = 4;

/**
 * Makes one result of all that was reported of a commit. Of each reporter the newest report under a name counts, and where
 * several report under one name, all of them have to be green: a second one cannot hide what the first says.
 */
export function foldReports(
  reports: readonly Report[],
  { required, app }: Parameters,
): Pick<CheckResult, 'state' | 'reason'> {
  const counted = keepNewest(
    reports.filter(
      ({ name, ...report }) =>
        (app === undefined || report.app === app) &&
        (required === undefined || required.includes(name)),
    ),
  );
  const red = counted.filter(({ state }) => state === 'red');
  if (red.length > 0) {
    return { state: 'failed', reason: `Not green: ${list(red)}.` };
  }
  const by = app === undefined ? '' : ` by ${app}`;
  const missing = [...new Set(required)]
    .filter(name => counted.every(report => report.name !== name))
    .map(name => ({ name, said: `not reported${by}` }));
  const open = [
    ...counted.filter(({ state }) => state === 'pending'),
    ...missing,
  ];
  if (open.length > 0) {
    return { state: 'pending', reason: `Not done yet: ${list(open)}.` };
  }
  if (counted.length === 0) {
    return {
      state: 'pending',
      reason: `Nothing is reported${by} for this commit yet.`,
    };
  }
  return {
    state: 'passed',
    reason:
      counted.length === 1
        ? `\`${showName(counted[0].name)}\` is green.`
        : `All ${counted.length} checks are green.`,
  };
}

/** One report of each reporter and name, in the order of the names. */
function keepNewest(reports: readonly Report[]): Report[] {
  const newest = new Map<string, Report>();
  for (const report of reports) {
    const key = JSON.stringify([report.name, report.kind, report.app]);
    const other = newest.get(key);
    if (other === undefined || report.id > other.id) {
      newest.set(key, report);
    }
  }
  return [...newest]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, report]) => report);
}

function list(reports: ReadonlyArray<Pick<Report, 'name' | 'said'>>): string {
  const shown = reports
    .slice(0, MAX_SHOWN)
    .map(({ name, said }) => `\`${showName(name)}\` (${showName(said)})`)
    .join(', ');
  const more = reports.length - MAX_SHOWN;
  return more > 0 ? `${shown} and ${more} more` : shown;
}
