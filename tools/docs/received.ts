import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DocumentNode, Kind, type OperationDefinitionNode, parse, print } from 'graphql';

const FOLDER = 'docs/subscriptions';

/** An error as it came over the wire, and what was asked for it. */
export interface Refusal {
  readonly document?: string;
  /** In words, where it is not what was asked that was refused. */
  readonly request?: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly error: { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> };
}

/** What a running server really sent: taken by `npm run docs -- --capture`, kept in received.json. */
export interface Received {
  /** The `data` of a frame of each example operation, by the name of the field. */
  readonly payloads: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** An operation that was refused, by the code. */
  readonly refusals: Readonly<Record<string, Refusal>>;
}

export const receivedFile = (root: string): string => join(root, FOLDER, 'received.json');

export function readReceived(root: string): Received {
  return JSON.parse(readFileSync(receivedFile(root), 'utf8')) as Received;
}

/** The example operation of each subscription, as it stands in the file: its text, by the name of the field. */
export function readExamples(root: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(root, FOLDER, 'examples.graphql'), 'utf8');
  const { definitions }: DocumentNode = parse(text);
  return new Map(
    definitions
      .filter((definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION)
      .map((definition) => [
        definition.name?.value ?? '',
        text.slice(definition.loc?.start, definition.loc?.end) || print(definition),
      ]),
  );
}
