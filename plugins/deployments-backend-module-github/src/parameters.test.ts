import { z } from 'zod';
import { parametersSchema } from './parameters';

describe('parameters of a check of GitHub', () => {
  it.each<[string, object]>([
    ['nothing', {}],
    ['names', { required: ['build', 'test (ubuntu, 24)'] }],
    ['an app', { app: 'github-actions' }],
  ])('given %s, then they are taken', (_, parameters) => {
    expect(parametersSchema.parse(parameters)).toEqual(parameters);
  });

  it.each<[string, object]>([
    ['no name in the list', { required: [] }],
    ['an empty name', { required: [''] }],
    ['the name of an app instead of its slug', { app: 'GitHub Actions' }],
    ['another repository', { repository: 'acme/other' }],
    ['a host', { host: 'evil.test' }],
  ])('given %s, then the manifest is refused', (_, parameters) => {
    expect(parametersSchema.safeParse(parameters).success).toBe(false);
  });

  it('given an editor that completes manifests, then every parameter is described', () => {
    const { properties } = z.toJSONSchema(parametersSchema);

    expect(properties).toEqual({
      required: expect.objectContaining({ description: expect.any(String) }),
      app: expect.objectContaining({ description: expect.any(String) }),
    });
  });
});
