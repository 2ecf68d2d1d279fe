import { Latest } from '../data/latest.ts';
import { useIds, useStream, useValue } from '../data/use-stream.ts';
import * as decimal from '../format/decimal.ts';
import { short } from '../format/words.ts';
import { LiquidationsDocument, type LiquidationsSubscription } from '../generated/graphql.ts';
import { Panel } from '../parts/panel.tsx';
import { HealthBar } from './health-bar.tsx';

type Market = LiquidationsSubscription['liquidations'];

const LIQUIDATIONS = {
  document: LiquidationsDocument,
  variables: {},
  value: ({ liquidations }: LiquidationsSubscription) => liquidations,
};

const NOBODY = 'No public position is near liquidation.';

/** Positions of anybody that are near their end. */
export function LiquidationsPanel() {
  const latest = useStream(
    LIQUIDATIONS,
    () => new Latest<Market>((a, b) => a.market.symbol.localeCompare(b.market.symbol)),
  );
  return (
    <Panel title="Near liquidation" area="liquidations" collection={latest} question={LIQUIDATIONS} empty={NOBODY}>
      <table>
        <caption className="hidden">Public positions near liquidation</caption>
        <thead>
          <tr>
            <th scope="col">Market</th>
            <th scope="col">Owner</th>
            <th scope="col" className="health-column">
              Health
            </th>
            <th scope="col" className="number">
              Liquidated at
            </th>
            <th scope="col" className="number">
              Reward
            </th>
          </tr>
        </thead>
        <Markets latest={latest} />
      </table>
      <p className="message none">{NOBODY}</p>
    </Panel>
  );
}

function Markets({ latest }: { readonly latest: Latest<Market> }) {
  return useIds(latest).map((id) => <Candidates key={id} id={id} latest={latest} />);
}

function Candidates({ id, latest }: { readonly id: string; readonly latest: Latest<Market> }) {
  const market = useValue(latest, id);
  if (!market) return null;
  const { candidates, stale } = market;
  return (
    <tbody className={stale ? 'stale' : undefined}>
      {candidates.map(
        ({ positionId, owner, healthFactor, liquidationPrice, potentialReward, liquidatable, market }) => (
          <tr key={positionId}>
            <th scope="row" className="strong">
              {market.symbol}
            </th>
            <td title={owner}>{short(owner)}</td>
            <td className="health-column">
              <HealthBar healthFactor={healthFactor} isAtRisk={true} fallback="" />
              {liquidatable && <span className="hidden">can be liquidated now</span>}
            </td>
            <td className="number">{liquidationPrice === null ? '—' : decimal.price(liquidationPrice)}</td>
            <td className="number">{potentialReward === null ? '—' : decimal.dollars(potentialReward)}</td>
          </tr>
        ),
      )}
    </tbody>
  );
}
