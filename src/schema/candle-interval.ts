import type { CANDLE_INTERVALS } from '../model/candle.ts';
import { builder } from './builder.ts';

export const CandleIntervalEnum = builder.enumType('CandleInterval', {
  description: 'How long a bar is. Bars begin at whole multiples since 1970, UTC.',
  values: {
    S1: { description: 'A second.' },
    M1: { description: 'A minute.' },
    M5: { description: 'Five minutes.' },
    M15: { description: 'A quarter of an hour.' },
    H1: { description: 'An hour.' },
    H4: { description: 'Four hours.' },
    D1: { description: 'A day, from midnight.' },
  } satisfies Record<(typeof CANDLE_INTERVALS)[number], object>,
});
