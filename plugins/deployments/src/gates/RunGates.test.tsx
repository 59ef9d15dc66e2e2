import { act, screen, within } from '@testing-library/react';
import { Gate, Run } from '@slipway/plugin-deployments-common';
import { expectAccessible } from '../__testUtils__/expectAccessible';
import {
  FakeDeploymentsApi,
  refusal,
} from '../__testUtils__/FakeDeploymentsApi';
import {
  checkGate,
  freezeGate,
  gate,
  gatedRun,
  hold,
  holdingOf,
  itemGate,
  plan,
  production,
  run,
  SHOP,
  staging,
  stuck,
  UNTIL,
  V215,
} from '../__testUtils__/fixtures';
import { renderTab } from '../__testUtils__/renderScreen';

describe('The gates of a run (A2.1)', () => {
  let api: FakeDeploymentsApi;
  beforeEach(() => {
    api = new FakeDeploymentsApi();
    api.addPlan(plan());
  });

  function open(opened: Run) {
    api.addRun(opened);
    return renderTab(api, `/runs/${opened.id}`);
  }
  async function rowOf(title: string) {
    return within(await screen.findByRole('listitem', { name: title }));
  }

  it('shows each with state, reason, until when, evidence and when it was looked at', async () => {
    open(
      gatedRun([
        gate({
          id: 'approval',
          kind: 'approval',
          title: '1 approval',
          state: 'open',
          reason: 'raj approved.',
        }),
        freezeGate(),
        checkGate('smoke', {
          state: 'blocked',
          reason: '2 of 40 paths answered 500.',
        }),
        checkGate('unit', { checkedAt: null }),
      ]),
    );

    const freeze = await rowOf('Release week');
    expect(freeze.getByText('Frozen until 23 Nov 2126 08:00')).toBeVisible();
    expect(
      freeze.getByText('The shop is busy before Christmas.'),
    ).toBeVisible();
    expect(freeze.getByText(/Looked at/)).toHaveTextContent(
      'Looked at just now',
    );
    const smoke = await rowOf('smoke');
    expect(smoke.getByText('Failed')).toBeVisible();
    expect(smoke.getByRole('link', { name: /Build 4711/ })).toHaveAttribute(
      'href',
      'https://ci.example/4711',
    );
    expect((await rowOf('unit')).getByText('Not looked at yet')).toBeVisible();
    expect((await rowOf('1 approval')).getByText('Approved')).toBeVisible();
    expect(screen.getByText('Blocked: smoke and 2 more')).toBeVisible();
    await expectAccessible();
  });

  it('given evidence whose address is a script, then it is no link', async () => {
    const script = `${'java'}script:alert(1)`;
    open(
      gatedRun([
        checkGate('smoke', { evidence: { text: 'Build 1', url: script } }),
      ]),
    );

    const row = await rowOf('smoke');
    expect(row.getByText('Build 1')).toBeVisible();
    expect(row.queryByRole('link')).not.toBeInTheDocument();
  });

  it('ticks an item for the plan that is shown, and takes the tick back', async () => {
    const { user } = open(gatedRun([freezeGate(), itemGate()]));
    const row = await rowOf('The support team was told');
    const box = row.getByRole('checkbox', {
      name: 'The support team was told',
    });
    expect(box).not.toBeChecked();

    await user.click(box);
    expect(await row.findByText(/Ticked by/)).toHaveTextContent(
      'Ticked by ana, just now',
    );
    expect(box).toBeChecked();
    expect(row.getByText('Done')).toBeVisible();

    await user.click(box);
    expect(await row.findByText('Waiting')).toBeVisible();
    expect(box).not.toBeChecked();
    const { hash } = plan();
    expect(api.ticks).toEqual([
      {
        gateId: 'checklist:support-told',
        planHash: hash,
        ticked: true,
      },
      {
        gateId: 'checklist:support-told',
        planHash: hash,
        ticked: false,
      },
    ]);
  });

  it('given the last item is ticked, then the run goes on', async () => {
    const { user } = open(gatedRun([itemGate()]));
    await user.click(await screen.findByRole('checkbox'));

    expect(
      await screen.findByText('Queued, 1st', { selector: '[data-tone] *' }),
    ).toBeVisible();
  });

  it('given a tick is refused, then its sentence is shown', async () => {
    api.refuse('tickGate', await refusal(409, 'The plan changed.'));
    const { user } = open(gatedRun([itemGate()]));
    await user.click(await screen.findByRole('checkbox'));

    expect(await screen.findByText(/The plan changed\./)).toBeVisible();
    expect(screen.getByRole('checkbox')).not.toBeChecked();
  });

  it('given the person may not tick, then the box is shut and the reason is text', async () => {
    open(
      gatedRun([
        itemGate({
          may: {
            override: null,
            tick: { allowed: false, reason: 'You need deployments.promote.' },
          },
        }),
      ]),
    );

    const box = await screen.findByRole('checkbox');
    expect(box).toBeDisabled();
    expect(box).toHaveAccessibleDescription('You need deployments.promote.');
    await expectAccessible();
  });

  it('overrides a freeze with a reason, for this plan, as long as the person says', async () => {
    const { user } = open(gatedRun([freezeGate(), itemGate()]));
    await user.click(
      await screen.findByRole('button', { name: 'Override freeze…' }),
    );
    const dialog = within(
      await screen.findByRole('dialog', {
        name: 'Override the freeze Release week for 2.14.0',
      }),
    );
    expect(dialog.getByText(/Other runs still wait\./)).toBeVisible();
    expect(
      dialog.getByRole('button', { name: /until the freeze ends/ }),
    ).toBeVisible();
    const confirm = dialog.getByRole('button', {
      name: 'Override freeze of production',
    });
    expect(confirm).toBeDisabled();
    await expectAccessible();
    await user.type(
      dialog.getByRole('textbox', { name: /Reason/ }),
      'Payments are down.',
    );
    await user.click(confirm);

    const row = await rowOf('Release week');
    expect(await row.findByText('Overridden')).toBeVisible();
    expect(row.getByText(/^By/)).toHaveTextContent('By ana, just now');
    expect(
      row.queryByRole('button', { name: 'Override freeze…' }),
    ).not.toBeInTheDocument();
    expect(api.overrides).toEqual([
      {
        gateId: 'freeze:Release week',
        planHash: plan().hash,
        reason: 'Payments are down.',
        expiresAt: undefined,
      },
    ]);
  });

  it('given the person may not override, then the button is shut and the reason is text', async () => {
    const refused: Gate['may'] = {
      override: {
        allowed: false,
        reason: 'You need deployments.check.override on production.',
      },
      tick: null,
    };
    open(gatedRun([checkGate('smoke', { may: refused })]));

    const button = await screen.findByRole('button', { name: 'Waive check…' });
    expect(button).toBeDisabled();
    expect(button).toHaveAccessibleDescription(
      /You need deployments\.check\.override/,
    );
  });

  it('given a gate opens while its dialog is open, then the dialog stays, and the list is up to date', async () => {
    const gated = gatedRun([freezeGate(), itemGate()]);
    const { user, signals } = open(gated);
    await user.click(
      await screen.findByRole('button', { name: 'Override freeze…' }),
    );
    const dialog = await screen.findByRole('dialog');

    const gates = [freezeGate({ state: 'open', until: null }), itemGate()];
    api.progress(gated.id, {
      gates,
      state: { phase: 'waiting-for-gates', holding: holdingOf(gates) },
    });
    act(() => signals.send({ serviceRef: SHOP, runId: gated.id }));

    expect(
      await screen.findByText('Not frozen', {}, { timeout: 5_000 }),
    ).toBeInTheDocument();
    expect(dialog).toBeVisible();
  });

  it('given a run that waits for approval, then its gates stand beside the plan', async () => {
    open(
      run({
        state: {
          phase: 'waiting-for-approval',
          given: 0,
          needed: 1,
          expiresAt: null,
        },
        gates: [
          gate({
            id: 'approval',
            kind: 'approval',
            title: 'Approvals',
            reason: '0 of 1 approval.',
            until: UNTIL,
          }),
          freezeGate(),
        ],
        startedAt: null,
        finishedAt: null,
      }),
    );

    expect(
      (await rowOf('Release week')).getByText(/Frozen until/),
    ).toBeVisible();
    expect((await rowOf('Approvals')).getByText(/^Expires/)).toHaveTextContent(
      'Expires 23 Nov 2126 08:00',
    );
    expect(
      screen.getByRole('button', { name: 'Approve for production' }),
    ).toBeVisible();
  });

  it('given a run that is over, then what it passed stays on record, and nothing can be ticked', async () => {
    const { user } = open(run({ gates: [itemGate({ state: 'open' })] }));
    await user.click(
      await screen.findByRole('button', { name: 'What it has to pass' }),
    );

    expect(
      (await rowOf('The support team was told')).getByText('Done'),
    ).toBeVisible();
    expect(screen.queryByRole('checkbox')).not.toBeInTheDocument();
  });

  it('given an automatic run whose environment is held, then by whom and why, and the way to release it', async () => {
    const held = hold();
    api.service = {
      ...api.service,
      environments: [staging(), production({ hold: held })],
    };
    const { user } = open(
      run({
        to: V215,
        trigger: 'automation',
        state: { phase: 'queued', position: 1, hold: held },
        startedAt: null,
        finishedAt: null,
      }),
    );

    expect(await screen.findAllByText('Held by raj')).toHaveLength(2);
    expect(screen.getByText('Load test.')).toBeVisible();
    await user.click(
      await screen.findByRole('button', { name: 'Release hold' }),
    );
    await user.click(
      await screen.findByRole('button', { name: 'Release hold of production' }),
    );
    expect(api.releases).toEqual([{ at: held.at }]);
  });

  it('given a run that is stuck, then it is said on its page, and ended from there', async () => {
    const { user } = open(
      run({
        id: stuck().runId,
        state: { phase: 'running', step: 5, steps: 7 },
        finishedAt: null,
        stuck: stuck(),
        may: { ...run().may, release: { allowed: true } },
      }),
    );
    await user.click(
      await screen.findByRole('button', { name: 'Release environment…' }),
    );
    const dialog = within(await screen.findByRole('dialog'));
    await user.type(
      dialog.getByRole('textbox', { name: /Reason/ }),
      'The host is gone.',
    );
    await user.click(
      dialog.getByRole('button', { name: 'Release production' }),
    );

    expect(await screen.findByText('Errored')).toBeVisible();
    expect(screen.queryByText('Stuck')).not.toBeInTheDocument();
  });
});
