import { ApiError, badInput } from '../../lib/errors.ts';
import { RecentlyUsed } from '../../lib/recently-used.ts';
import type { OperationBudget } from '../limits/operation-budget.ts';
import { documentHash } from './document-hash.ts';

/** How an operation names its document: by its text, by a hash, or by both. */
export interface AskedDocument {
  readonly query?: string | null | undefined;
  /** As the GraphQL over HTTP working group's draft has it. */
  readonly documentId?: string | null | undefined;
  /** As Apollo's and urql's persisted queries have it. */
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
}

export interface DocumentOptions {
  /** Only registered documents run. */
  readonly trustedOnly: boolean;
  /** Registered by a manifest, by their hashes. */
  readonly manifest: ReadonlyMap<string, string>;
}

/** Where documents are registered at any time, by whichever process. */
interface Registered {
  /** @throws ApiError `UNAVAILABLE` while that cannot be said. */
  find(hash: string): Promise<string | null>;
}

/** Texts kept. A front end has some hundreds of documents. */
const MAX_TEXTS = 1_000;

/** Bytes kept: whoever may send documents at all may fill this much memory, and no more. */
const MAX_BYTES = 8_388_608;

const HASH = /^[0-9a-f]{64}$/;

/**
 * The text of a document that a client names, for every transport: what Yoga has for this sees HTTP alone. A hash stands
 * for a registered document, or, where others may run too, for one that somebody has sent here with its text.
 */
export class Documents {
  readonly #options: DocumentOptions;
  readonly #registered: Registered;
  /** Registered ones that were asked for, and those that came with their hash. */
  readonly #kept = new RecentlyUsed<string>(MAX_TEXTS, MAX_BYTES);

  constructor(options: DocumentOptions, registered: Registered) {
    this.#options = options;
    this.#registered = registered;
  }

  /**
   * @returns at once where it is known here; a promise only for a hash that is asked for the first time.
   * @throws ApiError, also by the promise: `PERSISTED_QUERY_NOT_FOUND` for a hash that nobody knows, `FORBIDDEN` for a
   * text that is not registered where it must be, `BAD_USER_INPUT` for neither text nor hash, or a hash of another text.
   */
  textOf(asked: AskedDocument, budget: OperationBudget): string | Promise<string> {
    const named = hashIn(asked);
    const text = asked.query ? asked.query : null;
    if (named === null) {
      if (text === null) throw badInput('query', 'A document is needed: its text, or the hash that it is known by.');
      return this.#options.trustedOnly ? this.#trusted(text, documentHash(text), budget) : text;
    }
    if (text === null) return this.#byHash(named, budget);
    if (documentHash(text) !== named)
      throw badInput('extensions.persistedQuery.sha256Hash', 'The hash is not that of the document beside it.');
    if (this.#options.trustedOnly) return this.#trusted(text, named, budget);
    this.#kept.set(named, text, text.length);
    return text;
  }

  #byHash(hash: string, budget: OperationBudget): string | Promise<string> {
    return this.#known(hash) ?? this.#find(hash, budget).then((text) => text ?? notFound());
  }

  #trusted(text: string, hash: string, budget: OperationBudget): string | Promise<string> {
    return this.#known(hash) ?? this.#find(hash, budget).then((found) => found ?? notTrusted(text));
  }

  #known(hash: string): string | undefined {
    return this.#options.manifest.get(hash) ?? this.#kept.get(hash);
  }

  /** A hash that nobody knows costs the database a question: it counts as a new document. */
  async #find(hash: string, budget: OperationBudget): Promise<string | null> {
    budget.document(1);
    const text = await this.#registered.find(hash);
    if (text !== null) this.#kept.set(hash, text, text.length);
    return text;
  }
}

/** Whether an operation names a document in any way. */
export function namesDocument(asked: Readonly<Record<string, unknown>> | object): asked is AskedDocument {
  const { query, documentId, extensions } = asked as Readonly<Record<string, unknown>>;
  const persisted = typeof extensions === 'object' && extensions !== null && 'persistedQuery' in extensions;
  return (typeof query === 'string' && query !== '') || documentId != null || persisted;
}

/** The hash that an operation names, if it names one. */
function hashIn({ documentId, extensions }: AskedDocument): string | null {
  const persisted = extensions?.['persistedQuery'];
  const given = persisted && typeof persisted === 'object' && 'sha256Hash' in persisted ? persisted.sha256Hash : null;
  const name = documentId ?? given ?? null;
  if (name === null) return null;
  const argument = documentId == null ? 'extensions.persistedQuery.sha256Hash' : 'documentId';
  const hash = typeof name === 'string' ? name.replace(/^sha256:/, '').toLowerCase() : '';
  if (!HASH.test(hash)) throw badInput(argument, 'That is no hash of a document.', 'SHA-256 in 64 hexadecimal digits');
  return hash;
}

function notFound(): never {
  // Apollo's link sends the text along when it reads this code.
  throw new ApiError('PERSISTED_QUERY_NOT_FOUND', 'No document is known here by this hash.');
}

function notTrusted(text: string): never {
  const name = /^\s*(?:query|mutation|subscription)\s+(\w{1,60})/.exec(text)?.[1];
  throw new ApiError(
    'FORBIDDEN',
    `Only registered documents run here${name ? `, and ${name} is none` : ''}: register it with \`npm run documents\`.`,
    { argument: 'query' },
  );
}
