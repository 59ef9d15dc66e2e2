import { act, screen, waitFor, within } from '@testing-library/react';
import { expectAccessible } from '../__testUtils__/expectAccessible';
import {
  FakeDeploymentsApi,
  refusal,
} from '../__testUtils__/FakeDeploymentsApi';
import { COMMITS, fakeRelease, plan } from '../__testUtils__/fixtures';
import { renderTab } from '../__testUtils__/renderScreen';
import { resizeTo } from '../__testUtils__/viewport';

const PROMOTE = '/plan/promote/production';

describe('PlanRoute (P3)', () => {
  let api: FakeDeploymentsApi;
  beforeEach(() => {
    api = new FakeDeploymentsApi();
  });
  afterEach(() => act(() => resizeTo(1_280)));

  const confirmButton = () =>
    screen.findByRole('button', { name: 'Promote to production' });

  it('shows all that would change before anyone agrees, never a configuration value, and has its focus on the title', async () => {
    renderTab(api, PROMOTE);

    const dialog = within(
      await screen.findByRole('dialog', { name: 'Promote shop to production' }),
    );
    expect(
      await dialog.findByText('Show the delivery date in the basket'),
    ).toBeVisible();
    expect(dialog.getByText('4 go in')).toBeVisible();
    expect(dialog.getByText('0042_add_delivery_date.sql')).toBeVisible();
    expect(dialog.getByText(/builds an index on orders/)).toBeVisible();
    expect(dialog.getByText('+1 ~2')).toBeVisible();
    expect(dialog.getByText('7, usually 6 m')).toBeVisible();
    expect(
      dialog.getByRole('button', { name: /^Copy plan hash/ }),
    ).toBeVisible();
    expect(
      within(dialog.getByRole('heading', { level: 2 })).getByText(
        'Promote shop to production',
      ),
    ).toHaveFocus();
    await expectAccessible();
  });

  it('given it is pressed twice, then it starts one run, bound to the hash that was shown, and opens it', async () => {
    const { user } = renderTab(api, PROMOTE);
    const button = await confirmButton();
    await waitFor(() => expect(button).toBeEnabled());
    await user.type(
      screen.getByRole('textbox', { name: /Reason/ }),
      'Before the weekend',
    );
    const release = api.hold('startRun');

    await user.dblClick(button);
    release();

    expect(
      await screen.findByRole('heading', {
        name: 'Promote 2.14.0 to production',
      }),
    ).toBeVisible();
    expect(api.started).toEqual([
      { planHash: plan().hash, reason: 'Before the weekend' },
    ]);
  });

  it('given Enter in the field of the reason, then nothing is started', async () => {
    const { user } = renderTab(api, PROMOTE);
    await waitFor(async () => expect(await confirmButton()).toBeEnabled());
    await user.type(
      screen.getByRole('textbox', { name: /Reason/ }),
      'x{Enter}',
    );

    expect(api.started).toEqual([]);
  });

  it('given the plan changed meanwhile, then it shows the difference and cannot be confirmed until it is reviewed again', async () => {
    const [newest, ...rest] = COMMITS;
    const first = plan('first', {
      commits: { direction: 'forward', items: rest, total: rest.length },
    });
    const second = plan('second');
    api.planned = [first, second];
    const { user } = renderTab(api, PROMOTE);
    await waitFor(async () => expect(await confirmButton()).toBeEnabled());

    api.refuse('startRun', await refusal(409, 'The plan changed.'));
    await user.click(await confirmButton());

    expect(await screen.findByText(/The plan changed at/)).toBeVisible();
    expect(
      screen.getByText(new RegExp(`\\+ .* ${newest.subject}`)),
    ).toBeVisible();
    expect(await confirmButton()).toBeDisabled();

    api.refuse('startRun', undefined);
    await user.click(screen.getByRole('button', { name: 'Review again' }));
    await user.click(await confirmButton());
    await waitFor(() =>
      expect(api.started.map(({ planHash }) => planHash)).toEqual([
        first.hash,
        second.hash,
      ]),
    );
  });

  it('given a blocking finding, then it comes first and the button is shut', async () => {
    api.planned = [
      plan('blocked', {
        findings: [
          { severity: 'info', message: 'The archive is there already.' },
          {
            severity: 'blocking',
            message: 'migration 0042 drops orders.note',
            mend: 'Drop it in the release after this one.',
          },
        ],
      }),
    ];
    renderTab(api, PROMOTE);

    expect(
      await screen.findByText('Blocking: migration 0042 drops orders.note'),
    ).toBeVisible();
    expect(await confirmButton()).toBeDisabled();
  });

  it('given the plan cannot be made, then it says why and tries again', async () => {
    api.refuse('createPlan', await refusal(400, 'staging runs nothing yet.'));
    const { user } = renderTab(api, PROMOTE);

    expect(await screen.findByText(/staging runs nothing yet\./)).toBeVisible();
    api.refuse('createPlan', undefined);
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(async () => expect(await confirmButton()).toBeEnabled());
  });

  it('given a rollback, then any kept release can be chosen and what does not revert is said', async () => {
    const back = fakeRelease('2.13.1');
    api.planned = [
      plan('back', {
        operation: 'rollback',
        to: back,
        doesNotRevert: ['The database keeps the changes of 0042.'],
      }),
    ];
    const { user } = renderTab(api, '/plan/rollback/production');
    expect(
      await screen.findByText('The database keeps the changes of 0042.'),
    ).toBeVisible();

    await user.click(screen.getByRole('button', { name: /Roll back to/ }));
    await user.click(await screen.findByRole('option', { name: /2\.13\.1/ }));

    await waitFor(() =>
      expect(api.requests.at(-1)).toEqual({
        operation: 'rollback',
        environment: 'production',
        releaseId: back.id,
      }),
    );
  });

  it('given a deployment, then there is a plan once a branch, tag or commit is named', async () => {
    const { user } = renderTab(api, '/plan/deploy/staging');
    const field = await screen.findByRole('textbox', {
      name: 'Branch, tag or commit',
    });
    expect(api.requests).toEqual([]);

    await user.type(field, 'main{Enter}');

    await waitFor(() =>
      expect(api.requests).toEqual([
        { operation: 'deploy', environment: 'staging', ref: 'main' },
      ]),
    );
    expect(api.started).toEqual([]);
  });

  it('given the ref becomes another one, then the plan of the first is gone and cannot be confirmed', async () => {
    const { user } = renderTab(api, '/plan/deploy/staging');
    const field = await screen.findByRole('textbox', {
      name: 'Branch, tag or commit',
    });
    const confirm = screen.getByRole('button', { name: 'Deploy to staging' });
    await user.type(field, 'main{Enter}');
    await waitFor(() => expect(confirm).toBeEnabled());

    await user.type(field, '2');

    expect(confirm).toBeDisabled();
    expect(
      screen.queryByText('Show the delivery date in the basket'),
    ).not.toBeInTheDocument();
    await user.click(confirm);
    expect(field).toHaveValue('main2');
    expect(api.started).toEqual([]);
  });

  it('given a narrow screen, then it is a page and no dialog', async () => {
    resizeTo(400);
    renderTab(api, PROMOTE);

    expect(
      await screen.findByRole('heading', {
        name: 'Promote shop to production',
      }),
    ).toBeVisible();
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    expect(screen.queryByText('Recent runs')).not.toBeInTheDocument();
  });
});
