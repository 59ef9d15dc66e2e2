import { act, screen, waitFor, within } from '@testing-library/react';
import { expectAccessible } from '../__testUtils__/expectAccessible';
import {
  FakeDeploymentsApi,
  refusal,
} from '../__testUtils__/FakeDeploymentsApi';
import {
  ago,
  fakeRunId,
  production,
  runSummary,
  SHOP,
  staging,
  V215,
} from '../__testUtils__/fixtures';
import { cardOf, renderTab } from '../__testUtils__/renderScreen';

describe('EnvironmentsScreen (P2)', () => {
  let api: FakeDeploymentsApi;
  beforeEach(() => {
    api = new FakeDeploymentsApi();
  });

  function setEnvironments(
    ...environments: FakeDeploymentsApi['service']['environments']
  ) {
    api.service = { ...api.service, environments };
  }

  it('shows a card per environment in promotion order: version, since when, by whom, health, drift, processes, what waits', async () => {
    renderTab(api);

    const card = within(await cardOf('staging'));
    expect(
      screen
        .getAllByRole('heading', { name: /^(staging|production)$/ })
        .map(name => name.textContent),
    ).toEqual(['staging', 'production']);
    expect(card.getByText('2.14.0')).toBeVisible();
    expect(card.getByText(/Deployed/)).toHaveTextContent(
      'Deployed 3 h ago by ana.',
    );
    expect(card.getByText('Healthy')).toBeVisible();
    expect(card.getByText('No drift')).toBeVisible();
    expect(card.getByText('shop 2/2')).toBeVisible();
    expect(card.getByText('4 commits ahead of production')).toBeVisible();
    expect(card.getByRole('link', { name: 'Open staging' })).toHaveAttribute(
      'href',
      'http://localhost:3101',
    );
    await expectAccessible();
  });

  it('given a button is shut, then its reason stands there as text', async () => {
    renderTab(api);

    const card = within(await cardOf('production'));
    const deploy = card.getByRole('button', { name: 'Deploy…' });
    expect(deploy).toBeDisabled();
    expect(deploy).toHaveAccessibleDescription(
      /production only takes promotions from staging\./,
    );
  });

  it('given promotion into the next environment is shut, then the card before it says why', async () => {
    setEnvironments(
      staging(),
      production({
        may: {
          deploy: { allowed: true },
          rollback: { allowed: true },
          hold: { allowed: true },
          release: { allowed: true },
          promote: {
            allowed: false,
            reason:
              'You need deployments.promote on production. Ask payments-ops.',
          },
        },
      }),
    );
    renderTab(api);

    const card = within(await cardOf('staging'));
    expect(
      card.getByRole('button', { name: 'Promote to production' }),
    ).toBeDisabled();
    expect(
      card.getByText(/You need deployments\.promote on production/),
    ).toBeVisible();
  });

  it.each([
    [{ comparison: 'counted', commits: 0, behind: 0 }, 'Same as production'],
    [
      { comparison: 'counted', commits: 0, behind: 1 },
      '1 commit behind production',
    ],
    [
      { comparison: 'counted', commits: 2, behind: 3 },
      '2 commits ahead of production, 3 behind',
    ],
    [{ comparison: 'unrelated' }, 'No common history with production'],
    [{ comparison: 'unknown' }, 'Could not be compared with production'],
  ] as const)(
    'says how it stands to the next one: %j',
    async (ahead, words) => {
      setEnvironments(
        staging({ ahead: { ...ahead, of: 'production' } }),
        production(),
      );
      renderTab(api);

      expect(within(await cardOf('staging')).getByText(words)).toBeVisible();
    },
  );

  it('given nothing runs in production yet, then it says what to promote, and the card before it has the button', async () => {
    setEnvironments(
      staging({ ahead: null }),
      production({
        deployed: null,
        observed: {
          reach: 'reached',
          askedAt: ago(1_000),
          release: null,
          health: 'unknown',
          healthReason: null,
          processes: [],
          desiredProcesses: null,
          keptReleases: [],
          url: null,
        },
      }),
    );
    const { user } = renderTab(api);

    expect(
      within(await cardOf('production')).getByText(
        'Nothing in production yet. Promote 2.14.0 from staging.',
      ),
    ).toBeVisible();
    await user.click(
      within(await cardOf('staging')).getByRole('button', {
        name: 'Promote to production',
      }),
    );
    expect(
      await screen.findByRole('dialog', { name: 'Promote shop to production' }),
    ).toBeVisible();
  });

  it('given the next environment may not be seen, then its promotion stands there shut, with the reason', async () => {
    setEnvironments(staging({ ahead: null }), {
      access: 'forbidden',
      name: 'production',
      permission: 'deployments.read',
    });
    renderTab(api);

    const card = within(await cardOf('staging'));
    expect(
      card.getByRole('button', { name: 'Promote to production' }),
    ).toBeDisabled();
    expect(card.getByText(/You may not see production\./)).toBeVisible();
  });

  it('given a person who may see no environment, then the runs, which they may not see either, are not asked for', async () => {
    setEnvironments({
      access: 'forbidden',
      name: 'production',
      permission: 'deployments.read',
    });
    renderTab(api);

    expect(await screen.findByText('You may not see production')).toBeVisible();
    expect(api.filters).toEqual([]);
  });

  it('keeps forbidden, unreachable, never asked and empty apart, and none of them looks healthy', async () => {
    setEnvironments(
      {
        access: 'forbidden',
        name: 'secret',
        permission: 'deployments.read',
      },
      staging({
        name: 'unreachable',
        observed: {
          reach: 'unreachable',
          askedAt: ago(1_000),
          message: 'No answer from host-1 on port 22.',
          mend: 'Check that the host is up.',
        },
      }),
      staging({ name: 'unasked', observed: null, deployed: null }),
      production({
        name: 'empty',
        deployed: null,
        observed: {
          reach: 'reached',
          askedAt: ago(1_000),
          release: null,
          health: 'unknown',
          healthReason: null,
          processes: [],
          desiredProcesses: null,
          keptReleases: [],
          url: null,
        },
      }),
    );
    renderTab(api);

    expect(
      within(await cardOf('secret')).getByText(/You need deployments\.read/),
    ).toBeVisible();
    const unreachable = within(await cardOf('unreachable'));
    expect(unreachable.getByText('Unreachable')).toBeVisible();
    expect(unreachable.getByText(/Last known, not confirmed/)).toBeVisible();
    expect(
      unreachable.getByText('No answer from host-1 on port 22.'),
    ).toBeVisible();
    expect(
      within(await cardOf('unasked')).getByText('Version unknown'),
    ).toBeVisible();
    expect(
      within(await cardOf('empty')).getByText('Nothing deployed'),
    ).toBeVisible();
    expect(screen.queryByText('Healthy')).not.toBeInTheDocument();
    await expectAccessible();
  });

  it('given faults of the manifest, then it shows file, line and mend, and still the cards of the last good state', async () => {
    api.service = {
      ...api.service,
      manifest: {
        status: 'invalid',
        url: 'https://git.example/shop/deploy.yaml',
        problems: [
          {
            message: 'Port 99999 does not exist.',
            mend: 'Use a port from 1024 to 65535.',
            file: 'deploy.yaml',
            line: 12,
            column: 7,
          },
        ],
      },
    };
    renderTab(api);

    expect(await screen.findByText('deploy.yaml:12:7')).toBeVisible();
    expect(screen.getByText('Use a port from 1024 to 65535.')).toBeVisible();
    expect(await cardOf('staging')).toBeVisible();
  });

  it('given a run under way, then the version stays and the run is beside it; a signal brings the next state', async () => {
    const run = runSummary({
      id: fakeRunId('active'),
      environment: 'staging',
      to: V215,
      state: { phase: 'running', step: 4, steps: 7 },
    });
    setEnvironments(staging({ activeRun: run }), production());
    const { signals } = renderTab(api);

    const card = within(await cardOf('staging'));
    expect(card.getByText('2.14.0')).toBeVisible();
    expect(card.getByText('Running 4/7')).toBeVisible();

    setEnvironments(
      staging({
        activeRun: { ...run, state: { phase: 'running', step: 5, steps: 7 } },
      }),
      production(),
    );
    act(() => signals.send({ serviceRef: SHOP, runId: run.id }));

    expect(await card.findByText('Running 5/7')).toBeVisible();
    await waitFor(() =>
      expect(document.querySelector('[aria-live="polite"]')).toHaveTextContent(
        'staging: 2.15.0 Running 5/7',
      ),
    );
  });

  it('while it is read, then it says so; when that fails, then it says why and tries again', async () => {
    const release = api.hold('getService');
    const { user } = renderTab(api);
    expect(
      await screen.findByRole('group', { name: 'Reading the environments' }),
    ).toBeInTheDocument();

    api.refuse('getService', await refusal(503, 'The database is not there.'));
    release();
    expect(
      await screen.findByText(/The database is not there\./),
    ).toBeVisible();
    expect(screen.getByText('Request req-7')).toBeVisible();

    api.refuse('getService', undefined);
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await cardOf('staging')).toBeVisible();
  });

  it('given the last runs cannot be read, then that is said in their place, and the cards stay', async () => {
    api.refuse('listRuns', await refusal(503, 'The database is not there.'));
    renderTab(api);

    expect(
      await screen.findByText('The history could not be read'),
    ).toBeVisible();
    expect(await cardOf('staging')).toBeVisible();
  });

  it('given the person may not see the service, then that is neither empty nor an error', async () => {
    api.refuse(
      'getService',
      await refusal(403, 'You need deployments.read on shop.'),
    );
    renderTab(api);

    expect(await screen.findByText('You may not see this')).toBeVisible();
    expect(
      screen.getByText('You need deployments.read on shop.'),
    ).toBeVisible();
  });

  it('given ?, then the keys of a focused card are among those that are shown', async () => {
    const { user } = renderTab(api);
    (await cardOf('staging')).focus();
    await user.keyboard('?');

    const keys = within(await screen.findByRole('dialog', { name: 'Keys' }));
    expect(keys.getByText('Promote from the focused card')).toBeVisible();
    expect(keys.getByText('Roll back the focused card')).toBeVisible();
  });

  it('opens the promotion by button, and by p on the focused card unless letter keys are off', async () => {
    const { user } = renderTab(api);
    (await cardOf('staging')).focus();
    await user.keyboard('p');
    expect(
      await screen.findByRole('dialog', { name: 'Promote shop to production' }),
    ).toBeVisible();
  });
});
