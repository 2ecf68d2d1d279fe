import { type FormEvent, useState } from 'react';
import { useMutation } from 'urql';
import { useAttempt } from '../data/attempt.ts';
import type { Prices } from '../data/price-trail.ts';
import { PRICES } from '../data/questions.ts';
import { troubleOf } from '../data/trouble.ts';
import { words } from '../format/words.ts';
import { type OrderType, PlaceOrderDocument, type Side } from '../generated/graphql.ts';
import { begin } from '../parts/begin.ts';
import { Amount, Choice } from '../parts/fields.tsx';
import { LastPrice, MarketChoice } from '../parts/market-choice.tsx';
import { type Outcome, OutcomeLine } from '../parts/outcome.tsx';
import { Panel } from '../parts/panel.tsx';

/** Which prices an order of each type names. */
const NAMES: Readonly<Record<OrderType, { readonly limit: boolean; readonly stop: boolean }>> = {
  MARKET: { limit: false, stop: false },
  LIMIT: { limit: true, stop: false },
  STOP: { limit: false, stop: true },
  STOP_LIMIT: { limit: true, stop: true },
  TAKE_PROFIT: { limit: false, stop: true },
};

const TYPES = Object.keys(NAMES) as readonly OrderType[];

interface Props {
  readonly prices: Prices;
  readonly symbol: string;
  onSymbol(symbol: string): void;
}

export function TicketPanel({ prices, symbol, onSymbol }: Props) {
  return (
    <Panel
      title="Order ticket"
      area="ticket"
      collection={prices}
      question={PRICES}
      empty="No instrument has a price yet."
    >
      <Ticket prices={prices} symbol={symbol} onSymbol={onSymbol} />
    </Panel>
  );
}

function Ticket({ prices, symbol, onSymbol }: Props) {
  const [side, setSide] = useState<Side>('BUY');
  const [type, setType] = useState<OrderType>('LIMIT');
  const [quantity, setQuantity] = useState('');
  const [limit, setLimit] = useState('');
  const [stop, setStop] = useState('');
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [{ fetching }, place] = useMutation(PlaceOrderDocument);
  const attempt = useAttempt();
  const asks = NAMES[type];

  const send = async () => {
    const order = {
      symbol,
      side,
      type,
      quantity: quantity.trim(),
      ...(asks.limit && { price: limit.trim() }),
      ...(asks.stop && { stopPrice: stop.trim() }),
    };
    const { data, error } = await place({ input: { ...order, clientOrderId: attempt.nameOf(order) } });
    if (!error || error.graphQLErrors.length > 0) attempt.answered();
    if (data) setOutcome({ tone: 'up', text: `${words(side)} ${symbol}: sent. The outcome comes under Orders.` });
    else if (error) setOutcome({ tone: 'down', text: troubleOf(error) });
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    begin(send)();
  };

  return (
    <form className="ticket" onSubmit={submit}>
      <fieldset className="sides">
        <legend className="hidden">Side</legend>
        {(['BUY', 'SELL'] as const).map((one) => (
          <button
            key={one}
            type="button"
            className={one === 'BUY' ? 'buy' : 'sell'}
            aria-pressed={one === side}
            onClick={() => setSide(one)}
          >
            {words(one)}
          </button>
        ))}
      </fieldset>
      <MarketChoice prices={prices} symbol={symbol} onSymbol={onSymbol} />
      <Choice name="Type" value={type} options={TYPES} written={words} onChoose={setType} />
      <Amount name="Quantity" value={quantity} onChange={setQuantity} />
      {asks.stop && <Amount name="Stop price" value={stop} onChange={setStop} />}
      {asks.limit && <Amount name="Limit price" value={limit} onChange={setLimit} />}
      <LastPrice prices={prices} symbol={symbol} onUse={asks.limit ? setLimit : null} />
      <button type="submit" className={`button submit ${side === 'BUY' ? 'buy' : 'sell'}`} disabled={fetching}>
        {words(side)} {symbol}
      </button>
      <OutcomeLine outcome={outcome} />
    </form>
  );
}
