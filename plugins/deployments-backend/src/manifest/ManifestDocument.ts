import { ManifestProblem } from '@slipway/plugin-deployments-common';
import {
  Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  Node,
  ParsedNode,
  parseDocument,
} from 'yaml';
import { findExcess } from './findExcess';

/** Aliases may repeat what an anchor names; not without end. */
const MAX_ALIASES = 100;

type Place = { line: number | null; column: number | null };

/** A YAML text that was parsed, and where in it everything lies. */
export class ManifestDocument {
  readonly #file: string;
  readonly #document: Document.Parsed<ParsedNode>;
  readonly #lines: LineCounter;

  private constructor(options: {
    file: string;
    document: Document.Parsed<ParsedNode>;
    lines: LineCounter;
  }) {
    this.#file = options.file;
    this.#document = options.document;
    this.#lines = options.lines;
  }

  /** Parses a text, and refuses what is not plain YAML: bombs of aliases, endless depth, keys that are there twice or mean something to JavaScript. */
  static parse(options: {
    text: string;
    file: string;
  }):
    | { ok: true; document: ManifestDocument; value: unknown }
    | { ok: false; problems: ManifestProblem[] } {
    const { text, file } = options;
    const excess = findExcess(text);
    if (excess) {
      return { ok: false, problems: [{ ...excess, file, column: null }] };
    }
    const lines = new LineCounter();
    const parsed = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
      uniqueKeys: true,
    });
    const complaints = [...parsed.errors, ...parsed.warnings];
    if (complaints.length > 0) {
      return {
        ok: false,
        problems: complaints.map(({ message, pos }) => {
          const { line, col } = lines.linePos(pos[0]);
          return {
            message: `This YAML cannot be read: ${message}`,
            mend: 'Correct the YAML at this place.',
            file,
            line,
            column: col,
          };
        }),
      };
    }
    const document = new ManifestDocument({ file, document: parsed, lines });
    const problems = document.#findHostileKeys(parsed.contents);
    if (problems.length > 0) {
      return { ok: false, problems };
    }
    try {
      const value: unknown = parsed.toJS({ maxAliasCount: MAX_ALIASES });
      return { ok: true, document, value };
    } catch (error) {
      if (!(error instanceof ReferenceError)) {
        throw error;
      }
      return {
        ok: false,
        problems: [
          document.createProblem({
            message: `The aliases cannot be resolved: ${error.message}.`,
            mend: `Write out what they repeat; together they may make at most ${MAX_ALIASES}.`,
            path: [],
          }),
        ],
      };
    }
  }

  /** A problem at a path into the document, or at the nearest place above it that is there; with `key`, at a key of that map. */
  createProblem(options: {
    message: string;
    mend: string;
    path: readonly PropertyKey[];
    key?: string;
  }): ManifestProblem {
    const { message, mend, path, key } = options;
    return { message, mend, file: this.#file, ...this.#locate(path, key) };
  }

  /** The value's own node, or the key's, where it is a member of a map: that is where an editor would put the caret. */
  #locate(path: readonly PropertyKey[], key?: string): Place {
    let node: unknown = this.#document.contents;
    let place = this.#placeOf(node);
    for (const part of key === undefined ? path : [...path, key]) {
      const whole = isAlias(node) ? node.resolve(this.#document) : node;
      if (isMap(whole)) {
        const pair = whole.items.find(
          item => isScalar(item.key) && item.key.value === part,
        );
        if (!pair) {
          return place;
        }
        place = this.#placeOf(pair.key);
        node = pair.value;
      } else if (isSeq(whole)) {
        node = whole.items[Number(part)];
        place = isNode(node) ? this.#placeOf(node) : place;
      } else {
        return place;
      }
    }
    return key === undefined && isScalar(node) ? this.#placeOf(node) : place;
  }

  #placeOf(node: unknown): Place {
    const start = isNode(node) ? node.range?.[0] : undefined;
    if (start === undefined) {
      return { line: null, column: null };
    }
    const { line, col } = this.#lines.linePos(start);
    return { line, column: col };
  }

  #findHostileKeys(node: unknown): ManifestProblem[] {
    if (isPair(node)) {
      const problems = this.#findHostileKeys(node.value);
      if (isScalar(node.key) && node.key.value === '__proto__') {
        problems.push({
          message: '`__proto__` cannot be a key.',
          mend: 'Take it out.',
          file: this.#file,
          ...this.#placeOf(node.key),
        });
      }
      return problems;
    }
    return isMap<Node, Node>(node) || isSeq<Node>(node)
      ? node.items.flatMap(item => this.#findHostileKeys(item))
      : [];
  }
}
