import type { ExecutionResult } from 'graphql';
import type { Counters } from './counters.ts';
import type { Question } from './question.ts';
import type { Encoded, Update } from './update.ts';

/** Executes a question's document on a frame: with a fresh context each time, and without identity for a public one. */
export type Answer = (question: Question, frame: unknown) => ExecutionResult | Promise<ExecutionResult>;

let made = 0;

/** Answers one question for the updates of a topic: one execution and one encoding for each that anybody reads. */
export class Encoder {
  readonly question: Question;
  readonly #answer: Answer;
  readonly #counters: Counters;
  /** Tells this question's encodings from those of others at the same update. */
  readonly #id = ++made;
  readonly #variants: number;

  /** @param always variants that differ whether or not the selection shows them. */
  constructor(question: Question, answer: Answer, counters: Counters, always = 0) {
    this.question = question;
    this.#answer = answer;
    this.#counters = counters;
    this.#variants = question.variants | always;
  }

  /** @param frame makes what the resolvers get; called only when these bytes are not there yet. */
  encode(update: Update<unknown>, variant: number, conflated: number, frame: () => object): Encoded {
    const shown = variant & this.#variants;
    const folded = this.question.showsConflated ? conflated : 0;
    // Numbers as keys where nothing was folded, which is nearly always: they hash without making a string.
    const key = folded === 0 ? this.#id * 8 + shown : `${this.#id}:${shown}:${folded}`;
    const known = update.encodings.get(key);
    if (known !== undefined) return known;
    const encoded = this.#execute(frame());
    update.encodings.set(key, encoded);
    if (encoded instanceof Promise)
      encoded.then(
        (bytes) => update.encodings.set(key, bytes),
        () => update.encodings.set(key, null),
      );
    return encoded;
  }

  #execute(frame: object): Encoded {
    this.#counters.executions++;
    try {
      const result = this.#answer(this.question, frame);
      return result instanceof Promise ? result.then((settled) => this.#bytes(settled)) : this.#bytes(result);
    } catch {
      return this.#bytes({});
    }
  }

  /** A frame carries no errors unless it is the last: a nullable field that failed is null, and counted. */
  #bytes(result: ExecutionResult): Buffer | null {
    this.#counters.fieldErrors += result.errors?.length ?? 0;
    return result.data ? Buffer.from(JSON.stringify({ data: result.data })) : null;
  }
}
