import { Secret } from '@slipway/plugin-deployments-node';
import { cleanText } from './cleanText';

const MASK = '***';

/** A line of a secret of several lines counts as secret from this length on: shorter ones are brackets and the like. */
const MIN_PART_LENGTH = 6;

/** An encoded part of a secret counts as secret from this length on: shorter ones turn up by chance. */
const MIN_ENCODED_LENGTH = 6;

type Span = { start: number; end: number };

/** Replaces secrets in texts, also where they were encoded in a usual way. */
export class Masker {
  readonly #needles: readonly string[];
  /** Length of the longest text that is replaced. */
  readonly longest: number;

  constructor(secrets: Iterable<Secret>) {
    const needles = new Set<string>();
    for (const secret of secrets) {
      for (const form of listForms(secret.reveal())) {
        needles.add(form);
        needles.add(cleanText(form));
      }
    }
    needles.delete('');
    this.#needles = [...needles];
    this.longest = Math.max(0, ...this.#needles.map(({ length }) => length));
  }

  /** The text up to `end`, its secrets replaced. A secret that begins before `end` is replaced as a whole. */
  mask(text: string, end: number = text.length): string {
    let masked = '';
    let position = 0;
    for (const span of this.#find(text)) {
      if (span.start >= end) {
        break;
      }
      masked += text.slice(position, span.start) + MASK;
      position = span.end;
    }
    return masked + text.slice(position, Math.max(position, end));
  }

  /** Whether a text holds a secret. */
  reveals(text: string): boolean {
    return this.#needles.some(needle => text.includes(needle));
  }

  /** Where secrets are, in order; those that overlap are one. */
  #find(text: string): Span[] {
    const found: Span[] = [];
    for (const needle of this.#needles) {
      let start = text.indexOf(needle);
      while (start >= 0) {
        found.push({ start, end: start + needle.length });
        start = text.indexOf(needle, start + 1);
      }
    }
    found.sort((a, b) => a.start - b.start || b.end - a.end);
    const merged: Span[] = [];
    for (const span of found) {
      const last = merged.at(-1);
      if (last && span.start < last.end) {
        last.end = Math.max(last.end, span.end);
      } else {
        merged.push({ ...span });
      }
    }
    return merged;
  }
}

/** A secret as it may turn up: as it is, line by line, and in the encodings of URLs, JSON, base64 and hex, alone or within something longer. */
function listForms(value: string): string[] {
  const wellFormed = Buffer.from(value, 'utf8').toString('utf8');
  const trimmed = wellFormed.trim();
  if (!trimmed) {
    return [];
  }
  const lines = trimmed.split(/\r\n|\n|\r/).map(line => line.trim());
  const parts =
    lines.length > 1
      ? lines.filter(({ length }) => length >= MIN_PART_LENGTH)
      : [];
  return [wellFormed, trimmed, ...parts].flatMap(form => [
    form,
    encodeURIComponent(form),
    JSON.stringify(form).slice(1, -1),
    Buffer.from(form, 'utf8').toString('base64'),
    Buffer.from(form, 'utf8').toString('base64url'),
    ...listEncodedParts(form),
  ]);
}

/** What an encoding of any text shows of a secret within it, whatever stands before and after. */
function listEncodedParts(form: string): string[] {
  const bytes = Buffer.from(form, 'utf8');
  const hex = bytes.toString('hex');
  return [
    hex,
    hex.toUpperCase(),
    ...[0, 1, 2].flatMap(offset => [
      cutBase64(bytes, offset, 'base64'),
      cutBase64(bytes, offset, 'base64url'),
    ]),
  ].filter(({ length }) => length >= MIN_ENCODED_LENGTH);
}

/** The characters of base64, of six bits each, that come of a secret alone where so many bytes stand before it in its group of three. */
function cutBase64(
  bytes: Buffer,
  offset: number,
  encoding: 'base64' | 'base64url',
): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]);
  return encoded
    .toString(encoding)
    .slice(Math.ceil((offset * 8) / 6), Math.floor((encoded.length * 8) / 6));
}
