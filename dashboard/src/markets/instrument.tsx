import type { Latest } from '../data/latest.ts';
import type { Prices } from '../data/price-trail.ts';
import { useIds, useValue } from '../data/use-stream.ts';
import * as decimal from '../format/decimal.ts';
import { changePercent, percent } from '../format/number.ts';
import type { MarketStatsSubscription } from '../generated/graphql.ts';
import { Fact } from '../parts/fact.tsx';
import { hrefOf } from '../shell/route.ts';

interface Props {
  readonly prices: Prices;
  readonly stats: Latest<MarketStatsSubscription['marketStats']>;
  readonly symbol: string;
}

/** The instrument that is looked at: its price in large, and what else is known of it. */
export function Instrument({ prices, stats, symbol }: Props) {
  const ids = useIds(prices);
  const id = ids.find((one) => prices.get(one)?.symbol === symbol) ?? '';
  const price = useValue(prices, id);
  const ofMarket = useIds(stats).find((one) => stats.get(one)?.market.symbol === symbol) ?? '';
  const market = useValue(stats, ofMarket);
  const change = price?.changePct24h ?? null;
  return (
    <section className="instrument" aria-label={`${symbol} at a glance`}>
      <div className="instrument-name">
        <div>
          <label className="hidden" htmlFor="symbol">
            Market
          </label>
          <select
            id="symbol"
            value={symbol}
            onChange={({ target }) => location.assign(hrefOf({ view: 'markets', symbol: target.value }))}
          >
            {ids.length === 0 && <option>{symbol}</option>}
            {ids.map((one) => (
              <option key={one}>{prices.get(one)?.symbol}</option>
            ))}
          </select>
        </div>
        <p className={`instrument-price ${prices.directionOf(id) ?? ''}`}>{price ? decimal.price(price.price) : '—'}</p>
        <p className={`strong ${change === null ? 'muted' : change < 0 ? 'down' : 'up'}`}>{changePercent(change)}</p>
        {price?.stale && <span className="chip warn">Stale</span>}
      </div>
      <dl className="facts">
        <Fact name="24h high">{price?.high24h && decimal.price(price.high24h)}</Fact>
        <Fact name="24h low">{price?.low24h && decimal.price(price.low24h)}</Fact>
        <Fact name="24h volume">{price?.volume24h && `${decimal.compact(price.volume24h)} ${price.market.base}`}</Fact>
        <Fact name="Volatility, year">{price && percent(price.volatilityPct, 1)}</Fact>
        <Fact name="Confidence">{price?.confidence && `± ${decimal.amount(price.confidence)}`}</Fact>
        <Fact name="Open interest">{market?.totalOpenInterest && decimal.compact(market.totalOpenInterest)}</Fact>
        <Fact name="Funding, year">{market && percent(market.fundingRateAnnualPct)}</Fact>
      </dl>
    </section>
  );
}
