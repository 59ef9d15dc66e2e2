import { act, screen, waitFor, within } from '@testing-library/react';
import { expectAccessible } from '../__testUtils__/expectAccessible';
import {
  FakeDeploymentsApi,
  refusal,
} from '../__testUtils__/FakeDeploymentsApi';
import {
  ago,
  fakePlanHash,
  fakeRelease,
  fakeRunId,
  plan,
  RAJ,
  run,
  SHOP,
  V213,
} from '../__testUtils__/fixtures';
import { renderTab } from '../__testUtils__/renderScreen';

const HOUR = 3_600_000;

describe('HistoryScreen (P2, D4.2)', () => {
  let api: FakeDeploymentsApi;
  beforeEach(() => {
    api = new FakeDeploymentsApi();
  });

  function addRuns() {
    api.addRun(
      run({
        id: fakeRunId('back'),
        planHash: fakePlanHash('back'),
        operation: 'rollback',
        to: V213,
        requestedBy: RAJ,
        reason: '5xx on pay',
        createdAt: ago(HOUR),
      }),
    );
    api.addPlan(
      plan('back', { operation: 'rollback', to: V213, migrations: [] }),
    );
    api.addRun(
      run({
        id: fakeRunId('bad'),
        state: { phase: 'failed', problem: { message: 'no' } },
        createdAt: ago(2 * HOUR),
      }),
    );
    api.addPlan(plan());
  }

  it('shows the newest first: what, from what, why, result, by whom; a rollback is named as one', async () => {
    addRuns();
    renderTab(api, '/history');

    const rows = within(await screen.findByRole('grid'));
    const [, first, second] = await waitFor(() => {
      const found = rows.getAllByRole('row');
      expect(found).toHaveLength(3);
      return found;
    });
    expect(first).toHaveTextContent('Roll back production to 2.13.4');
    expect(first).toHaveTextContent('“5xx on pay”');
    expect(first).toHaveTextContent('raj');
    expect(second).toHaveTextContent('Promote 2.14.0 to production');
    expect(second).toHaveTextContent('Failed');
    await expectAccessible();
  });

  it('takes its filters from the address and hands them to the backend', async () => {
    addRuns();
    renderTab(
      api,
      '/history?environment=production&result=failed&from=2026-01-01&to=2026-01-31',
    );

    await waitFor(() =>
      expect(api.filters.find(({ limit }) => limit === 20)).toMatchObject({
        environment: 'production',
        phases: ['failed', 'errored'],
        from: new Date('2026-01-01T00:00:00').toISOString(),
        to: new Date('2026-02-01T00:00:00').toISOString(),
      }),
    );
  });

  it('offers everybody who ever asked for a run, also those whose runs are on another page', async () => {
    addRuns();
    for (let index = 0; index < 25; index += 1) {
      api.addRun(
        run({ id: fakeRunId(`run ${index}`), createdAt: ago(index * HOUR) }),
      );
    }
    api.addRun(
      run({
        id: fakeRunId('first'),
        requestedBy: 'user:default/zoe',
        createdAt: ago(100 * HOUR),
      }),
    );
    const { user } = renderTab(api, '/history');
    await screen.findAllByRole('row');

    await user.click(await screen.findByRole('button', { name: /Anyone/ }));
    await user.click(await screen.findByRole('option', { name: 'zoe' }));

    await waitFor(() =>
      expect(api.filters.at(-1)).toMatchObject({ by: 'user:default/zoe' }),
    );
  });

  it('given no run matches, then it says how many filters are set and clears them', async () => {
    addRuns();
    const { user } = renderTab(
      api,
      '/history?environment=staging&result=stopped',
    );
    expect(await screen.findByText('No run matches 2 filters')).toBeVisible();

    await user.click(screen.getByRole('button', { name: 'Clear filters' }));

    expect(
      await screen.findByRole('link', {
        name: 'Promote 2.14.0 to production',
      }),
    ).toBeVisible();
  });

  it('given more runs than a page holds, then the next page goes on at the cursor', async () => {
    for (let index = 0; index < 25; index += 1) {
      api.addRun(
        run({
          id: fakeRunId(`run ${index}`),
          to: fakeRelease(`3.0.${index}`),
          createdAt: ago((index + 1) * HOUR),
        }),
      );
    }
    const { user } = renderTab(api, '/history');
    await screen.findByRole('link', { name: /3\.0\.0 / });

    await user.click(screen.getByRole('button', { name: /next/i }));

    expect(
      await screen.findByRole('link', { name: /3\.0\.24 / }),
    ).toBeVisible();
    expect(
      screen.queryByRole('link', { name: /3\.0\.0 / }),
    ).not.toBeInTheDocument();
  });

  it('given the focus is on a row, then what comes in is counted once per run and moves nothing until it is shown', async () => {
    addRuns();
    const { user, signals } = renderTab(api, '/history');
    const bad = await screen.findByRole('link', {
      name: 'Promote 2.14.0 to production',
    });
    await waitFor(() =>
      expect(api.filters.filter(({ limit }) => limit === 20)).toHaveLength(2),
    );
    act(() => bad.focus());

    const added = run({
      id: fakeRunId('added'),
      to: fakeRelease('2.15.0'),
      createdAt: ago(1_000),
    });
    api.addRun(added);
    act(() => {
      signals.send({ serviceRef: SHOP, runId: added.id });
      signals.send({ serviceRef: SHOP, runId: added.id });
      signals.send({ serviceRef: SHOP, runId: added.id });
    });

    expect(
      await screen.findByText('1 update', {}, { timeout: 5_000 }),
    ).toBeVisible();
    expect(screen.queryByRole('link', { name: /2\.15\.0/ })).toBeNull();

    await user.click(screen.getByRole('button', { name: 'Show' }));
    expect(
      await screen.findByRole('link', { name: 'Promote 2.15.0 to production' }),
    ).toBeVisible();
    expect(screen.queryByText('1 update')).not.toBeInTheDocument();
  });

  it('compares two selected runs: only what differs stands out', async () => {
    addRuns();
    const { user } = renderTab(api, '/history?environment=production');
    const rows = within(await screen.findByRole('grid'));
    const boxes = await waitFor(() => {
      const found = rows.getAllByRole('checkbox');
      expect(found).toHaveLength(3);
      return found;
    });
    await user.click(boxes[1]);
    await user.click(boxes[2]);
    await user.click(screen.getByRole('button', { name: 'Compare 2 of 2' }));

    const compared = within(await screen.findByRole('table'));
    expect(compared.getByText('0042_add_delivery_date.sql').tagName).toBe(
      'INS',
    );
    expect(
      within(compared.getByRole('row', { name: /^Steps/ })).getByText(
        'The same in both',
      ),
    ).toBeVisible();
    expect(screen.getByRole('link', { name: 'History' })).toHaveAttribute(
      'href',
      expect.stringMatching(/\/history\?environment=production$/),
    );
    await expectAccessible();
  });

  it('given nothing was ever deployed, then it says so', async () => {
    renderTab(api, '/history');

    expect(await screen.findByText('Nothing was ever deployed')).toBeVisible();
  });

  it('given a person who may see none of it, then it is locked, not empty', async () => {
    const message = 'You need deployments.read on an environment of shop.';
    api.refuse('listRuns', await refusal(403, message));
    api.refuse('listRequesters', await refusal(403, message));
    renderTab(api, '/history');

    expect(await screen.findByText('You may not see this')).toBeVisible();
    expect(screen.getByText(message)).toBeVisible();
    expect(screen.queryByText('Nothing was ever deployed')).toBeNull();
    expect(screen.queryByRole('search')).toBeNull();
    await expectAccessible();
  });

  it('given the history cannot be read, then it says why', async () => {
    api.refuse('listRuns', await refusal(500, 'The database is not there.'));
    renderTab(api, '/history');

    expect(
      await screen.findByText(/The database is not there\./),
    ).toBeVisible();
  });
});
