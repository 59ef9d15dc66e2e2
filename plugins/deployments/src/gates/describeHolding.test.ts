import { mockApis } from '@backstage/frontend-test-utils';
import {
  checkGate,
  freezeGate,
  gate,
  holdingOf,
  itemGate,
} from '../__testUtils__/fixtures';
import { deploymentsTranslationRef } from '../translations';
import { describeHolding } from './describeHolding';

const soak = gate({
  id: 'soak',
  kind: 'soak',
  title: 'Time in the environment before',
  until: '2126-11-24T08:00:00.000Z',
});

describe('describeHolding', () => {
  const snapshot = mockApis
    .translation()
    .getTranslation(deploymentsTranslationRef);
  const t = (() => {
    if (!snapshot.ready) {
      throw new Error('the default language is always ready');
    }
    return snapshot.t;
  })();

  it.each([
    ['nothing was looked at yet', [], 'Waiting for gates', 'info'],
    ['a freeze', [freezeGate()], 'Frozen until 23 Nov 2126 08:00', 'info'],
    [
      'two freezes: until the last of them ends',
      [
        freezeGate(),
        freezeGate({ id: 'freeze:b', until: '2126-12-01T08:00:00.000Z' }),
      ],
      'Frozen until 1 Dec 2126 08:00',
      'info',
    ],
    [
      'a freeze of which no end is known',
      [freezeGate({ until: null })],
      'Waiting for freeze',
      'info',
    ],
    ['soak time', [soak], 'Soaking until 24 Nov 2126 08:00', 'info'],
    ['a check', [checkGate('smoke')], 'Waiting for 1 check', 'info'],
    [
      'an item of the checklist',
      [itemGate()],
      'Waiting for 1 item of the checklist',
      'warning',
    ],
    [
      'a check that failed: before all that opens by itself',
      [freezeGate(), checkGate('smoke', { state: 'blocked' })],
      'Blocked: smoke and 1 more',
      'danger',
    ],
    [
      'several kinds: what takes longest, and how many more',
      [checkGate('unit'), checkGate('smoke'), freezeGate()],
      'Frozen until 23 Nov 2126 08:00 and 2 more',
      'info',
    ],
  ] as const)('given %s', (_, gates, words, tone) => {
    expect(describeHolding(t, holdingOf(gates))).toMatchObject({ words, tone });
  });

  it('given all gates of the run, then it says how many checks have passed', () => {
    const gates = [
      checkGate('unit', { state: 'open' }),
      checkGate('smoke'),
      checkGate('licences'),
    ];
    expect(describeHolding(t, holdingOf(gates), gates).words).toBe(
      'Waiting for checks 1/3',
    );
  });
});
