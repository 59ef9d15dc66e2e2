import { screen } from '@testing-library/react';
import { expectAccessible } from '../__testUtils__/expectAccessible';
import { FakeDeploymentsApi } from '../__testUtils__/FakeDeploymentsApi';
import { ago, production, staging } from '../__testUtils__/fixtures';
import { renderCard } from '../__testUtils__/renderScreen';

describe('ServiceSummaryCard (P2)', () => {
  let api: FakeDeploymentsApi;
  beforeEach(() => {
    api = new FakeDeploymentsApi();
  });

  it('shows which version runs where', async () => {
    renderCard(api);

    expect(
      await screen.findByRole('row', { name: /^staging 2\.14\.0 Healthy/ }),
    ).toBeVisible();
    expect(
      screen.getByRole('row', { name: /^production 2\.13\.4 Healthy/ }),
    ).toBeVisible();
    await expectAccessible();
  });

  it('given an environment out of reach, then it shows what was last known, and that it is not confirmed', async () => {
    api.service = {
      ...api.service,
      environments: [
        staging({
          observed: {
            reach: 'unreachable',
            askedAt: ago(1_000),
            message: 'No answer from host-1 on port 22.',
            mend: null,
          },
        }),
        production(),
      ],
    };
    renderCard(api);

    expect(
      await screen.findByRole('row', {
        name: /^staging 2\.14\.0 ?Last known, not confirmed\. Unreachable/,
      }),
    ).toBeVisible();
  });

  it('given a wrong manifest, then it says what is wrong, and no empty table', async () => {
    api.service = {
      ...api.service,
      environments: [],
      manifest: {
        status: 'missing',
        message: 'There is no deploy.yaml.',
        mend: 'Add one beside the catalog file.',
      },
    };
    renderCard(api);

    expect(await screen.findByText('There is no deploy.yaml.')).toBeVisible();
    expect(screen.queryByRole('table')).not.toBeInTheDocument();
  });
});
