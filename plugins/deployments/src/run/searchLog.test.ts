import { LogLine } from '@slipway/plugin-deployments-common';
import { logLines, steps } from '../__testUtils__/fixtures';
import { cutAtMatches, findFirstError, searchLog } from './searchLog';

describe('searchLog', () => {
  it('finds each line once, whatever its case, and nothing for blank words', () => {
    const lines = logLines(3, line => `Lock lock ${line}`);
    expect(searchLog(lines, ' lock ')).toEqual([0, 1, 2]);
    expect(searchLog(lines, '2')).toEqual([1]);
    expect(searchLog(lines, '  ')).toEqual([]);
  });
});

describe('findFirstError', () => {
  const inStep = (step: number, part: Partial<LogLine>[]): LogLine[] =>
    logLines(part.length).map((line, index) => ({
      ...line,
      step,
      ...part[index],
    }));

  it('given a failed step, then it looks only there, for words before streams', () => {
    const failed = steps(1, 'failed');
    const lines = [
      ...inStep(0, [{ text: 'error: an old one', line: 1 }]),
      ...inStep(1, [
        { stream: 'stderr', text: 'npm warn deprecated', line: 2 },
        { text: 'FATAL: no such table', line: 3 },
      ]),
    ];
    expect(findFirstError(lines, failed)?.line).toBe(3);
    expect(findFirstError(lines.slice(0, 2), failed)?.line).toBe(2);
  });

  it('given nothing reads like an error, then it is the last line of the failed step', () => {
    const lines = inStep(1, [{ text: 'one' }, { text: 'two' }]);
    expect(findFirstError(lines, steps(1, 'errored'))?.text).toBe('two');
    expect(findFirstError(lines, steps(7, undefined))).toBeUndefined();
  });
});

describe('cutAtMatches', () => {
  it('puts every match at an odd place and takes the words literally', () => {
    expect(cutAtMatches('a.b a.B axb', 'a.b')).toEqual([
      '',
      'a.b',
      ' ',
      'a.B',
      ' axb',
    ]);
    expect(cutAtMatches('text', '')).toEqual(['text']);
  });
});
