import fc from 'fast-check';
import {
  mayNameRepository,
  readRepositoryPattern,
  RepositoryPattern,
} from './repositoryAccess';

const MANIFEST = 'https://github.com/acme/shop/blob/main/ops/deploy.yaml';

function read(patterns: readonly string[]): RepositoryPattern[] {
  return patterns.flatMap(pattern => readRepositoryPattern(pattern) ?? []);
}

function may(
  repository: string,
  options: { manifestUrl?: string; allow?: readonly string[] } = {},
): boolean {
  return mayNameRepository({
    repository,
    manifestUrl: options.manifestUrl ?? MANIFEST,
    allow: options.allow && read(options.allow),
  });
}

describe('mayNameRepository', () => {
  describe('as long as app-config says nothing', () => {
    it.each([
      'https://github.com/acme/shop',
      'https://github.com/acme/shop.git',
      'https://github.com/acme/shop/',
      'https://GitHub.com:443/acme/shop.git',
      'git@github.com:acme/shop.git',
      'ssh://git@github.com/acme/shop.git',
      'ssh://git@github.com:22/acme/shop',
    ])('given the manifest’s own repository as %s, then it may', url => {
      expect(may(url)).toBe(true);
    });

    it.each([
      [
        'https://gitlab.test/a/b/c',
        'https://gitlab.test/a/b/c/-/blob/x/d.yaml',
      ],
      [
        'https://dev.azure.com/o/p/_git/r',
        'https://dev.azure.com/o/p/_git/r?path=/deploy.yaml&version=GBmain',
      ],
      ['http://localhost:7008/shop', 'http://localhost:7008/shop/deploy.yaml'],
    ])('given %s and the manifest %s, then it may', (url, manifestUrl) => {
      expect(may(url, { manifestUrl })).toBe(true);
    });

    it.each([
      'https://github.com/acme/payroll',
      'https://github.com/acme/shop-secrets',
      'https://github.com/acme/sho',
      'https://github.com/acme/shop.wiki.git',
      'https://github.com/ACME/shop',
      'https://github.com/',
      'https://github.com.evil.test/acme/shop',
      'https://github.com:8443/acme/shop',
      'https://github.com@evil.test/acme/shop',
      'https://evil.test\\@github.com/acme/shop',
      'https://github.com\\@evil.test/acme/shop',
      'https://evil.test#@github.com/acme/shop',
      'https://evil.test?@github.com/acme/shop',
      'https://github.com/acme/shop/../payroll',
      'https://github.com/acme/payroll/../shop',
      'https://github.com/acme/shop/%2e%2e/payroll',
      'https://github.com/acme/payroll/%2E%2E/shop',
      'https://github.com/acme%2fshop',
      'https://github.com/acme%5cshop',
      'https://github.com/acme/shop%00',
      'https://github.com/acme//shop',
      'https://github.com/acme/shop?x=/acme/payroll',
      'http://github.com/acme/shop',
      'git://github.com/acme/shop',
      'file:///acme/shop',
      'ssh://git@github.com:2222/acme/shop',
      'ssh://root@github.com/acme/shop',
      'ssh://github.com/acme/shop',
      'git@github.com:acme/../acme/shop',
      'git@github.com:%61cme/shop',
      'git@github.com:acme/sho%70.git',
      'https://gıthub.com/acme/shop',
      'https://ｇithub.com/acme/shop',
      'https://github。com/acme/shop',
      'https://github%2ecom/acme/shop',
      'https://git\u00adhub.com/acme/shop',
      'ssh://git@ｇithub.com/acme/shop',
      'git@evil.test:acme/shop',
      'ext::sh -c id',
      '',
    ])('given %j, then it may not', url => {
      expect(may(url)).toBe(false);
    });

    it('given a manifest whose URL could be read in two ways, then nothing can be said of its repository', () => {
      expect(
        may('https://github.com/acme/payroll', {
          manifestUrl:
            'https://github.com/eve/x/blob/main/../../../../acme/payroll/deploy.yaml',
        }),
      ).toBe(false);
    });
  });

  describe('where app-config has a list', () => {
    const allow = [
      'https://github.com/acme/*',
      'git@github.com:acme/*',
      'https://gitlab.test/tools/one.git',
    ];

    it.each([
      'https://github.com/acme/shop.git',
      'https://github.com/acme/payroll',
      'https://github.com/acme/group/deep',
      'git@github.com:acme/shop.git',
      'ssh://git@github.com/acme/shop',
      'https://gitlab.test/tools/one',
    ])('given %s, which it has, then it may', url => {
      expect(may(url, { allow })).toBe(true);
    });

    it.each([
      'https://github.com/acme',
      'https://github.com/acme-evil/shop',
      'https://github.com/evil/acme/shop',
      'https://github.com.evil.test/acme/shop',
      'https://github.com@evil.test/acme/shop',
      'https://github.com/acme/../evil/shop',
      'https://github.com/acme/%2e%2e/evil/shop',
      'https://github.com/acme/..%2fevil',
      'http://github.com/acme/shop',
      'eve@github.com:acme/shop',
      'https://gitlab.test/tools/one/two',
      'https://gitlab.test/tools/one.evil',
    ])('given %j, which it has not, then it may not', url => {
      expect(may(url, { allow })).toBe(false);
    });

    it('given a list without the manifest’s own repository, then that is refused too', () => {
      expect(
        may('https://github.com/acme/shop', {
          allow: ['https://github.com/other/*'],
        }),
      ).toBe(false);
    });

    it('given *, then all may be named', () => {
      expect(may('https://anywhere.test/x', { allow: ['*'] })).toBe(true);
    });

    it('given any path below an allowed place, then it never leads a URL parser elsewhere', () => {
      const part = fc.constantFrom(
        ...['a', 'acme', '.', '..', '', '%2e%2e', '.%2e', '%2f', '\\', '*'],
        ...['?', '#', '@', ':', '%', '%00', '~', '-', ' ', '\t'],
      );
      fc.assert(
        fc.property(fc.array(part, { maxLength: 6 }), parts => {
          const url = `https://github.com/acme/${parts.join('/')}`;
          const allowed = may(url, { allow: ['https://github.com/acme/*'] });
          const isUnchanged = new URL(url).href === encodeURI(url);
          expect(allowed && !isUnchanged).toBe(false);
        }),
      );
    });
  });
});

describe('readRepositoryPattern', () => {
  it.each([
    'https://github.com/acme/*',
    'https://github.com/acme/*/',
    'git@github.com:acme/*',
    'https://127.0.0.1:8443/*',
    'https://[::1]:8443/acme/*',
    'file:///srv/git/*',
    '*',
  ])('given %j, then it is one', text => {
    expect(readRepositoryPattern(text)).toBeDefined();
  });

  it.each([
    '',
    'acme/*',
    'https://*.github.com/acme/*',
    'https://github.com/*/shop',
    'https://github.com/ac*',
    'https://github.com/acme/*.git',
    'https://github.com/acme/%2a',
    'git@github.com:%61cme/*',
    'https://ｇithub.com/acme/*',
    'https://github.com/acme/../*',
    'https://ana:secret@github.com/acme/*',
  ])('given %j, then it is none', text => {
    expect(readRepositoryPattern(text)).toBeUndefined();
  });
});
