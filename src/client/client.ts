import type { DocumentNode } from 'graphql';
import { print } from 'graphql';
import type { TypedDocument } from './document-text.ts';
import { operationError } from './errors.ts';
import { apart, Changing, type Observable } from './observable.ts';
import { type Resumable, resumable } from './resumable.ts';
import { type Observer, type Restart, ResumingSubscription, type Status, type Subscription } from './subscription.ts';
import type { Transport, WireOperation, WireResult } from './transport.ts';
import { type WebSocketOptions, WebSocketTransport } from './websocket-transport.ts';

/** A document as a text, as gql or codegen made it. */
export type Document<Result, Variables> = string | DocumentNode | TypedDocument<Result, Variables>;

/** An operation in the words of GraphQL over any transport: what urql and Apollo hand on. */
export interface OperationRequest {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
  /** Hexadecimal SHA-256 of the text, to be sent in its place. */
  readonly hash?: string | undefined;
}

export interface TidewireOptions extends WebSocketOptions {
  /**
   * Where an operator lets only registered documents run: true sends the hash that codegen put into a document, and no
   * text. Nothing is added to such a document: one of an event field has to have `cursor` and `after` itself.
   */
  readonly trustedDocuments?: boolean;
  /** Another way to the server than the WebSocket. */
  readonly transport?: Transport;
}

/** A client of the API without a framework: subscriptions that resume by themselves, and queries on the same connection. */
export interface Tidewire {
  /** Of all subscriptions together: the worst of them. `closed` while there is none. */
  readonly status: Observable<Status>;
  subscribe<Result = Record<string, unknown>, Variables = Record<string, unknown>>(
    document: Document<Result, Variables>,
    variables: NoInfer<Variables>,
    observer: Observer<Result> | ((data: Result) => void),
  ): Subscription;
  /** Asks once, or changes something. @throws OperationError */
  request<Result = Record<string, unknown>, Variables = Record<string, unknown>>(
    document: Document<Result, Variables>,
    variables?: NoInfer<Variables>,
  ): Promise<Result>;
  /** For adapters: an operation as its library has it, results as they come. */
  forward(request: OperationRequest, observer: Observer<WireResult>): Subscription;
  /** Hears of every stream that was begun anew. @returns ends it. */
  onRestart(listener: (restart: Restart, operation: OperationRequest) => void): () => void;
  /** Ends everything. */
  close(): Promise<void>;
}

/** Worst first. */
const ORDER: readonly Status[] = ['stale', 'resuming', 'connecting', 'live'];

export function createTidewire(options: TidewireOptions): Tidewire {
  const socket = options.transport ? null : new WebSocketTransport(options);
  const transport = options.transport ?? (socket as Transport);
  const open = new Set<ResumingSubscription>();
  const status = new Changing<Status>('closed');
  const restarts = new Set<(restart: Restart, operation: OperationRequest) => void>();

  const judge = () => {
    for (const one of open) if (one.status.value === 'closed') open.delete(one);
    const held = new Set([...open].map((one) => one.status.value));
    status.set(ORDER.find((candidate) => held.has(candidate)) ?? 'closed');
  };

  const forward: Tidewire['forward'] = (request, observer) => {
    const plan = resumable(request.query, request.operationName);
    const subscription = new ResumingSubscription(transport, wireOperation(request, plan), plan, {
      next: (result) => observer.next(result),
      ...(observer.error && { error: (error) => observer.error?.(error) }),
      complete: () => observer.complete?.(),
      restarted: (restart) => {
        observer.restarted?.(restart);
        for (const listener of [...restarts]) apart(() => listener(restart, request));
      },
      status: (value) => {
        judge();
        observer.status?.(value);
      },
    });
    if (plan.kind === 'subscription') open.add(subscription);
    judge();
    subscription.start();
    return subscription;
  };

  const requestOf = (document: Document<unknown, never>, variables: unknown): OperationRequest => ({
    query: textOf(document),
    variables: variables as OperationRequest['variables'],
    hash: options.trustedDocuments ? hashOf(document) : undefined,
  });

  return {
    status,
    forward,
    subscribe: (document, variables, observer) => {
      const { next, ...rest }: Observer<never> = typeof observer === 'function' ? { next: observer } : observer;
      return forward(requestOf(document, variables), {
        ...rest,
        next: ({ data }) => next(data as never),
      });
    },
    request: (document, variables) =>
      new Promise((resolve, reject) => {
        forward(requestOf(document, variables), {
          next: ({ data, errors }) => {
            if (errors?.length || !data) reject(operationError(errors ?? []));
            else resolve(data as never);
          },
          error: reject,
          complete: () => reject(operationError(new Error('The operation was answered with nothing.'))),
        });
      }),
    onRestart: (listener) => {
      const entry: typeof listener = (restart, operation) => listener(restart, operation);
      restarts.add(entry);
      return () => void restarts.delete(entry);
    },
    close: async () => {
      for (const one of [...open]) one.unsubscribe();
      await socket?.close();
    },
  };
}

function wireOperation(
  { query, operationName, variables, extensions, hash }: OperationRequest,
  plan: Resumable,
): WireOperation {
  const common = { ...(operationName && { operationName }), variables: { ...variables, ...plan.variables } };
  if (hash === undefined) return { ...common, query: plan.query, ...(extensions && { extensions }) };
  if (plan.query !== query)
    throw new Error(
      'A trusted document of an event field needs `cursor` in its selection and `after` (and `last`) by variables.',
    );
  return { ...common, query: '', extensions: { ...extensions, persistedQuery: { version: 1, sha256Hash: hash } } };
}

function textOf(document: Document<unknown, never>): string {
  if (typeof document === 'string' || document instanceof String) return String(document);
  return print(document as DocumentNode);
}

/** The hash that codegen put into a document, without what names its algorithm. */
function hashOf(document: unknown): string {
  const { hash } = (document as { __meta__?: { hash?: string } }).__meta__ ?? {};
  if (hash === undefined) throw new Error('This document has no hash: let codegen make it with persistedDocuments.');
  return hash.replace(/^sha256:/, '');
}
