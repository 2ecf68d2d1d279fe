import type { Prices } from '../data/price-trail.ts';
import { useIds, useValue } from '../data/use-stream.ts';
import * as decimal from '../format/decimal.ts';
import { Choice } from './fields.tsx';

/** Shown where nobody has chosen: what most simulated and real feeds have. */
const FIRST = 'BTCUSDT';

/** The instrument that was chosen, or the one that most look at. */
export function useSymbol(prices: Prices, chosen: string | null): string {
  const symbols = useIds(prices).map((id) => prices.get(id)?.symbol);
  return chosen ?? (symbols.includes(FIRST) ? FIRST : symbols[0]) ?? FIRST;
}

interface Props {
  readonly prices: Prices;
  readonly symbol: string;
  onSymbol(symbol: string): void;
}

export function MarketChoice({ prices, symbol, onSymbol }: Props) {
  const options = useIds(prices).map((id) => prices.get(id)?.symbol ?? '');
  return <Choice name="Market" value={symbol} options={options} onChoose={onSymbol} />;
}

interface LastPriceProps {
  readonly prices: Prices;
  readonly symbol: string;
  /** Takes it over into a field. */
  readonly onUse: ((price: string) => void) | null;
}

export function LastPrice({ prices, symbol, onUse }: LastPriceProps) {
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
