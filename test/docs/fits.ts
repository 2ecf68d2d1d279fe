import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLScalarType,
  isInterfaceType,
} from 'graphql';

export const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));

/** How scalars look that are not GraphQL's own. */
const FORMS: Readonly<Record<string, RegExp>> = {
  Address: /^0x[0-9a-fA-F]{40}$/,
  BigInt: /^-?\d+$/,
  Cursor: /^[\w.-]+$/,
  DateTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  Decimal: /^-?(0|[1-9]\d*)(\.\d*[1-9])?$/,
  Hash: /^0x[0-9a-f]{64}$/,
  SafeInt: /^-?\d+$/,
};
for (const [name, form] of Object.entries(FORMS)) {
  const type = schema.getType(name);
  if (!(type instanceof GraphQLScalarType)) throw new Error(`there is no scalar ${name}`);
  type.serialize = (value) => {
    const isNumber = name === 'SafeInt';
    if (typeof value !== (isNumber ? 'number' : 'string') || !form.test(String(value)))
      throw new TypeError(`not ${name}: ${JSON.stringify(value)}`);
    return value;
  };
}

/** Executes an operation on a payload that it is said to have been given: what comes out is what fits. */
export async function fitted(document: DocumentNode, payload: unknown): Promise<ExecutionResult> {
  return execute({ schema, document, rootValue: payload, typeResolver: kindOf });
}

/** A payload of an interface says by `type` what it is: LIQUIDATION_WARNING is a LiquidationWarning, OPENED a PositionOpened. */
function kindOf(value: unknown, _context: unknown, info: { returnType: unknown }): string | undefined {
  const { returnType } = info;
  const type = isInterfaceType(returnType) ? returnType : schema.getType('PositionEvent');
  if (!isInterfaceType(type)) return undefined;
  const said = String((value as { type?: string }).type)
    .replaceAll('_', '')
    .toLowerCase();
  return schema.getPossibleTypes(type).find(({ name }) => name.toLowerCase().endsWith(said))?.name;
}
