import { serviceRefSchema } from './ids';
import { isFinished, runStateSchema } from './model';

describe('serviceRefSchema', () => {
  it('given capitals, then the reference is folded as the catalog folds it', () => {
    expect(serviceRefSchema.parse('Component:Default/Shop')).toBe(
      'component:default/shop',
    );
  });

  it.each([
    'shop',
    'component:shop',
    'component:default/shop#production',
    'a:b/c d',
  ])('refuses %j', ref => {
    expect(serviceRefSchema.safeParse(ref).success).toBe(false);
  });
});

describe('run states', () => {
  it('given every phase, then exactly those that end a run are finished', () => {
    const phases = runStateSchema.options.map(
      option => option.shape.phase.value,
    );

    expect(phases.filter(isFinished)).toEqual([
      'succeeded',
      'failed',
      'errored',
      'cancelled',
      'rejected',
    ]);
  });
});
