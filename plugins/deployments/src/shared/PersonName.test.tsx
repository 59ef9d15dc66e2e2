import { act, screen } from '@testing-library/react';
import {
  renderInTestApp,
  TestApiProvider,
} from '@backstage/frontend-test-utils';
import { DefaultEntityPresentationApi } from '@backstage/plugin-catalog';
import {
  EntityPresentationApi,
  entityPresentationApiRef,
} from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import { PersonName } from './PersonName';

const RAJ = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'User',
  metadata: { name: 'raj', namespace: 'default' },
  spec: { profile: { displayName: 'Raj Patel' }, memberOf: [] },
};

describe('PersonName', () => {
  /** A catalog that answers once it is told to. */
  function createCatalog(entities = [RAJ]) {
    let resolve = () => {};
    let reject = (_error: Error) => {};
    const answered = new Promise<void>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    const known = catalogApiMock({ entities });
    const presentation = DefaultEntityPresentationApi.create({
      catalogApi: catalogApiMock.mock({
        getEntitiesByRefs: async (...request) => {
          await answered;
          return known.getEntitiesByRefs(...request);
        },
      }),
    });
    return { answer: { resolve, reject }, presentation };
  }
  function show(presentation: EntityPresentationApi) {
    renderInTestApp(
      <TestApiProvider apis={[[entityPresentationApiRef, presentation]]}>
        <p>
          Rejected by <PersonName by="user:default/raj" />
        </p>
      </TestApiProvider>,
    );
    return screen.findByText(/^Rejected by/);
  }

  it('given the catalog is still asked, then no name is shown that would change; then the full one', async () => {
    const { answer, presentation } = createCatalog();
    const sentence = await show(presentation);
    expect(sentence).toHaveTextContent(/^Rejected by$/);

    await act(async () => answer.resolve());

    expect(await screen.findByText('Rejected by Raj Patel')).toBe(sentence);
  });

  it('given the catalog does not know them, then the name of the reference', async () => {
    const { answer, presentation } = createCatalog([]);
    await show(presentation);

    await act(async () => answer.resolve());

    expect(await screen.findByText('Rejected by raj')).toBeVisible();
  });

  it('given the catalog cannot be asked, then the name of the reference', async () => {
    const { answer, presentation } = createCatalog();
    await show(presentation);

    await act(async () => answer.reject(new Error('The catalog is gone.')));

    expect(await screen.findByText('Rejected by raj')).toBeVisible();
  });

  it('given the catalog was asked before, then its name at once', async () => {
    const { answer, presentation } = createCatalog();
    answer.resolve();
    await presentation.forEntity('user:default/raj').promise;

    expect(await show(presentation)).toHaveTextContent('Rejected by Raj Patel');
  });
});
