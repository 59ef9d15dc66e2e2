import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import {
  manifestSchema,
  protectionSchema,
} from '@slipway/plugin-deployments-node';
import { parse } from 'yaml';
import { readFreezeTimes } from '../gates';

const DOCS = path.resolve(__dirname, '../../../../docs');

/** The blocks of YAML in a page that begin a manifest. */
function readManifests(page: string): unknown[] {
  const text = readFileSync(path.join(DOCS, page), 'utf8');
  return [...text.matchAll(/^```yaml\n(.*?)^```/gms)]
    .map(([, block]) => block)
    .filter(block => block.includes('apiVersion: slipway.dev/'))
    .map((block): unknown => parse(block));
}

describe('docs/gates.md', () => {
  it('given its freezes, then each of them comes', () => {
    const page = readFileSync(path.join(DOCS, 'gates.md'), 'utf8');
    const [, block] = /^```yaml\n(freezes:.*?)^```/ms.exec(page) ?? [];
    const { freezes = [] } = protectionSchema.parse(parse(block));

    expect(freezes.length).toBeGreaterThan(0);
    for (const freeze of freezes) {
      expect(
        readFreezeTimes(freeze).nextBegin(new Date('2026-01-01')),
      ).not.toBeNull();
    }
  });
});

describe('docs/manifest.md', () => {
  it('given its example, then it is a manifest, and uses every member that there is', () => {
    const examples = readManifests('manifest.md');
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(
      JSON.parse(readFileSync(path.join(DOCS, 'manifest.schema.json'), 'utf8')),
    );

    expect(examples).toHaveLength(1);
    for (const example of examples) {
      validate(example);
      expect(validate.errors ?? []).toEqual([]);
      expect(Object.keys(manifestSchema.parse(example)).sort()).toEqual(
        Object.keys(manifestSchema.shape).sort(),
      );
    }
  });
});
