import { screen, within } from '@testing-library/react';
import { expectAccessible } from '../__testUtils__/expectAccessible';
import { FakeDeploymentsApi } from '../__testUtils__/FakeDeploymentsApi';
import {
  checkGate,
  freezeGate,
  itemGate,
  plan,
  asStatus,
} from '../__testUtils__/fixtures';
import { renderTab } from '../__testUtils__/renderScreen';

const PROMOTE = '/plan/promote/production';

describe('The gates of a plan (A2.1)', () => {
  let api: FakeDeploymentsApi;
  beforeEach(() => {
    api = new FakeDeploymentsApi();
  });

  async function rowOf(title: string) {
    return within(await screen.findByRole('listitem', { name: title }));
  }

  it('says what would hold it now, and what follows from that', async () => {
    api.planGates = [
      freezeGate(),
      checkGate('smoke', { state: 'blocked', reason: '2 of 40 failed.' }),
      checkGate('unit', { state: 'open', reason: '412 tests passed.' }),
      itemGate(),
    ].map(asStatus);
    renderTab(api, PROMOTE);

    const freeze = await rowOf('Release week');
    expect(freeze.getByText('Frozen until 23 Nov 2126 08:00')).toBeVisible();
    expect(
      freeze.getByText(
        'The shop is busy before Christmas. The run waits and starts then.',
      ),
    ).toBeVisible();
    expect(
      (await rowOf('smoke')).getByText(
        '2 of 40 failed. The run waits until that is mended.',
      ),
    ).toBeVisible();
    expect(screen.getByText('Already open: unit.')).toBeVisible();
    expect(
      (await rowOf('The support team was told')).getByText(
        /It is ticked once the run is asked for\./,
      ),
    ).toBeVisible();
    expect(screen.getByText('Blocked: smoke and 2 more')).toBeVisible();
    expect(screen.queryByRole('checkbox')).not.toBeInTheDocument();
    expect(
      screen.getByRole('button', { name: 'Promote to production' }),
    ).toBeEnabled();
    await expectAccessible();
  });

  it('says how many have to approve, of which groups, and how long that counts', async () => {
    api.planned = [
      plan('guarded', {
        approvals: {
          needed: 2,
          groups: ['group:default/payments-ops', 'group:default/security'],
          quorums: [{ group: 'group:default/security', needed: 1 }],
          selfApproval: false,
          expiryMs: 24 * 3_600_000,
        },
      }),
    ];
    const { user } = renderTab(api, PROMOTE);
    await user.click(
      await screen.findByRole('button', { name: /^Before it starts/ }),
    );

    expect(
      screen.getByText('2 approvals needed, from payments-ops, security'),
    ).toBeVisible();
    expect(screen.getByText('At least 1 of them from security.')).toBeVisible();
    expect(screen.getByText(/not approved within 1 d/)).toBeVisible();
    expect(
      screen.getByText('Who asks for it may not be one of them.'),
    ).toBeVisible();
  });

  it('given nothing holds it, then it says so', async () => {
    api.planGates = [asStatus(checkGate('unit', { state: 'open' }))];
    renderTab(api, PROMOTE);

    expect(await screen.findByText('Nothing else holds it now')).toBeVisible();
  });
});
