import { explainHostError } from './explainHostError';

describe('explainHostError', () => {
  it.each([
    ['bash: line 1: rsync: command not found', /has no rsync/],
    ['sh: 1: rsync: not found', /has no rsync/],
    [
      'rsync: [receiver] write failed on "/srv/a": No space left on device (28)',
      /no space left/,
    ],
    [
      'rsync: [receiver] mkstemp "/srv/.a.x" failed: Permission denied (13)',
      /may not write/,
    ],
    ['ana@host: Permission denied (publickey).', /does not accept the key/],
    ['Load key "/keys/a": error in libcrypto', /private key cannot be used/],
    [
      'ssh: connect to host a port 22: Connection refused',
      /does not take connections/,
    ],
  ])('given %j, then it says what a person can mend', (complaint, message) => {
    expect(explainHostError(complaint)).toMatchObject({
      message: expect.stringMatching(message),
      mend: expect.any(String),
    });
  });

  it('given words that it does not know, then it explains nothing', () => {
    expect(explainHostError('something went wrong')).toBeUndefined();
  });
});
