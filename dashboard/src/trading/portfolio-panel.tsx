import type { Latest } from '../data/latest.ts';
import { useIds, useValue } from '../data/use-stream.ts';
import * as decimal from '../format/decimal.ts';
import { changePercent } from '../format/number.ts';
import { PortfolioDocument, type PortfolioSubscription } from '../generated/graphql.ts';
import { Fact } from '../parts/fact.tsx';
import { LatestPanel } from '../parts/latest-panel.tsx';
import { number, Table, text } from '../parts/table.tsx';

type Portfolio = PortfolioSubscription['portfolio'];

const PORTFOLIO = {
  document: PortfolioDocument,
  variables: {},
  value: ({ portfolio }: PortfolioSubscription) => portfolio,
};

const COLUMNS = [
  text('Market'),
  number('Quantity'),
  number('Average', 'optional'),
  number('Price'),
  number('Unrealized'),
];

export function PortfolioPanel() {
  return (
    <LatestPanel
      title="Portfolio"
      area="portfolio"
      question={PORTFOLIO}
      empty="There is no account yet: the first order opens one."
    >
      {(latest) => <Accounts latest={latest} />}
    </LatestPanel>
  );
}

function Accounts({ latest }: { readonly latest: Latest<Portfolio> }) {
  return useIds(latest).map((id) => <Account key={id} id={id} latest={latest} />);
}

function Account({ id, latest }: { readonly id: string; readonly latest: Latest<Portfolio> }) {
  const portfolio = useValue(latest, id);
  if (!portfolio) return null;
  const { equity, exposure, totalPnl, realizedPnl, fees, positions, stale } = portfolio;
  return (
    <>
      <dl className="facts summary">
        <Fact name="Equity">{decimal.dollars(equity)}</Fact>
        <Fact name="Exposure">{decimal.dollars(exposure)}</Fact>
        <Fact name="Total PnL" tone={decimal.tone(totalPnl)}>
          {decimal.gain(totalPnl)}
        </Fact>
        <Fact name="Realized" tone={decimal.tone(realizedPnl)}>
          {decimal.gain(realizedPnl)}
        </Fact>
        <Fact name="Fees">{decimal.dollars(fees)}</Fact>
      </dl>
      {positions.length === 0 ? (
        <p className="message">Nothing is held.</p>
      ) : (
        <Table caption="What is held" columns={COLUMNS} className={stale ? 'stale' : undefined}>
          <tbody>
            {positions.map((position) => (
              <Held key={position.symbol} {...position} />
            ))}
          </tbody>
        </Table>
      )}
    </>
  );
}

function Held(held: Portfolio['positions'][number]) {
  const { symbol, quantity, averagePrice, marketPrice, unrealizedPnl, unrealizedPnlPct } = held;
  return (
    <tr>
      <th scope="row" className="strong">
        {symbol}
      </th>
      <td className="number">{decimal.amount(quantity)}</td>
      <td className="number optional">{averagePrice === null ? '—' : decimal.price(averagePrice)}</td>
      <td className="number">{marketPrice === null ? '—' : decimal.price(marketPrice)}</td>
      <td className={`number ${decimal.tone(unrealizedPnl)}`}>
        {unrealizedPnl === null ? '—' : decimal.gain(unrealizedPnl)}
        {unrealizedPnlPct !== null && ` (${changePercent(unrealizedPnlPct)})`}
      </td>
    </tr>
  );
}
