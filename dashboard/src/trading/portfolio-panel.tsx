import { Latest } from '../data/latest.ts';
import { useIds, useStream, useValue } from '../data/use-stream.ts';
import * as decimal from '../format/decimal.ts';
import { changePercent } from '../format/number.ts';
import { PortfolioDocument, type PortfolioSubscription } from '../generated/graphql.ts';
import { Panel } from '../parts/panel.tsx';

type Portfolio = PortfolioSubscription['portfolio'];

const PORTFOLIO = {
  document: PortfolioDocument,
  variables: {},
  value: ({ portfolio }: PortfolioSubscription) => portfolio,
};

export function PortfolioPanel() {
  const latest = useStream(PORTFOLIO, () => new Latest<Portfolio>());
  return (
    <Panel
      title="Portfolio"
      area="portfolio"
      collection={latest}
      question={PORTFOLIO}
      empty="There is no account yet: the first order opens one."
    >
      {useIds(latest).map((id) => (
        <Account key={id} id={id} latest={latest} />
      ))}
    </Panel>
  );
}

function Account({ id, latest }: { readonly id: string; readonly latest: Latest<Portfolio> }) {
  const portfolio = useValue(latest, id);
  if (!portfolio) return null;
  const { equity, exposure, totalPnl, realizedPnl, fees, positions, stale } = portfolio;
  return (
    <>
      <dl className="facts summary">
        <Fact name="Equity" value={decimal.dollars(equity)} />
        <Fact name="Exposure" value={decimal.dollars(exposure)} />
        <Fact name="Total PnL" value={decimal.gain(totalPnl)} tone={toneOf(totalPnl)} />
        <Fact name="Realized" value={decimal.gain(realizedPnl)} tone={toneOf(realizedPnl)} />
        <Fact name="Fees" value={decimal.dollars(fees)} />
      </dl>
      {positions.length === 0 ? (
        <p className="message">Nothing is held.</p>
      ) : (
        <table className={stale ? 'stale' : undefined}>
          <caption className="hidden">What is held</caption>
          <thead>
            <tr>
              <th scope="col">Market</th>
              <th scope="col" className="number">
                Quantity
              </th>
              <th scope="col" className="number">
                Average
              </th>
              <th scope="col" className="number">
                Price
              </th>
              <th scope="col" className="number">
                Unrealized
              </th>
            </tr>
          </thead>
          <tbody>
            {positions.map(({ symbol, quantity, averagePrice, marketPrice, unrealizedPnl, unrealizedPnlPct }) => (
              <tr key={symbol}>
                <th scope="row" className="strong">
                  {symbol}
                </th>
                <td className="number">{decimal.amount(quantity)}</td>
                <td className="number">{averagePrice === null ? '—' : decimal.price(averagePrice)}</td>
                <td className="number">{marketPrice === null ? '—' : decimal.price(marketPrice)}</td>
                <td className={`number ${unrealizedPnl === null ? '' : toneOf(unrealizedPnl)}`}>
                  {unrealizedPnl === null ? '—' : decimal.gain(unrealizedPnl)}
                  {unrealizedPnlPct !== null && ` (${changePercent(unrealizedPnlPct)})`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function Fact({ name, value, tone = '' }: { readonly name: string; readonly value: string; readonly tone?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={tone}>{value}</dd>
    </div>
  );
}

function toneOf(amount: string): string {
  if (decimal.isNegative(amount)) return 'down';
  return /[1-9]/.test(amount) ? 'up' : '';
}
