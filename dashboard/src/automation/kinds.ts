import { words } from '../format/words.ts';
import type { BotKind, BotPlanInput } from '../generated/graphql.ts';

export const KINDS: readonly BotKind[] = ['DCA', 'GRID', 'SIGNAL'];

export function kindName(kind: BotKind): string {
  return kind === 'DCA' ? 'DCA' : words(kind);
}

/** One figure of a plan, and one that would do. */
export interface PlanField {
  readonly name: string;
  readonly label: string;
  readonly first: string;
}

/** What has to be said of each kind; the words of the API's own descriptions, shorter. */
export const PLANS: Readonly<Record<BotKind, { readonly says: string; readonly fields: readonly PlanField[] }>> = {
  DCA: {
    says: 'Buys for the same amount again and again.',
    fields: [
      { name: 'amount', label: 'Amount, $', first: '100' },
      { name: 'intervalSeconds', label: 'Every, seconds', first: '60' },
    ],
  },
  GRID: {
    says: 'Buys at steps below the price and sells each one step higher.',
    fields: [
      { name: 'lower', label: 'From price', first: '' },
      { name: 'upper', label: 'To price', first: '' },
      { name: 'steps', label: 'Steps', first: '10' },
      { name: 'quantity', label: 'Each order', first: '0.01' },
      { name: 'budget', label: 'Budget, $', first: '10000' },
    ],
  },
  SIGNAL: {
    says: 'Buys on BUY, and sells what it has on SELL.',
    fields: [
      { name: 'amount', label: 'Amount, $', first: '100' },
      { name: 'minConfidence', label: 'Least confidence', first: '0.5' },
    ],
  },
};

/** Money stays the text that was typed; only counts become numbers. */
export function planOf(kind: BotKind, typed: (name: string) => string): BotPlanInput {
  switch (kind) {
    case 'DCA':
      return { dca: { amount: typed('amount'), intervalSeconds: Number(typed('intervalSeconds')) } };
    case 'GRID':
      return {
        grid: {
          lower: typed('lower'),
          upper: typed('upper'),
          steps: Number(typed('steps')),
          quantity: typed('quantity'),
          budget: typed('budget'),
        },
      };
    case 'SIGNAL':
      return { signal: { amount: typed('amount'), minConfidence: Number(typed('minConfidence')) } };
  }
}
