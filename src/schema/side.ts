import type { SIDES } from '../model/trade.ts';
import { builder } from './builder.ts';

export const SideEnum = builder.enumType('Side', {
  description: 'Bought or sold; of a trade, who took the initiative.',
  values: {
    BUY: { description: 'A buyer lifted an ask.' },
    SELL: { description: 'A seller hit a bid.' },
  } satisfies Record<(typeof SIDES)[number], object>,
});
