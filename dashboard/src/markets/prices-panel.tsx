import { memo } from 'react';
import type { Prices } from '../data/price-trail.ts';
import { PRICES } from '../data/questions.ts';
import { useIds, useValue } from '../data/use-stream.ts';
import * as decimal from '../format/decimal.ts';
import { changePercent } from '../format/number.ts';
import { Panel } from '../parts/panel.tsx';
import { Sparkline } from '../parts/sparkline.tsx';
import { number, Table, text, unnamed } from '../parts/table.tsx';
import { hrefOf } from '../shell/route.ts';

const COLUMNS = [text('Market'), unnamed('Last two minutes', 'trend'), number('Price'), number('24h')];

export function PricesPanel({ prices, symbol }: { readonly prices: Prices; readonly symbol: string }) {
  const ids = useIds(prices);
  return (
    <Panel title="Prices" area="prices" collection={prices} question={PRICES} empty="No instrument has a price yet.">
      <Table caption="Prices of all instruments. Choose one to see its market." columns={COLUMNS} className="prices">
        <tbody>
          {ids.map((id) => (
            <PriceRow key={id} id={id} prices={prices} isChosen={prices.get(id)?.symbol === symbol} />
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

interface RowProps {
  readonly id: string;
  readonly prices: Prices;
  readonly isChosen: boolean;
}

const PriceRow = memo(function PriceRow({ id, prices, isChosen }: RowProps) {
  const price = useValue(prices, id);
  if (!price) return null;
  const { symbol, market, changePct24h, confidence, stale } = price;
  return (
    <tr className={stale ? 'stale' : undefined} data-chosen={isChosen || undefined}>
      <th scope="row">
        <a className="two-lines" href={hrefOf({ view: 'markets', symbol })} aria-current={isChosen || undefined}>
          <span className="strong">{symbol}</span>
          <small>{stale ? 'stale' : market.venue}</small>
        </a>
      </th>
      <td className="trend">
        <Sparkline trail={prices.trailOf(id)} />
      </td>
      <td className="number">
        <span className="two-lines">
          <span className={`strong ${prices.directionOf(id) ?? ''}`}>{decimal.price(price.price)}</span>
          {confidence !== null && <small title="The oracle's confidence">± {decimal.amount(confidence)}</small>}
        </span>
      </td>
      <td className={`number ${(changePct24h ?? 0) < 0 ? 'down' : 'up'}`}>{changePercent(changePct24h)}</td>
    </tr>
  );
});
