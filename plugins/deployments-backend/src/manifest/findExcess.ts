import { Lexer, Parser } from 'yaml';

/** A manifest has six levels; parameters of a kind may go deeper. */
const MAX_DEPTH = 60;

/** Words and marks of a YAML; a manifest of twenty environments has a tenth of them. */
const MAX_LEXEMES = 50_000;

/**
 * Says where a YAML goes too deep or has too much in it, before anything recursive meets it: the parser proper ends the whole
 * process on some texts of less than 1 MB.
 */
export function findExcess(
  text: string,
): { message: string; mend: string; line: number } | undefined {
  const parser = new Parser();
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    Array.from(parser.next(lexeme));
    lexemes += 1;
    if (parser.stack.length > MAX_DEPTH) {
      return {
        message: `This is nested more than ${MAX_DEPTH} levels deep.`,
        mend: 'A manifest needs far fewer; take levels out.',
        line: lineAt(text, parser.offset),
      };
    }
    if (lexemes > MAX_LEXEMES) {
      return {
        message: 'This has far more in it than a manifest can have.',
        mend: 'Point the annotation to the right file.',
        line: lineAt(text, parser.offset),
      };
    }
  }
  return undefined;
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
