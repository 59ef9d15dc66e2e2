import {
  act,
  fireEvent,
  screen,
  waitFor,
  within,
} from '@testing-library/react';
import { LogLine, Run } from '@slipway/plugin-deployments-common';
import { expectAccessible } from '../__testUtils__/expectAccessible';
import {
  FakeDeploymentsApi,
  refusal,
} from '../__testUtils__/FakeDeploymentsApi';
import {
  ago,
  approval,
  fakeRunId,
  logLines,
  plan,
  run,
  SHOP,
  steps,
  V213,
  V214,
} from '../__testUtils__/fixtures';
import { renderTab } from '../__testUtils__/renderScreen';

const ID = fakeRunId('run');

function running(part: Partial<Run> = {}): Run {
  return run({
    state: { phase: 'running', step: 4, steps: 7 },
    steps: steps(3, 'started'),
    startedAt: ago(60_000),
    finishedAt: null,
    ...part,
  });
}

function failed(part: Partial<Run> = {}): Run {
  return run({
    state: {
      phase: 'failed',
      problem: {
        step: 'step-6',
        message: 'GET /health answered 500.',
        mend: 'Look at the log of the release.',
      },
    },
    rolledBackTo: V213,
    steps: steps(6, 'failed'),
    ...part,
  });
}

