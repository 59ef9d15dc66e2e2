import { mockServices } from '@backstage/backend-test-utils';
import Ajv from 'ajv';
import { parse } from 'yaml';
import {
  CheckProvider,
  DeploymentTarget,
} from '@slipway/plugin-deployments-node';
import { z } from 'zod';
import { HttpCheckProvider } from '../gates';
import { InMemoryTarget } from '../__testUtils__/InMemoryTarget';
import { createManifestJsonSchema } from './createManifestJsonSchema';

const MANIFEST = `
apiVersion: slipway.dev/v1
build:
  test: npm test
  build: [npm, run, build]
environments:
  - name: staging
    target: {kind: memory, connection: host-1, parameters: {port: 8080}}
    health: {path: /healthz, timeout: 30s}
`;

const CHECKS = new Map<string, CheckProvider>([
  ['http', new HttpCheckProvider({ urlReader: mockServices.urlReader.mock() })],
  [
    'incidents',
    {
      kind: 'incidents',
      parametersSchema: z.strictObject({ team: z.string().optional() }),
      check: async () => ({ state: 'passed', reason: '', evidence: null }),
    },
  ],
]);

function compile(...kinds: string[]) {
  const targets = new Map<string, DeploymentTarget>(
    kinds.map(kind => [kind, new InMemoryTarget(kind)]),
  );
  return new Ajv({ strict: false }).compile(
    createManifestJsonSchema(targets, CHECKS),
  );
}

describe('createManifestJsonSchema', () => {
  it('given a valid manifest as people write it, then the schema takes it', () => {
    const validate = compile('memory', 'other');

    validate(parse(MANIFEST));
    expect(validate.errors ?? []).toEqual([]);
  });

  it.each([
    ['an unknown kind', 'kind: memory', 'kind: vps'],
    ['a wrong parameter of the kind', 'port: 8080', 'port: 99'],
    ['a misspelt member', 'health:', 'heatlh:'],
    ['a misspelt parameter', 'port: 8080', 'prot: 8080'],
    ['a duration without a unit', 'timeout: 30s', 'timeout: "30"'],
  ])('given %s, then an editor sees it', (_, from, to) => {
    expect(MANIFEST).toContain(from);

    expect(compile('memory')(parse(MANIFEST.replace(from, to)))).toBe(false);
  });

  it.each([
    ['incidents', true],
    ['http', false],
  ])(
    'given a check %s without parameters, then an editor takes it: %s, as the backend does',
    (kind, taken) => {
      const manifest = `${MANIFEST}    protection: {checks: [{name: First, kind: ${kind}}]}`;

      expect(compile('memory')(parse(manifest))).toBe(taken);
    },
  );

  it('given descriptions in a kind’s own schema, then editors show them', () => {
    const schema = createManifestJsonSchema(
      new Map<string, DeploymentTarget>([['memory', new InMemoryTarget()]]),
      CHECKS,
    );

    expect(JSON.stringify(schema)).toContain('Where it listens.');
  });
});
