import type { Decimal } from '../lib/decimal.ts';
import type { Address } from './identity.ts';
import type { Observed } from './observed.ts';
import type { Position } from './position.ts';
import type { FeedGap } from './trade.ts';

interface ChangeFacts extends Observed {
  readonly positionId: string;
  /** Null where it happened on no chain. */
  readonly transactionHash: string | null;
  /** Prices it was done at, dollars, by symbol; for symbols not named, the prices of now. */
  readonly prices: Readonly<Record<string, Decimal>>;
  /** Trading and gas fees of the change, dollars. */
  readonly fee: Decimal;
}

/** A position that begins; its numbers as they are after the fee, which is only counted. */
interface Open extends ChangeFacts {
  readonly type: 'OPEN';
  readonly position: Position;
}

/** What a venue or chain says that a position is: taken as it stands. Begins, changes or ends it, by its status. */
interface Report extends ChangeFacts {
  readonly type: 'REPORT';
  readonly position: Position;
}

/** More or less of a PERP or SPOT. */
interface Resize extends ChangeFacts {
  readonly type: 'RESIZE';
  /** Base currency: positive enlarges, negative reduces. */
  readonly amount: Decimal;
}

/** Margin of a PERP added, or taken away where negative. */
interface Margin extends ChangeFacts {
  readonly type: 'MARGIN';
  readonly amount: Decimal;
}

/** A collateral or debt of a LENDING changed: supplied or borrowed where positive, withdrawn or repaid where negative. */
interface Leg extends ChangeFacts {
  readonly type: 'COLLATERAL' | 'DEBT';
  readonly symbol: string;
  readonly amount: Decimal;
}

/** Interest of a LENDING: the amount grows, and nothing was paid for it. */
interface Interest extends ChangeFacts {
  readonly type: 'INTEREST';
  readonly leg: 'COLLATERAL' | 'DEBT';
  readonly symbol: string;
  readonly amount: Decimal;
}

/** Tokens added to an LP or CONCENTRATED_LP. */
interface Deposit extends ChangeFacts {
  readonly type: 'DEPOSIT';
  readonly amount0: Decimal;
  readonly amount1: Decimal;
}

/** A part of an LP or CONCENTRATED_LP taken out, at what it is worth. */
interface Withdraw extends ChangeFacts {
  readonly type: 'WITHDRAW';
  /** Above 0, below 1. */
  readonly fraction: Decimal;
}

/** Swap fees that an LP or CONCENTRATED_LP has earned. */
interface Earn extends ChangeFacts {
  readonly type: 'EARN';
  /** Dollars. */
  readonly amount: Decimal;
}

/** Funding paid by a PERP, received where negative. Its time is that of the settlement. */
interface Funding extends ChangeFacts {
  readonly type: 'FUNDING';
  /** The settlements between the one before and this one that are missing; null where none is. */
  readonly gapBefore: FeedGap | null;
  /** Dollars. */
  readonly amount: Decimal;
}

interface Close extends ChangeFacts {
  readonly type: 'CLOSE';
}

/** A PERP or LENDING ended by a stranger or by the venue: all of it. */
interface Liquidate extends ChangeFacts {
  readonly type: 'LIQUIDATE';
  readonly liquidatorAddress: Address | null;
}

/** Something that happens to one position. */
export type PositionChange =
  | Open
  | Report
  | Resize
  | Margin
  | Leg
  | Interest
  | Deposit
  | Withdraw
  | Earn
  | Funding
  | Close
  | Liquidate;
