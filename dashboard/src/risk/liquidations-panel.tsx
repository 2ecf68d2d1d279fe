import type { Latest } from '../data/latest.ts';
import { useIds, useValue } from '../data/use-stream.ts';
import * as decimal from '../format/decimal.ts';
import { short } from '../format/words.ts';
import { LiquidationsDocument, type LiquidationsSubscription } from '../generated/graphql.ts';
import { LatestPanel } from '../parts/latest-panel.tsx';
import { number, Table, text } from '../parts/table.tsx';
import { HealthBar } from './health-bar.tsx';

type Market = LiquidationsSubscription['liquidations'];

const LIQUIDATIONS = {
  document: LiquidationsDocument,
  variables: {},
  value: ({ liquidations }: LiquidationsSubscription) => liquidations,
};

const NOBODY = 'No public position is near liquidation.';

const COLUMNS = [
  text('Market'),
  text('Owner', 'optional'),
  text('Health', 'health-column'),
  number('Liquidated at'),
  number('Reward'),
];

/** Positions of anybody that are near their end. */
export function LiquidationsPanel() {
  return (
    <LatestPanel
      title="Near liquidation"
      area="liquidations"
      question={LIQUIDATIONS}
      order={(a, b) => a.market.symbol.localeCompare(b.market.symbol)}
      empty={NOBODY}
    >
      {(latest) => (
        <>
          <Table caption="Public positions near liquidation" columns={COLUMNS} className="of-bodies">
            <Markets latest={latest} />
          </Table>
          <p className="message none">{NOBODY}</p>
        </>
      )}
    </LatestPanel>
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
            <td className="optional" title={owner}>
              {short(owner)}
            </td>
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