describe('RunScreen (P3, V4.1)', () => {
  let api: FakeDeploymentsApi;
  beforeEach(() => {
    api = new FakeDeploymentsApi();
    api.addPlan(plan());
  });

  function open(opened: Run, log: LogLine[] = [], search = '') {
    api.addRun(opened, log);
    return renderTab(api, `/runs/${opened.id}${search}`);
  }
  const pane = () => screen.findByRole('region', { name: 'Log' });

  it('given a failed run, then state, failed step, what runs now and the next step are there at once', async () => {
    open(failed(), logLines(20));

    expect(await screen.findByText('Failed')).toBeVisible();
    expect(screen.getByText('Rolled back to 2.13.4')).toBeVisible();
    expect(screen.getByText(/GET \/health answered 500\./)).toBeVisible();
    expect(screen.getByText(/2\.13\.4 serves again\./)).toBeVisible();
    expect(screen.getByRole('button', { name: 'Retry…' })).toBeEnabled();
    expect(screen.getByRole('button', { name: 'Roll back' })).toBeEnabled();
    expect(screen.getByText('4 m 10 s (usual 6 m)')).toBeVisible();
    await within(await pane()).findByText('line 1 of the log');
    await expectAccessible();
  });

  it('given a failed run, then it leads to the runbooks of the service, and to nothing that is no web address', async () => {
    open(failed());

    expect(
      await screen.findByRole('link', { name: /^When the shop is down/ }),
    ).toHaveAttribute('href', 'https://wiki.example/shop');
    expect(
      screen.queryByRole('link', { name: /Not an address|Chat/ }),
    ).not.toBeInTheDocument();
  });

  it('given somebody opens it late, then they get the log from line 1 on', async () => {
    open(running(), logLines(30));

    expect(
      await within(await pane()).findByText('line 1 of the log'),
    ).toBeInTheDocument();
  });

  it('follows what comes in, stops when scrolled up, counts the new lines, and resumes', async () => {
    const lines = logLines(500);
    const { user } = open(running(), lines.slice(0, 300));
    const region = await pane();
    await within(region).findByText('line 1 of the log');
    const follow = screen.getByRole('button', { name: 'Follow' });
    expect(follow).toHaveAttribute('aria-pressed', 'true');

    scroll(region, { top: 5_400, height: 6_000 });
    scroll(region, { top: 2_000, height: 6_000 });
    expect(follow).toHaveAttribute('aria-pressed', 'false');

    act(() => api.progress(ID, {}, lines.slice(300, 428)));
    const resume = await screen.findByRole('button', {
      name: '128 new lines',
    });

    await user.click(resume);
    expect(follow).toHaveAttribute('aria-pressed', 'true');
    expect(
      screen.queryByRole('button', { name: /new lines/ }),
    ).not.toBeInTheDocument();
  });

  it('given nobody followed, then what comes in is not offered as new', async () => {
    const lines = logLines(428);
    open(running(), lines.slice(0, 300), '?line=1&q=line');
    expect(await screen.findByText('1/300')).toBeVisible();

    act(() => api.progress(ID, {}, lines.slice(300)));

    expect(await screen.findByText('1/428')).toBeVisible();
    expect(
      screen.queryByRole('button', { name: /new line/ }),
    ).not.toBeInTheDocument();
  });

  it('searches the whole log, also what is out of sight, and says how many lines match', async () => {
    const lines = logLines(4_000, line =>
      line % 1_000 === 0 ? `timeout ${line}` : `line ${line}`,
    );
    const { user } = open(failed(), lines);
    await within(await pane()).findByText('line 1');

    await user.type(
      screen.getByRole('searchbox', { name: 'Search the whole log' }),
      'TIMEOUT',
    );
    expect(await screen.findByText('0/4')).toBeVisible();
    await user.keyboard('{Enter}');
    expect(await screen.findByText('1/4')).toBeVisible();

    act(() => document.body.focus());
    (await pane()).focus();
    await user.keyboard('n');
    expect(await screen.findByText('2/4')).toBeVisible();
    await user.keyboard('N');
    expect(await screen.findByText('1/4')).toBeVisible();
  });

  it('given e, then it marks the first error of the failed step', async () => {
    const lines = logLines(70).map(line =>
      line.line === 65 ? { ...line, text: 'Error: rate is undefined' } : line,
    );
    const { user } = open(failed(), lines);
    const region = await pane();
    await within(region).findByText('line 1 of the log');
    scroll(region, { top: 0, height: 1_400 });
    region.focus();

    await user.keyboard('e');

    await waitFor(() =>
      expect(region.querySelector('[data-line="65"]')?.className).toMatch(
        /marked/,
      ),
    );
  });

  it('given an address with a line and words, then it shows that line and those words', async () => {
    open(failed(), logLines(200), '?line=42&q=line%2042');

    expect(await screen.findByText('1/1')).toBeVisible();
    expect(
      screen.getByRole('searchbox', { name: 'Search the whole log' }),
    ).toHaveValue('line 42');
  });

  it('reaches the lines by keyboard: Tab goes to one, arrows to the others, Enter puts it into the address', async () => {
    const { user } = open(failed(), logLines(200));
    const region = await pane();
    await within(region).findByText('line 1 of the log');

    region.focus();
    await user.tab();
    expect(document.activeElement).toHaveAccessibleName('Link to line 1');
    await user.keyboard('{ArrowDown}{ArrowDown}{ArrowUp}');
    expect(document.activeElement).toHaveAccessibleName('Link to line 2');
    await user.keyboard('{Enter}');

    const marked = within(region).getByRole('link', { current: 'location' });
    expect(marked).toHaveAccessibleName('Link to line 2');
    expect(marked).toHaveAttribute(
      'href',
      expect.stringMatching(/\/runs\/[-0-9a-f]+\?line=2$/),
    );
    expect(marked).toHaveFocus();

    scroll(region, { top: 3_000, height: 4_000 });
    await within(region).findByText('line 151 of the log');
    expect(marked).toHaveFocus();
  });

  it('given a line is marked where it stands, then the log does not move', async () => {
    const { user } = open(failed(), logLines(200));
    const region = await pane();
    await within(region).findByText('line 1 of the log');
    scroll(region, { top: 1_000, height: 4_000 });

    await user.click(
      await within(region).findByRole('link', { name: 'Link to line 52' }),
    );

    expect(
      within(region).getByRole('link', { current: 'location' }),
    ).toHaveAccessibleName('Link to line 52');
    expect(region.scrollTop).toBe(1_000);
  });

  it('given a signal, then it reads the run again and says the new state', async () => {
    const { signals } = open(running());
    expect(await screen.findByText('Running 4/7')).toBeVisible();

    act(() => {
      api.progress(ID, { state: { phase: 'running', step: 5, steps: 7 } });
      signals.send({ serviceRef: SHOP, runId: ID });
    });

    expect(await mark('Running 5/7')).toBeVisible();
    await waitFor(() =>
      expect(document.querySelector('[aria-live="polite"]')).toHaveTextContent(
        'Running 5/7',
      ),
    );
  });

  it('given a run goes wrong while it is watched, then the one live region says how, why and what serves now', async () => {
    const { signals } = open(running());
    expect(await screen.findByText('Running 4/7')).toBeVisible();

    const { state, rolledBackTo } = failed();
    act(() => {
      api.progress(ID, { state, rolledBackTo });
      signals.send({ serviceRef: SHOP, runId: ID });
    });

    await waitFor(() =>
      expect(screen.getByRole('status')).toHaveTextContent(
        'Failed. GET /health answered 500. 2.13.4 serves again',
      ),
    );
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });

  it('given a run that waits, then it is approved inside its plan, by hash', async () => {
    const { user } = open(
      run({
        state: {
          phase: 'waiting-for-approval',
          given: 0,
          needed: 1,
          expiresAt: null,
        },
        startedAt: null,
        finishedAt: null,
      }),
    );
    expect(
      await screen.findByText('Show the delivery date in the basket'),
    ).toBeVisible();

    await user.click(
      screen.getByRole('button', { name: 'Approve for production' }),
    );

    expect(await mark('Queued, 1st')).toBeVisible();
    expect(api.decisions).toEqual([
      { decision: 'approved', planHash: plan().hash, reason: undefined },
    ]);
  });

  it('given one asked for it oneself, then it says that another person must approve', async () => {
    open(
      run({
        state: {
          phase: 'waiting-for-approval',
          given: 0,
          needed: 1,
          expiresAt: null,
        },
        startedAt: null,
        finishedAt: null,
        may: {
          ...run().may,
          approve: { allowed: false, reason: 'Another person must approve.' },
        },
      }),
    );

    expect(
      await screen.findByText('Another person must approve.'),
    ).toBeVisible();
    expect(
      screen.queryByRole('button', { name: /^Approve/ }),
    ).not.toBeInTheDocument();
  });

  it('given an approval that a changed plan voided, then it stays on record as void', async () => {
    open(failed({ approvals: [approval({ voidedAt: ago(1_000) })] }));

    expect(
      await screen.findByText(/Voided: the plan changed afterwards\./),
    ).toBeVisible();
  });

  it('cancels after a second look, and says so', async () => {
    const { user } = open(running());
    await user.click(await screen.findByRole('button', { name: 'Cancel run' }));
    await user.click(
      await screen.findByRole('button', {
        name: 'Cancel the run on production',
      }),
    );

    expect(await mark('Cancelled by ana')).toBeVisible();
  });

  it('given a refusal to cancel, then its sentence is shown in the dialog', async () => {
    const { user } = open(running());
    api.refuse(
      'cancelRun',
      await refusal(409, 'The switch has begun: let it finish or roll back.'),
    );
    await user.click(await screen.findByRole('button', { name: 'Cancel run' }));
    await user.click(
      await screen.findByRole('button', {
        name: 'Cancel the run on production',
      }),
    );

    expect(await screen.findByText(/The switch has begun/)).toBeInTheDocument();
  });

  it('given the person may not cancel, then the dialog says what was not done, and why', async () => {
    const { user } = open(running());
    api.refuse(
      'cancelRun',
      await refusal(403, 'You need deployments.cancel on production.'),
    );
    await user.click(await screen.findByRole('button', { name: 'Cancel run' }));
    await user.click(
      await screen.findByRole('button', {
        name: 'Cancel the run on production',
      }),
    );

    expect(
      await screen.findByText('The run was not cancelled'),
    ).toBeInTheDocument();
    expect(
      screen.getByText(/You need deployments\.cancel on production\./),
    ).toBeInTheDocument();
  });

  it('given the person may not see the run, then it is locked and no error', async () => {
    api.refuse(
      'getRun',
      await refusal(403, 'You need deployments.read on production.'),
    );
    renderTab(api, `/runs/${ID}`);

    expect(await screen.findByText('You may not see this')).toBeVisible();
  });

  it.each([
    [
      'deploy',
      { operation: 'deploy', environment: 'production', ref: V214.commitId },
    ],
    [
      'promote',
      {
        operation: 'promote',
        environment: 'production',
        fromEnvironment: 'staging',
      },
    ],
    [
      'rollback',
      {
        operation: 'rollback',
        environment: 'production',
        releaseId: V214.id,
      },
    ],
  ] as const)(
    'given a failed %s, when it is retried, then a new plan of the same is shown and confirmed as any other',
    async (operation, request) => {
      const fresh = plan('fresh', { operation });
      api.planned = [fresh];
      const { user } = open(failed({ operation }));
      await user.click(await screen.findByRole('button', { name: 'Retry…' }));

      expect(
        await screen.findByText('Show the delivery date in the basket'),
      ).toBeVisible();
      expect(api.requests).toEqual([request]);
      expect(api.started).toEqual([]);

      await user.click(
        screen.getByRole('button', {
          name: /^(Deploy to|Promote to|Roll back) production$/,
        }),
      );
      expect(await mark('Queued, 1st')).toBeVisible();
      expect(api.started).toMatchObject([{ planHash: fresh.hash }]);
    },
  );

  it('given the run cannot be read, then it says why', async () => {
    api.refuse('getRun', await refusal(404, 'There is no such run.'));
    renderTab(api, `/runs/${ID}`);

    expect(await screen.findByText(/There is no such run\./)).toBeVisible();
  });
});

/** The mark that carries a state; the live region says the same words. */
function mark(words: string): Promise<HTMLElement> {
  return screen.findByText((_, element) => element?.textContent === words, {
    selector: '[data-tone]',
  });
}

/** Scrolls the pane as a person would; jsdom has no layout of its own. */
function scroll(region: HTMLElement, at: { top: number; height: number }) {
  Object.defineProperties(region, {
    scrollHeight: { configurable: true, value: at.height },
    clientHeight: { configurable: true, value: 600 },
    scrollTop: { configurable: true, writable: true, value: at.top },
  });
  fireEvent.scroll(region);
}
