import { type DocumentNode, visit } from 'graphql';
import { badInput } from '../../lib/errors.ts';

/** Most values of one list, in variables as in literals. */
const MAX_LIST = 200;

/** Deepest nesting of a variable's value: the deepest input of the schema has four. */
const MAX_NESTING = 10;

/**
 * Bounds the values of variables before anything recurses into them or repeats an error for each of their elements.
 * How many there are is bounded by the size of a message.
 * @throws ApiError `BAD_USER_INPUT`
 */
export function checkVariables(variables: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(variables)) check(value, `variables.${name}`, MAX_NESTING);
}

/** A character that no text of PostgreSQL holds. Neither does any hold half of a pair of surrogates. */
const NUL = '\u0000';

/** How a document may write it. */
const ESCAPED_NUL = /\\u(0000|\{0+\})/;

/**
 * The same for what stands in the document itself, as far as it is not bounded by the document's size.
 * @throws ApiError `BAD_USER_INPUT`
 */
export function checkLiterals(document: DocumentNode, text: string): void {
  if (!ESCAPED_NUL.test(text)) return;
  visit(document, { StringValue: ({ value }) => checkText(value, 'query') });
}

function checkText(text: string, path: string): void {
  if (text.includes(NUL) || !text.isWellFormed())
    throw badInput(path, 'This text has a character that no text may have.', 'Unicode, all but U+0000');
}

function check(value: unknown, path: string, room: number): void {
  if (typeof value === 'string') return checkText(value, path);
  if (typeof value !== 'object' || value === null) return;
  if (room === 0) throw badInput(path, 'This variable is nested too deeply.', `at most ${MAX_NESTING} levels`);
  if (!Array.isArray(value)) {
    for (const [name, member] of Object.entries(value)) check(member, `${path}.${name}`.slice(0, 100), room - 1);
    return;
  }
  if (value.length > MAX_LIST)
    throw badInput(path, `A list of this variable has ${value.length} values.`, `1 to ${MAX_LIST} values`);
  for (const member of value) check(member, path, room - 1);
}
