import { ProcessState } from '@slipway/plugin-deployments-common';
import { countProcesses } from './countProcesses';

function process(name: string, status: ProcessState['status']): ProcessState {
  return {
    name,
    status,
    restarts: null,
    cpuPercent: null,
    memoryBytes: null,
    startedAt: null,
  };
}

describe('countProcesses (V12.1)', () => {
  it('counts running ones of those wanted, by name', () => {
    expect(
      countProcesses([process('web', 'running'), process('web', 'failed')], 3),
    ).toEqual([{ name: 'web', running: 1, wanted: 3 }]);
  });

  it('takes numbered instances together', () => {
    expect(
      countProcesses(
        [process('shop-2', 'running'), process('shop-3', 'starting')],
        2,
      ),
    ).toEqual([{ name: 'shop', running: 1, wanted: 2 }]);
  });

  it('given several names, then those listed count as wanted', () => {
    expect(
      countProcesses(
        [process('web', 'running'), process('worker', 'stopped')],
        2,
      ),
    ).toEqual([
      { name: 'web', running: 1, wanted: 1 },
      { name: 'worker', running: 0, wanted: 1 },
    ]);
  });
});
