import { type FormEvent, useId, useState } from 'react';
import { useMutation } from 'urql';
import type { Prices } from '../data/price-trail.ts';
import { PRICES } from '../data/questions.ts';
import { useIds, useValue } from '../data/use-stream.ts';
import * as decimal from '../format/decimal.ts';
import { words } from '../format/words.ts';
import { type OrderType, PlaceOrderDocument, type Side } from '../generated/graphql.ts';
import { begin } from '../parts/begin.ts';
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

type Outcome = { readonly tone: 'up' | 'down'; readonly text: string };

function Ticket({ prices, symbol, onSymbol }: Props) {
  const ids = useIds(prices);
  const [side, setSide] = useState<Side>('BUY');
  const [type, setType] = useState<OrderType>('LIMIT');
  const [quantity, setQuantity] = useState('');
  const [limit, setLimit] = useState('');
  const [stop, setStop] = useState('');
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [{ fetching }, place] = useMutation(PlaceOrderDocument);
  const asks = NAMES[type];

  const send = async () => {
    const input = {
      symbol,
      side,
      type,
      quantity: quantity.trim(),
      ...(asks.limit && { price: limit.trim() }),
      ...(asks.stop && { stopPrice: stop.trim() }),
      // The same order asked for twice is one order: who presses again after a lost answer buys once.
      clientOrderId: crypto.randomUUID(),
    };
    const { data, error } = await place({ input });
    if (data) setOutcome({ tone: 'up', text: `${words(side)} ${symbol}: sent. The outcome comes under Orders.` });
    else setOutcome({ tone: 'down', text: error?.graphQLErrors[0]?.message ?? 'The order was not heard: try again.' });
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
      <Choice
        name="Market"
        value={symbol}
        options={ids.map((id) => prices.get(id)?.symbol ?? '')}
        onChoose={onSymbol}
      />
      <Choice name="Type" value={type} options={TYPES} onChoose={(one) => setType(one as OrderType)} />
      <Amount name="Quantity" value={quantity} onChange={setQuantity} />
      {asks.stop && <Amount name="Stop price" value={stop} onChange={setStop} />}
      {asks.limit && <Amount name="Limit price" value={limit} onChange={setLimit} />}
      <LastPrice prices={prices} symbol={symbol} onUse={asks.limit ? setLimit : null} />
      <button type="submit" className={`button submit ${side === 'BUY' ? 'buy' : 'sell'}`} disabled={fetching}>
        {words(side)} {symbol}
      </button>
      <p role="status" className={outcome?.tone}>
        {outcome?.text}
      </p>
    </form>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly value: string;
  readonly options: readonly string[];
  onChoose(value: string): void;
}

function Choice({ name, value, options, onChoose }: ChoiceProps) {
  const id = useId();
  return (
    <div className="row">
      <label htmlFor={id}>{name}</label>
      <select id={id} className="field" value={value} onChange={({ target }) => onChoose(target.value)}>
        {options.map((option) => (
          <option key={option} value={option}>
            {/[_]|^[A-Z]+$/.test(option) && TYPES.includes(option as OrderType) ? words(option) : option}
          </option>
        ))}
      </select>
    </div>
  );
}

interface AmountProps {
  readonly name: string;
  readonly value: string;
  onChange(value: string): void;
}

/** Exact decimal text from the keyboard to the API: it is never made a number on the way. */
function Amount({ name, value, onChange }: AmountProps) {
  const id = useId();
  return (
    <div className="row">
      <label htmlFor={id}>{name}</label>
      <input
        id={id}
        className="field number"
        inputMode="decimal"
        autoComplete="off"
        required
        pattern="\s*\d{1,30}(\.\d{1,18})?\s*"
        title="A number such as 0.25"
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    </div>
  );
}

function LastPrice({
  prices,
  symbol,
  onUse,
}: {
  readonly prices: Prices;
  readonly symbol: string;
  readonly onUse: ((price: string) => void) | null;
}) {
  const id = useIds(prices).find((one) => prices.get(one)?.symbol === symbol) ?? '';
  const price = useValue(prices, id)?.price;
  return (
    <p className="row muted">
      <span>Last price</span>
      {price === undefined ? (
        '—'
      ) : onUse ? (
        <button type="button" className="button small" onClick={() => onUse(price)} title="Use it as the limit">
          {decimal.price(price)}
        </button>
      ) : (
        <span className="strong">{decimal.price(price)}</span>
      )}
    </p>
  );
}
