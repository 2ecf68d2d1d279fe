import * as decimal from '../format/decimal.ts';
import { clock } from '../format/time.ts';
import { words } from '../format/words.ts';
import {
  PositionEventsDocument,
  type PositionEventsSubscription,
  type PositionEventType,
} from '../generated/graphql.ts';
import { RecentPanel } from '../parts/recent-panel.tsx';

type PositionEvent = PositionEventsSubscription['positionEvents'];

const KEPT = 60;

const EVENTS = {
  document: PositionEventsDocument,
  variables: { last: KEPT },
  value: ({ positionEvents }: PositionEventsSubscription) => positionEvents,
};

const TONES: Readonly<Record<PositionEventType, string>> = {
  OPENED: 'accent',
  ADJUSTED: '',
  CLOSED: '',
  LIQUIDATED: 'down',
  LIQUIDATION_WARNING: 'warn',
};

export function EventsPanel() {
  return (
    <RecentPanel title="Position events" area="events" question={EVENTS} keep={KEPT} empty="Nothing has happened yet.">
      {(events) => (
        <ul className="feed">
          {events.map((event) => (
            <li key={event.cursor}>
              <span className={`chip ${TONES[event.type]}`}>{words(event.type)}</span>
              <div className="feed-text">
                <p>
                  <span className="strong">{event.market.symbol}</span> <span className="muted">{told(event)}</span>
                </p>
              </div>
              <span className="muted feed-side">{clock(event.timestamp)}</span>
            </li>
          ))}
        </ul>
      )}
    </RecentPanel>
  );
}

/** What happened, in a few words. */
function told(event: PositionEvent): string {
  switch (event.__typename) {
    case 'PositionOpened':
      return event.entryPrice === null ? '' : `at ${decimal.price(event.entryPrice)}`;
    case 'PositionAdjusted':
      return `to ${decimal.amount(event.size)}`;
    case 'PositionClosed':
      return `realized ${decimal.gain(event.realizedPnl)}`;
    case 'PositionLiquidated':
      return event.liquidationPrice === null ? '' : `at ${decimal.price(event.liquidationPrice)}`;
    case 'LiquidationWarning':
      return event.message;
    default:
      return '';
  }
}
