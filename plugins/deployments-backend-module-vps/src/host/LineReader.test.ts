import fc from 'fast-check';
import { EndlessLineError, LineReader } from './LineReader';

describe('LineReader', () => {
  it('given lines in pieces of any length, then each line comes once, in order', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ minLength: 1 }).filter(line => !line.includes('\n')),
        ),
        fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
        (lines, sizes) => {
          const read: string[] = [];
          const reader = new LineReader(line => read.push(line));
          let text = lines.map(line => `${line}\n`).join('');
          while (text !== '') {
            const size = sizes.next().value;
            reader.add(text.slice(0, size));
            text = text.slice(size);
          }
          expect(read).toEqual(lines);
        },
      ),
    );
  });

  it('given a line that does not end, then it is not kept for ever', () => {
    const reader = new LineReader(() => {});
    const piece = 'x'.repeat(1024 * 1024);

    expect(() => {
      for (let sent = 0; sent < 100; sent++) {
        reader.add(piece);
      }
    }).toThrow(EndlessLineError);
  });
});
