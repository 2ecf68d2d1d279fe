import { type DocumentInput, stringifyDocument } from '@urql/core';

/** Written as text in a document; whatever else a variable may be here is an enum, which is written bare. */
const QUOTED = new Set(['String', 'ID', 'Decimal', 'Cursor', 'Address', 'DateTime', 'Hash', 'BigInt']);

/** A subscription as it is asked. */
export interface Asked {
  readonly document: object;
  readonly variables: object;
}

interface SyntaxNode {
  readonly kind: string;
  readonly [member: string]: unknown;
}

/**
 * The address at which GraphiQL opens this very subscription. Its address takes no variables, so they are written into
 * the document, and what is not set is left out.
 */
export function graphiqlLink({ document, variables }: Asked): string {
  const values = new Map(Object.entries(variables));
  const types = typesOf(document as SyntaxNode);
  const inlined = inline(document, (name) => literal(values.get(name), types.get(name) ?? 'String'));
  const text = stringifyDocument(inlined as DocumentInput as string);
  return `/graphql?query=${encodeURIComponent(text)}`;
}

/** Types of the variables by name, without what makes a list or what is not null. */
function typesOf({ definitions }: SyntaxNode): ReadonlyMap<string, string> {
  const [operation] = definitions as readonly SyntaxNode[];
  const declared = (operation?.['variableDefinitions'] ?? []) as readonly SyntaxNode[];
  return new Map(declared.map(({ variable, type }) => [nameOf(variable), innerType(type as SyntaxNode)]));
}

function innerType(type: SyntaxNode): string {
  return type.kind === 'NamedType' ? nameOf(type) : innerType(type['type'] as SyntaxNode);
}

function nameOf(node: unknown): string {
  return (node as { readonly name: { readonly value: string } }).name.value;
}

/** A copy with each variable replaced; members and arguments whose value is undefined are gone, and so is their declaration. */
function inline(node: unknown, valueNamed: (name: string) => SyntaxNode | undefined): unknown {
  if (Array.isArray(node)) return node.map((one) => inline(one, valueNamed)).filter((one) => one !== undefined);
  if (node === null || typeof node !== 'object') return node;
  const { kind } = node as SyntaxNode;
  if (kind === 'Variable') return valueNamed(nameOf(node));
  const entries = Object.entries(node).map(([name, member]) =>
    name === 'variableDefinitions' ? [name, []] : [name, inline(member, valueNamed)],
  );
  const copy = Object.fromEntries(entries) as SyntaxNode;
  if ((kind === 'Argument' || kind === 'ObjectField') && copy['value'] === undefined) return undefined;
  if (kind !== 'Argument') return copy;
  const { fields } = copy['value'] as { readonly fields?: readonly unknown[] };
  return fields?.length === 0 ? undefined : copy;
}

function literal(value: unknown, type: string): SyntaxNode | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return { kind: 'ListValue', values: value.map((one) => literal(one, type)) };
  if (typeof value === 'boolean') return { kind: 'BooleanValue', value };
  if (typeof value === 'number')
    return { kind: Number.isInteger(value) ? 'IntValue' : 'FloatValue', value: `${value}` };
  return { kind: QUOTED.has(type) ? 'StringValue' : 'EnumValue', value: String(value) };
}
