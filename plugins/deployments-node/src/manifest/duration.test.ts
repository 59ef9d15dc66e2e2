import { durationSchema } from './duration';

describe('durationSchema', () => {
  it.each([
    ['500ms', 500],
    ['15m', 900_000],
    ['7d', 604_800_000],
  ])('given %s, then it is %d ms', (text, ms) => {
    expect(durationSchema.parse(text)).toBe(ms);
  });

  it.each(['8d', '999999d', '169h'])(
    'given %s, which is longer than a timer should wait, then it is refused',
    text => {
      expect(durationSchema.safeParse(text).error?.issues).toMatchObject([
        { message: 'is longer than 7d' },
      ]);
    },
  );
});
