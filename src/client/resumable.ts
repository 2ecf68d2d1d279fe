import { closing, type Token, tokensOf } from './document-text.ts';
import { eventFields } from './generated/cache-facts.ts';

/** What the client has to know about an operation to resume it. */
export interface Resumable {
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** The text to send: of an event field with `cursor` selected and `after` given by a variable. */
  readonly query: string;
  /** Key of the root field in a result. */
  readonly key: string;
  /** Whether it is a stream of events, to be resumed by cursor; a state field begins again with a snapshot. */
  readonly isEvent: boolean;
  /** Key of the cursor in an event. */
  readonly cursorKey: string;
  /** Variable that `after` takes; null where it cannot be given. */
  readonly after: string | null;
  /** Variable that `last` takes: it may not stand beside `after`. */
  readonly last: string | null;
  /** Variables that the text has beside the application's. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Names of what we add: unlikely enough in anybody's own operation. */
const AFTER = 'tidewireAfter';
const LAST = 'tidewireLast';
const CURSOR = 'tidewireCursor';

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Reads what an operation asks for, and completes the text of an event field so that it can be resumed: `cursor` in its
 * selection, a variable for `after`, and one for `last`. The text is changed as text: a parser would be most of this
 * package. A root field that stands in a fragment is left alone; it resumes if the application gives it `after` itself.
 */
export function resumable(query: string, operationName?: string): Resumable {
  const tokens = tokensOf(query);
  const text = (at: number) => tokens[at]?.text ?? '';
  let at = operationAt(tokens, operationName);
  const keyword = text(at);
  const kind: Resumable['kind'] = keyword === 'subscription' || keyword === 'mutation' ? keyword : 'query';
  const plain: Resumable = {
    kind,
    query,
    key: '',
    isEvent: false,
    cursorKey: 'cursor',
    after: null,
    last: null,
    variables: {},
  };
  if (kind !== 'subscription') return plain;

  if (/^[_A-Za-z]/.test(text(at + 1))) at++;
  const nameEnd = tokens[at]?.end ?? 0;
  const definitions = text(at + 1) === '(' ? at + 1 : null;
  if (definitions !== null) at = closing(tokens, definitions);
  while (at < tokens.length && text(at + 1) !== '{') at = text(at + 1) === '(' ? closing(tokens, at + 1) : at + 1;
  at += 2;
  const key = text(at);
  if (!/^[_A-Za-z]/.test(key)) return plain;
  if (text(at + 1) === ':') at += 2;
  const field = text(at);
  const fieldEnd = tokens[at]?.end ?? 0;
  const open = text(at + 1) === '(' ? at + 1 : null;
  const given = open === null ? new Map<string, number>() : argumentsAt(tokens, open);
  if (!eventFields.includes(field) && !given.has('after')) return { ...plain, key };
  if (open !== null) at = closing(tokens, open);
  while (at < tokens.length && text(at + 1) !== '{') at = text(at + 1) === '(' ? closing(tokens, at + 1) : at + 1;
  const selection = at + 1;

  const edits: Edit[] = [];
  const variables: Record<string, unknown> = {};
  const declared: string[] = [];
  /** The variable of an argument: its own, or one that stands for its literal. */
  const variableOf = (argument: string, variable: string, type: string): string | null => {
    const value = given.get(argument);
    if (value === undefined) return null;
    if (text(value) === '$') return text(value + 1);
    const { start, end } = tokens[value] as Token;
    edits.push({ start, end, text: `$${variable}` });
    declared.push(`$${variable}: ${type}`);
    variables[variable] = JSON.parse(text(value)) as unknown;
    return variable;
  };
  const last = variableOf('last', LAST, 'Int');
  // It is null once there is a cursor, whatever the application declared.
  if (last !== null && definitions !== null) edits.push(...nullable(tokens, definitions, last));
  let after = variableOf('after', AFTER, 'Cursor');
  if (after === null) {
    after = AFTER;
    declared.push(`$${AFTER}: Cursor`);
    const end = open === null ? fieldEnd : (tokens[open]?.end ?? 0);
    edits.push({ start: end, end, text: open === null ? `(after: $${AFTER})` : `after: $${AFTER} ` });
  }
  if (declared.length > 0) {
    const end = definitions === null ? nameEnd : (tokens[definitions]?.end ?? 0);
    const list = declared.join(' ');
    edits.push({ start: end, end, text: definitions === null ? `(${list})` : `${list} ` });
  }
  let cursorKey = cursorKeyIn(tokens, selection);
  if (cursorKey === null) {
    // Something else may go by that name.
    const isTaken = tokens.some(({ text: name }, index) => name === 'cursor' && text(index + 1) === ':');
    cursorKey = isTaken ? CURSOR : 'cursor';
    const end = tokens[selection]?.end ?? 0;
    edits.push({ start: end, end, text: isTaken ? ` ${CURSOR}: cursor` : ' cursor' });
  }
  return { kind, query: edited(query, edits), key, isEvent: true, cursorKey, after, last, variables };
}

/** Index of the operation of this name, or of the only one. */
function operationAt(tokens: readonly Token[], name: string | undefined): number {
  for (let at = 0; at < tokens.length; at++) {
    const text = tokens[at]?.text ?? '';
    const isOperation = text === 'subscription' || text === 'query' || text === 'mutation' || text === '{';
    if (isOperation && (!name || tokens[at + 1]?.text === name)) return at;
    // To the end of this definition: past its arguments and directives, over its selection.
    while (at < tokens.length && tokens[at]?.text !== '{')
      at = tokens[at]?.text === '(' ? closing(tokens, at) + 1 : at + 1;
    at = closing(tokens, at);
  }
  return 0;
}

/** Arguments between parentheses, by name: index of the first token of each value. */
function argumentsAt(tokens: readonly Token[], open: number): Map<string, number> {
  const found = new Map<string, number>();
  const end = closing(tokens, open);
  for (let at = open + 1; at < end; at++) {
    const text = tokens[at]?.text ?? '';
    if ('([{'.includes(text)) at = closing(tokens, at);
    else if (tokens[at + 1]?.text === ':') found.set(text, ++at + 1);
  }
  return found;
}

/** Takes the `!` from the type of a variable. */
function nullable(tokens: readonly Token[], definitions: number, variable: string): Edit[] {
  const end = closing(tokens, definitions);
  for (let at = definitions + 1; at + 4 <= end; at++) {
    const mark = tokens[at + 4];
    if (tokens[at]?.text === '$' && tokens[at + 1]?.text === variable && mark?.text === '!')
      return [{ start: mark.start, end: mark.end, text: '' }];
  }
  return [];
}

/** Under which key a selection holds `cursor` itself, not in what it selects below or by fragments. */
function cursorKeyIn(tokens: readonly Token[], open: number): string | null {
  const end = closing(tokens, open);
  for (let at = open + 1; at < end; at++) {
    const text = tokens[at]?.text ?? '';
    if (text === '(' || text === '{') at = closing(tokens, at);
    else if (text === 'cursor' && tokens[at - 1]?.text !== '...' && tokens[at + 1]?.text !== ':')
      return tokens[at - 1]?.text === ':' ? (tokens[at - 2]?.text ?? null) : text;
  }
  return null;
}

function edited(source: string, edits: readonly Edit[]): string {
  let result = source;
  for (const { start, end, text } of [...edits].sort((a, b) => b.start - a.start))
    result = result.slice(0, start) + text + result.slice(end);
  return result;
}
