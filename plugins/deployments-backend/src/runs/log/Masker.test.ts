import { Secret } from '@slipway/plugin-deployments-node';
import fc from 'fast-check';
import { Masker } from './Masker';

const createMasker = (...values: string[]) =>
  new Masker(values.map((value, i) => new Secret(`secret-${i}`, value)));

/** Texts of few letters, so that they overlap often. */
const dense = fc.string({
  unit: fc.constantFrom('a', 'b', 'c'),
  minLength: 1,
  maxLength: 6,
});

describe('Masker', () => {
  it('given any secrets in any text, then the masked text shows none of them', () => {
    fc.assert(
      fc.property(
        fc.array(dense, { minLength: 1, maxLength: 4 }),
        fc.array(fc.oneof(dense, fc.string()), { maxLength: 8 }),
        (secrets, parts) => {
          const text = [...parts, ...secrets, ...parts].join('');
          const masked = createMasker(...secrets).mask(text);
          for (const secret of secrets) {
            expect(masked).not.toContain(secret);
          }
        },
      ),
    );
  });

  it('given secrets that overlap, then nothing of either is left', () => {
    expect(createMasker('abcd', 'cdef').mask('xabcdefx')).toBe('x***x');
  });

  it('given a text without secrets, then it is left as it is', () => {
    expect(createMasker('hunter2').mask('hunter 2')).toBe('hunter 2');
    expect(createMasker('', '  ').mask('a b  c')).toBe('a b  c');
  });

  it.each([
    ['URL', encodeURIComponent('p@ss/wörd "x"')],
    ['JSON', JSON.stringify({ password: 'p@ss/wörd "x"' })],
    ['base64', Buffer.from('p@ss/wörd "x"').toString('base64')],
    ['hex', Buffer.from('p@ss/wörd "x"').toString('hex')],
    ['HEX', Buffer.from('p@ss/wörd "x"').toString('hex').toUpperCase()],
  ])('given a secret in the encoding of %s, then it is masked', (_, text) => {
    const masker = createMasker('p@ss/wörd "x"');

    expect(masker.mask(text)).toContain('***');
    expect(masker.reveals(text)).toBe(true);
    expect(masker.reveals(masker.mask(text))).toBe(false);
  });

  it.each(['base64', 'base64url'] as const)(
    'given a secret anywhere within a text in %s, as user and password are sent, then no character that comes of it alone is left',
    encoding => {
      fc.assert(
        fc.property(
          fc.uint8Array({ maxLength: 5 }),
          fc.string({ minLength: 8, maxLength: 40, unit: 'grapheme' }),
          fc.uint8Array({ maxLength: 5 }),
          (before, secret, after) => {
            fc.pre(secret === secret.trim());
            const text = Buffer.concat([
              before,
              Buffer.from(secret),
              after,
            ]).toString(encoding);

            const masked = createMasker(secret).mask(text);

            // A character of six bits may come of the secret and of its neighbour.
            const neighbours = before.length + after.length;
            expect(masked).toContain('***');
            expect(masked.replaceAll('***', '').length).toBeLessThanOrEqual(
              Math.ceil((neighbours * 8) / 6) + 4,
            );
          },
        ),
      );
    },
  );

  it('given a short secret, then what is no more than like a part of its encoding stays', () => {
    expect(createMasker('ab').mask('6162 YWI= Fi')).toBe('6162 *** Fi');
  });

  it('given a secret of several lines, then each of its lines is masked wherever it stands', () => {
    const masker = createMasker('-----BEGIN KEY-----\nMIIEvQ==\n}\n-----END\n');

    expect(masker.mask('key: MIIEvQ== }')).toBe('key: *** }');
    expect(masker.mask('-----BEGIN KEY-----')).toBe('***');
  });

  it('given an end, then a secret that begins before it is masked as a whole, and nothing after it is shown', () => {
    const masker = createMasker('hunter2');

    expect(masker.mask('pw hunter2 and more', 6)).toBe('pw ***');
    expect(masker.mask('pw hunter2 and more', 3)).toBe('pw ');
    expect(masker.mask('pw hunter2 and more', 14)).toBe('pw *** and');
  });
});
