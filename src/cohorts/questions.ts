import { createHash } from 'node:crypto';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { Variables } from './inline.ts';
import { type Question, questionOf } from './question.ts';
import type { Fragments } from './root-field.ts';

/** What a question is read out of. */
interface Asked {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Fragments;
  readonly variables: Variables;
}

/** Questions kept, so that the thousandth subscription with the same text and variables costs no planning. */
const KEPT_QUESTIONS = 1_000;

/** The questions of operations, each read once. */
export class Questions {
  readonly #schema: GraphQLSchema;
  readonly #questions = new Map<string, Question>();
  readonly #documents = new WeakMap<DocumentNode, number>();
  #documentsSeen = 0;

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** @param predicates as {@link questionOf} takes them. */
  of({ document, operation, fragments, variables }: Asked, predicates: readonly string[]): Question {
    const number = this.#documents.get(document) ?? ++this.#documentsSeen;
    this.#documents.set(document, number);
    // Variables may be long: what is kept of them is their hash.
    const asked = createHash('sha256').update(JSON.stringify(variables)).digest('base64');
    const id = `${number}:${operation.name?.value ?? ''}:${asked}`;
    const known = this.#questions.get(id);
    if (known) return known;
    const question = questionOf(this.#schema, operation, fragments, variables, predicates);
    const oldest = this.#questions.keys().next();
    if (this.#questions.size >= KEPT_QUESTIONS && !oldest.done) this.#questions.delete(oldest.value);
    this.#questions.set(id, question);
    return question;
  }
}
