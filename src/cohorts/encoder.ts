import type { ExecutionResult } from 'graphql';
import type { Counters } from './counters.ts';
import type { Question } from './question.ts';
import { type Encoded, type Update, VARIANTS } from './update.ts';

/** Executes a question's document on a frame: with a fresh context each time, and without identity for a public one. */
export type Answer = (question: Question, frame: unknown) => ExecutionResult | Promise<ExecutionResult>;

/** Answers one question for the updates of a topic: one execution and one encoding for each that anybody reads. */
export class Encoder {
  readonly question: Question;
  readonly #answer: Answer;
  readonly #counters: Counters;
  readonly #variants: number;
  /** Every encoding made so far goes with its update, and all of them with the question: on a quiet topic as well. */
  readonly #made = new WeakMap<Update<unknown>, Map<number, Encoded>>();
  /** What was asked for last, since all members of a cohort ask for the same, one after the other. */
  #last: { readonly update: Update<unknown>; readonly kind: number; readonly encoded: Encoded } | null = null;

  /** @param always variants that differ whether or not the selection shows them. */
  constructor(question: Question, answer: Answer, counters: Counters, always = 0) {
    this.question = question;
    this.#answer = answer;
    this.#counters = counters;
    this.#variants = question.variants | always;
  }

  /** @param frame makes what the resolvers get; called only when these bytes are not there yet. */
  encode(update: Update<unknown>, variant: number, conflated: number, frame: () => object): Encoded {
    const folded = this.question.showsConflated ? conflated : 0;
    const kind = (variant & this.#variants) + folded * VARIANTS;
    if (this.#last?.update === update && this.#last.kind === kind) return this.#last.encoded;
    const made = this.#made.get(update) ?? new Map<number, Encoded>();
    this.#made.set(update, made);
    // Null is an answer too: what failed is not tried again for every member.
    const known = made.get(kind);
    const encoded = known === undefined ? this.#execute(frame()) : known;
    this.#keep(update, made, kind, encoded);
    return encoded;
  }

  #keep(update: Update<unknown>, made: Map<number, Encoded>, kind: number, encoded: Encoded): void {
    made.set(kind, encoded);
    this.#last = { update, kind, encoded };
    if (!(encoded instanceof Promise)) return;
    encoded.then(
      (bytes) => this.#keep(update, made, kind, bytes),
      () => this.#keep(update, made, kind, null),
    );
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
