import { readRepositoryUrl } from './GithubRepository';

describe('the repository of a git URL', () => {
  it.each([
    ['https://github.com/acme/shop', 'github.com', 'shop'],
    ['https://github.com/acme/shop/', 'github.com', 'shop'],
    ['https://github.com/acme/shop.git', 'github.com', 'shop'],
    ['https://GitHub.com/acme/shop', 'github.com', 'shop'],
    ['https://git@github.com/acme/shop', 'github.com', 'shop'],
    ['https://ghe.test:8443/acme/shop', 'ghe.test:8443', 'shop'],
    ['ssh://git@github.com/acme/shop.git', 'github.com', 'shop'],
    ['ssh://git@ghe.test:2222/acme/shop.git', 'ghe.test', 'shop'],
    ['git@github.com:acme/shop.git', 'github.com', 'shop'],
    ['github.com:/acme/shop', 'github.com', 'shop'],
    ['https://github.com/acme/.github', 'github.com', '.github'],
    ['https://github.com/acme/shop.js.git', 'github.com', 'shop.js'],
  ])('reads %s', (url, host, name) => {
    expect(readRepositoryUrl(url)).toEqual({ host, owner: 'acme', name });
  });

  it.each([
    '',
    'shop',
    '/srv/git/acme/shop',
    'file:///acme/shop',
    'git://github.com/acme/shop',
    'https://github.com/acme',
    'https://github.com/acme/shop/tree/main',
    'https://github.com/group/acme/shop',
    'https://github.com//shop',
    'https://github.com/acme/..',
    'https://github.com/acme/..git',
    'https://github.com/../shop',
    'https://github.com/acme/sh%6fp',
    'https://github.com/acme/shop?x',
    'https://github.com/acme/shop#x',
    'https://github.com\\@evil.test/acme/shop',
    'https://user:secret@github.com/acme/shop',
    'https://github.com@evil@github.com/acme/shop',
    'https://github.com/acme/shop\n',
    ' https://github.com/acme/shop',
    'https://git\u0127ub.com/acme/shop',
    'https://[::1]/acme/shop',
  ])('refuses %j', url => {
    expect(readRepositoryUrl(url)).toBeUndefined();
  });
});
