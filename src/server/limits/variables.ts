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

function check(value: unknown, path: string, room: number): void {
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
