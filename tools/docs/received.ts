import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DocumentNode, Kind, type OperationDefinitionNode, parse, print } from 'graphql';

const FOLDER = 'docs/subscriptions';

/** An error as clients have it. */
export interface ToldError {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** A message of graphql-transport-ws: one that ends an operation, or the answer of one. */
export interface SocketAnswer {
  readonly id?: string;
  readonly type: string;
  readonly payload?: unknown;
}

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: { readonly errors: readonly ToldError[] };
}

/** An error as it came over the wire, and what was asked for it. */
export interface Refusal {
  readonly document?: string;
  /** What it was asked with, beside the document. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** In words, where it is not what was asked that was refused. */
  readonly request?: string;
  readonly answer: SocketAnswer | HttpAnswer;
  /** How a whole connection ends for the same reason. */
  readonly close?: { readonly why: string; readonly code: number; readonly reason: string };
}

export type Refusals = Readonly<Record<string, Refusal>>;

/** What a running server really sent: taken by `npm run docs -- --capture`, kept in received.json. */
export interface Received {
  /** The `data` of a frame of each example operation, by the name of the field. */
  readonly payloads: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What was refused, by the code. */
  readonly refusals: Refusals;
}

/** @throws Error for an answer without one. */
export function errorIn({ answer }: Refusal): ToldError {
  const [error] = 'status' in answer ? answer.body.errors : errorsOf(answer);
  if (!error) throw new Error(`it was not refused: ${JSON.stringify(answer)}`);
  return error;
}

/** Those of an operation that was refused, or answered in part. */
export function errorsOf({ type, payload }: SocketAnswer): readonly ToldError[] {
  return type === 'error' ? (payload as ToldError[]) : ((payload as { errors?: ToldError[] }).errors ?? []);
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
