/** What Apollo, urql and codegen call a document: an AST, a text, or a `TypedDocumentString`. */
export interface TypedDocument<Result, Variables> {
  /** Carries the types, as in @graphql-typed-document-node/core; never called. */
  readonly __apiType?: (variables: Variables) => Result;
}

const IGNORED = /[\s,\uFEFF]+|#[^\n\r]*/y;
const TOKEN = /"""(?:\\"""|[\s\S])*?"""|"(?:\\.|[^"\\\n\r])*"|[_A-Za-z]\w*|-?\d[\d.eE+-]*|\.\.\.|[!$&()=:@[\]{}|]/y;

export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The tokens of a GraphQL text. What is none ends them: the server will say what is wrong with it. */
export function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < source.length; ) {
    IGNORED.lastIndex = at;
    if (IGNORED.test(source)) {
      at = IGNORED.lastIndex;
      continue;
    }
    TOKEN.lastIndex = at;
    const text = TOKEN.exec(source)?.[0];
    if (text === undefined) break;
    tokens.push({ text, start: at, end: at + text.length });
    at += text.length;
  }
  return tokens;
}

const OPENS = '([{';
const CLOSES = ')]}';

/** Index of the token that closes the one at `open`; of the last token when nothing does. */
export function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    const text = tokens[at]?.text ?? '';
    if (OPENS.includes(text)) depth++;
    else if (CLOSES.includes(text) && --depth === 0) return at;
  }
  return tokens.length - 1;
}
