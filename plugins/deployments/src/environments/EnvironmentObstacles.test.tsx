import { act, screen, waitFor, within } from '@testing-library/react';
import { expectAccessible } from '../__testUtils__/expectAccessible';
import {
  FakeDeploymentsApi,
  refusal,
} from '../__testUtils__/FakeDeploymentsApi';
import {
  freezeGate,
  hold,
  holdingOf,
  production,
  run,
  runSummary,
  SHOP,
  staging,
  steps,
  stuck,
  UNTIL,
  V215,
} from '../__testUtils__/fixtures';
import { cardOf, renderTab } from '../__testUtils__/renderScreen';
import { OpenEnvironment } from './types';

describe('What keeps runs from an environment', () => {
  let api: FakeDeploymentsApi;
  beforeEach(() => {
    api = new FakeDeploymentsApi();
  });

  function setProduction(part: Partial<OpenEnvironment>) {
    api.service = {
      ...api.service,
      environments: [staging(), production(part)],
    };
  }
  async function productionCard() {
    return within(await cardOf('production'));
  }
  async function choose(
    user: ReturnType<typeof renderTab>['user'],
    item: RegExp,
  ) {
    const card = await productionCard();
    await user.click(card.getByRole('button', { name: 'More for production' }));
    await user.click(await screen.findByRole('menuitem', { name: item }));
    return within(await screen.findByRole('dialog'));
  }

  it('given a freeze, then until when and why, and what waits for it', async () => {
    setProduction({
      freezes: [
        {
          name: 'Release week',
          reason: 'The shop is busy before Christmas.',
          until: UNTIL,
        },
      ],
      waiting: [
        runSummary({
          state: {
            phase: 'waiting-for-gates',
            holding: holdingOf([freezeGate()]),
          },
        }),
      ],
    });
    renderTab(api);

    const card = await productionCard();
    expect(card.getByText('The shop is busy before Christmas.')).toBeVisible();
    const marks = card.getAllByText(
      (_, element) => element?.textContent === 'Frozen until 23 Nov 2126 08:00',
      { selector: '[data-tone="info"]' },
    );
    expect(marks).toHaveLength(2);
    await expectAccessible();
  });

  it('is held by hand from the menu, with a reason, and says what that does', async () => {
    const { user } = renderTab(api);
    const dialog = await choose(user, /^Hold/);
    expect(dialog.getByText(/Automatic runs wait until/)).toBeVisible();
    const confirm = dialog.getByRole('button', { name: 'Hold production' });
    expect(confirm).toBeDisabled();

    await user.type(
      dialog.getByRole('textbox', { name: /Reason/ }),
      ' Load test. ',
    );
    await user.click(confirm);

    const card = await productionCard();
    expect(await card.findByText('Held by ana')).toBeVisible();
    expect(card.getByText('Load test.')).toBeVisible();
    expect(api.holds).toEqual([{ reason: 'Load test.' }]);
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
    await waitFor(() =>
      expect(
        card.getByRole('button', { name: 'More for production' }),
      ).toHaveFocus(),
    );
    await expectAccessible();
  });

  it('given the person may not hold, then the menu leads to the reason as text', async () => {
    const reason =
      'You need deployments.environment.hold on production. Ask payments-ops.';
    setProduction({
      may: { ...production().may, hold: { allowed: false, reason } },
    });
    const { user } = renderTab(api);

    const dialog = await choose(user, /^Hold/);

    expect(dialog.getByText(reason)).toBeVisible();
    expect(
      dialog.queryByRole('button', { name: 'Hold production' }),
    ).not.toBeInTheDocument();
  });

  it('given a hold, then by whom and why; it is released after a second look at what starts then', async () => {
    const held = hold();
    setProduction({
      hold: held,
      queue: [
        runSummary({
          to: V215,
          trigger: 'automation',
          state: { phase: 'queued', position: 1, hold: held },
        }),
      ],
    });
    const { user } = renderTab(api);
    const card = await productionCard();
    expect(card.getAllByText('Held by raj')).toHaveLength(2);

    await user.click(card.getByRole('button', { name: 'Release hold' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(
      dialog.getByText('1 automatic run waits for it, and starts then.'),
    ).toBeVisible();
    await user.click(
      dialog.getByRole('button', { name: 'Release hold of production' }),
    );

    expect(
      await screen.findByRole('button', { name: 'More for production' }),
    ).toBeVisible();
    expect(api.releases).toEqual([{ at: held.at }]);
    expect(
      card.queryByRole('button', { name: 'Release hold' }),
    ).not.toBeInTheDocument();
    await waitFor(async () => expect(await cardOf('production')).toHaveFocus());
  });

  it('given somebody has released it meanwhile, then the dialog stays, and the refusal is told in it', async () => {
    setProduction({ hold: hold() });
    const { user, signals } = renderTab(api);
    const card = await productionCard();
    await user.click(card.getByRole('button', { name: 'Release hold' }));
    const dialog = within(await screen.findByRole('dialog'));

    setProduction({
      hold: null,
      may: {
        ...production().may,
        release: { allowed: false, reason: 'production is not held.' },
      },
    });
    act(() => signals.send({ serviceRef: SHOP, runId: null }));
    await user.click(
      dialog.getByRole('button', { name: 'Release hold of production' }),
    );

    expect(
      await dialog.findByText(
        'The hold of production was not released',
        {},
        { timeout: 5_000 },
      ),
    ).toBeVisible();
  });

  it('given the person may not release the hold, then the reason stands there as text', async () => {
    setProduction({
      hold: hold(),
      may: {
        ...production().may,
        release: {
          allowed: false,
          reason: 'You need deployments.environment.release on production.',
        },
      },
    });
    renderTab(api);

    const button = (await productionCard()).getByRole('button', {
      name: 'Release hold',
    });
    expect(button).toBeDisabled();
    expect(button).toHaveAccessibleDescription(
      /You need deployments\.environment\.release/,
    );
  });

  describe('given a run that is stuck', () => {
    const holder = run({
      id: stuck().runId,
      to: V215,
      requestedBy: 'user:default/raj',
      state: { phase: 'running', step: 5, steps: 7 },
      steps: steps(4, 'started'),
      finishedAt: null,
      stuck: stuck(),
      may: { ...run().may, release: { allowed: true } },
    });
    beforeEach(() => {
      api.addRun(holder);
      setProduction({ activeRun: runSummary(holder), stuck: stuck() });
    });

    it('says who, why, since when and what to do; releasing asks for a reason and says what it does', async () => {
      const { user } = renderTab(api);
      const notice = within(
        await screen.findByRole('region', { name: 'A run is stuck' }),
      );
      expect(notice.getByText('Stuck')).toBeVisible();
      expect(notice.getByText(/Asked for by/)).toHaveTextContent(
        'Asked for by raj, no sign since 2 h ago.',
      );
      expect(notice.getByText(/has given no sign for 2 h/)).toBeVisible();
      await user.click(
        await notice.findByRole('button', { name: 'Release environment…' }),
      );

      const dialog = within(
        await screen.findByRole('dialog', {
          name: 'Release production from the run of 2.15.0',
        }),
      );
      expect(dialog.getByText(/Nothing is undone on the target/)).toBeVisible();
      await user.type(
        dialog.getByRole('textbox', { name: /Reason/ }),
        'The host is gone.',
      );
      await expectAccessible();
      await user.click(
        dialog.getByRole('button', { name: 'Release production' }),
      );

      expect(await cardOf('production')).toBeVisible();
      expect(api.releases).toEqual([{ reason: 'The host is gone.' }]);
      expect(
        screen.queryByRole('region', { name: 'A run is stuck' }),
      ).not.toBeInTheDocument();
    });

    it('given the person may not release it, then the reason is there as text, and no button', async () => {
      api.progress(holder.id, {
        may: {
          ...holder.may,
          release: { allowed: false, reason: 'Ask payments-ops.' },
        },
      });
      renderTab(api);

      expect(await screen.findByText('Ask payments-ops.')).toBeVisible();
      expect(
        screen.queryByRole('button', { name: 'Release environment…' }),
      ).not.toBeInTheDocument();
    });

    it('given it is at work again, then the refusal is told in the dialog', async () => {
      api.refuse('releaseRun', await refusal(409, 'The run is at work.'));
      const { user } = renderTab(api);
      await user.click(
        await screen.findByRole('button', { name: 'Release environment…' }),
      );
      const dialog = within(await screen.findByRole('dialog'));
      await user.type(dialog.getByRole('textbox', { name: /Reason/ }), 'x');
      await user.click(
        dialog.getByRole('button', { name: 'Release production' }),
      );

      expect(await dialog.findByText(/The run is at work\./)).toBeVisible();
    });
  });
});
