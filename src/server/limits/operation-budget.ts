/** What one caller may still ask for. */
export interface OperationBudget {
  /**
   * Brings so many documents not seen before.
   * @throws LimitReached when that is too much just now; then nothing is taken.
   */
  document(count: number): void;
  /**
   * Runs an operation of this complexity. The message or request that brought it is paid for.
   * @throws LimitReached when that is too much just now; then nothing is taken.
   */
  run(complexity: number): void;
}

/** Complexity that a message or request pays for; an operation counts for one more for each time it costs as much again. */
const COMPLEXITY_APIECE = 250;

/** How many more messages or requests an operation of this complexity counts for. */
export function surcharge(complexity: number): number {
  return Math.floor(complexity / COMPLEXITY_APIECE);
}
