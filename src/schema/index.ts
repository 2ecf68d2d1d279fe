import { builder } from './builder.ts';
import { answerIdsAtOnce } from './ids.ts';
import { walled } from './wall.ts';
import './scalars.ts';
import './error-code.ts';
import './delivered.ts';
import './owner.ts';
import './market.ts';
import './price.ts';
import './trade.ts';
import './orderbook.ts';
import './system-status.ts';
import './delivery-stats.ts';
import './session.ts';
import './sign-in.ts';
import './api-key.ts';

/** The executable schema: every file above has added its noun to the builder. */
export const schema = walled(answerIdsAtOnce(builder.toSchema()));
