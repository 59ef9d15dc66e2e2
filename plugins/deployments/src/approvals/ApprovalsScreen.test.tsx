import { act, screen, within } from '@testing-library/react';
import { ApprovalRequest } from '@slipway/plugin-deployments-common';
import { expectAccessible } from '../__testUtils__/expectAccessible';
import {
  FakeDeploymentsApi,
  refusal,
} from '../__testUtils__/FakeDeploymentsApi';
import {
  ago,
  fakeRelease,
  fakeRunId,
  plan,
  run,
  runSummary,
  SHOP,
  UNTIL,
} from '../__testUtils__/fixtures';
import { renderApprovals } from '../__testUtils__/renderScreen';

const waiting = run({
  state: {
    phase: 'waiting-for-approval',
    given: 0,
    needed: 1,
    expiresAt: null,
  },
  startedAt: null,
  finishedAt: null,
});

const request: ApprovalRequest = {
  run: runSummary(waiting),
  planHash: waiting.planHash,
  findings: { blocking: 0, warning: 1 },
  waitingSince: ago(12 * 60_000),
  may: { approve: { allowed: true } },
};

describe('ApprovalsScreen (P6)', () => {
  let api: FakeDeploymentsApi;
  beforeEach(() => {
    api = new FakeDeploymentsApi();
    api.addPlan(plan());
    api.addRun(waiting);
    api.setApprovals({ mine: [request] });
  });

  it('shows what waits on me, for how long, and how risky it is', async () => {
    renderApprovals(api);

    const row = within(await screen.findByRole('listitem'));
    expect(row.getByRole('link', { name: 'shop' })).toHaveAttribute(
      'href',
      `/catalog/default/component/shop/deployments/runs/${waiting.id}`,
    );
    expect(row.getByText(/waits/)).toHaveTextContent('ana, waits 12 m');
    expect(row.getByText('1 warning')).toBeVisible();
    expect(screen.getByRole('tab', { name: 'Mine 1' })).toHaveAttribute(
      'aria-selected',
      'true',
    );
    await expectAccessible();
  });

  it('given a request that expires, then when; others name no time', async () => {
    const expiring = runSummary({
      ...waiting,
      id: fakeRunId('expiring'),
      state: {
        phase: 'waiting-for-approval',
        given: 0,
        needed: 1,
        expiresAt: UNTIL,
      },
    });
    api.setApprovals({ mine: [request, { ...request, run: expiring }] });
    renderApprovals(api);

    expect(await screen.findByText(/expires/)).toHaveTextContent(
      'expires 23 Nov 2126 08:00',
    );
  });

  it('is decided inside the plan: a rejection needs a reason', async () => {
    const { user } = renderApprovals(api);
    await user.click(await screen.findByRole('button', { name: /^Review/ }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(
      await dialog.findByText('Show the delivery date in the basket'),
    ).toBeVisible();
    const reject = dialog.getByRole('button', {
      name: 'Reject for production',
    });
    expect(reject).toBeDisabled();

    await user.type(
      dialog.getByRole('textbox', { name: 'Reason' }),
      'Not before the weekend',
    );
    await user.click(reject);

    expect(await screen.findByText('Nothing waits for you.')).toBeVisible();
    expect(api.decisions).toEqual([
      {
        decision: 'rejected',
        planHash: waiting.planHash,
        reason: 'Not before the weekend',
      },
    ]);
  });

  it('given somebody else decides meanwhile, then what is being read stays, and says why it can no longer be decided', async () => {
    const { user, signals } = renderApprovals(api);
    await user.click(await screen.findByRole('button', { name: /^Review/ }));
    const dialog = within(await screen.findByRole('dialog'));
    await dialog.findByRole('button', { name: 'Approve for production' });

    api.progress(waiting.id, {
      state: { phase: 'rejected', by: 'user:default/raj', reason: 'no' },
    });
    api.setApprovals({ mine: [] });
    act(() => signals.send({ serviceRef: SHOP, runId: waiting.id }));

    expect(
      await dialog.findByText(
        'Nothing is left to decide: Rejected by raj.',
        {},
        { timeout: 5_000 },
      ),
    ).toBeVisible();
    expect(
      dialog.getByText('Show the delivery date in the basket'),
    ).toBeVisible();
    expect(
      dialog.queryByRole('button', { name: 'Approve for production' }),
    ).not.toBeInTheDocument();
  });

  it('given the focus is on a row, then what comes in is offered and moves nothing', async () => {
    const { user, signals } = renderApprovals(api);
    const review = await screen.findByRole('button', { name: /^Review/ });
    act(() => review.focus());

    api.setApprovals({ mine: [] });
    act(() => signals.send({ serviceRef: SHOP, runId: waiting.id }));

    const show = await screen.findByRole(
      'button',
      { name: 'Show' },
      { timeout: 5_000 },
    );
    expect(review).toBeVisible();
    await user.click(show);
    expect(await screen.findByText('Nothing waits for you.')).toBeVisible();
  });

  it('given the keyboard alone, then arrows go from row to row, Enter reviews, and ? names the keys', async () => {
    const second = run({
      ...waiting,
      id: fakeRunId('second'),
      to: fakeRelease('3.0.0'),
    });
    api.addRun(second);
    api.setApprovals({
      mine: [request, { ...request, run: runSummary(second) }],
    });
    const { user } = renderApprovals(api);
    const [first, last] = await screen.findAllByRole('listitem');
    act(() => first.focus());

    await user.keyboard('{ArrowDown}');
    expect(last).toHaveFocus();
    await user.keyboard('{ArrowDown}');
    expect(last).toHaveFocus();
    await user.keyboard('?');
    expect(await screen.findByText('Review the focused request')).toBeVisible();
    await user.keyboard('{Escape}');

    act(() => last.focus());
    await user.keyboard('{Enter}');
    expect(
      await screen.findByRole('dialog', {
        name: 'Review shop 3.0.0 for production',
      }),
    ).toBeVisible();
  });

  it('given the plan changed meanwhile, then the decision is refused and its sentence shown', async () => {
    api.refuse(
      'decideRun',
      await refusal(409, 'The plan changed: 1 commit added. Review again.'),
    );
    const { user } = renderApprovals(api);
    await user.click(await screen.findByRole('button', { name: /^Review/ }));
    await user.click(
      await screen.findByRole('button', { name: 'Approve for production' }),
    );

    expect(await screen.findByText(/1 commit added/)).toBeInTheDocument();
  });

  it('given nothing waits, then it says so in each tab', async () => {
    api.setApprovals({ mine: [] });
    const { user } = renderApprovals(api);
    expect(await screen.findByText('Nothing waits for you.')).toBeVisible();

    await user.click(screen.getByRole('tab', { name: /^Asked by me/ }));
    expect(
      await screen.findByText('Nothing of yours waits for approval.'),
    ).toBeVisible();
  });

  it('given approvals cannot be read, then it says why', async () => {
    api.refuse('listApprovals', await refusal(500, 'The database is gone.'));
    renderApprovals(api);

    expect(await screen.findByText(/The database is gone\./)).toBeVisible();
  });
});
