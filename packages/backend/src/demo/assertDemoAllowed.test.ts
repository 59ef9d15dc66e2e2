import { mockServices } from '@backstage/backend-test-utils';
import { assertDemoAllowed } from './assertDemoAllowed';

function check(options: {
  nodeEnv?: string;
  environment?: string;
  listen?: string | { host?: string; port: number };
  baseUrl?: string;
}) {
  const config = mockServices.rootConfig({
    data: {
      auth: options.environment ? { environment: options.environment } : {},
      app: { baseUrl: options.baseUrl ?? 'http://localhost:7007' },
      backend: {
        baseUrl: options.baseUrl ?? 'http://localhost:7007',
        ...(options.listen !== undefined && { listen: options.listen }),
      },
    },
  });
  assertDemoAllowed({ config, nodeEnv: options.nodeEnv });
}

describe('assertDemoAllowed', () => {
  it.each([
    { host: '127.0.0.1', port: 7007 },
    { host: 'localhost', port: 7007 },
    { host: '::1', port: 7007 },
    '127.0.0.1:7007',
    '[::1]:7007',
  ])('allows the demo on loopback: %j', listen => {
    expect(() => check({ nodeEnv: 'development', listen })).not.toThrow();
  });

  it.each([
    { host: '0.0.0.0', port: 7007 },
    { host: 'portal.example.com', port: 7007 },
    { port: 7007 },
    ':7007',
    undefined,
  ])('refuses where others reach the portal: %j', listen => {
    expect(() => check({ listen })).toThrow(/serves this machine alone/);
  });

  it('refuses behind a proxy that others reach', () => {
    const baseUrl = 'https://portal.example.com';
    expect(() => check({ listen: '127.0.0.1:7007', baseUrl })).toThrow(
      /not portal\.example\.com/,
    );
  });

  it.each([
    { nodeEnv: 'production' },
    { nodeEnv: 'development', environment: 'production' },
  ])('refuses in production: %j', options => {
    expect(() => check({ ...options, listen: '127.0.0.1:7007' })).toThrow(
      /refuses to run in production/,
    );
  });
});
