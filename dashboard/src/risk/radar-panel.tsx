import type { Latest } from '../data/latest.ts';
import { useIds, useValue } from '../data/use-stream.ts';
import { percent, score, written } from '../format/number.ts';
import { words } from '../format/words.ts';
import type { RiskPart, RiskSubscription } from '../generated/graphql.ts';
import { Bar } from '../parts/bar.tsx';
import { Fact } from '../parts/fact.tsx';
import { LatestPanel } from '../parts/latest-panel.tsx';
import { number, Table, text, unnamed } from '../parts/table.tsx';
import { RISK } from './questions.ts';
import { Radar } from './radar.tsx';

type Risk = RiskSubscription['riskUpdates'];

interface Props {
  readonly chosen: string | null;
  /** How the position is called that was chosen. */
  readonly name: string;
}

export function RadarPanel({ chosen, name }: Props) {
  return (
    <LatestPanel title="Risk" area="radar" question={RISK} empty="There is no position to judge.">
      {(latest) => <Judged latest={latest} chosen={chosen} name={name} />}
    </LatestPanel>
  );
}

const PART_NAMES: Readonly<Record<RiskPart, string>> = {
  LIQUIDITY: 'Liquidity',
  VOLATILITY: 'Volatility',
  PROTOCOL: 'Protocol',
  MEV: 'MEV',
  CROSS_CHAIN: 'Cross-chain',
};

const COLUMNS = [text('Part'), unnamed('Drawn', 'bar-column'), number('Score'), number('Change')];

function Judged({ latest, chosen, name }: Props & { readonly latest: Latest<Risk> }) {
  const ids = useIds(latest);
  const id = ids.find((one) => latest.get(one)?.positionId === chosen) ?? '';
  const risk = useValue(latest, id);
  if (!risk) return <p className="message">Choose a position to see how risky it is.</p>;
  const { metrics, attribution, stale } = risk;
  const spokes = [
    { name: 'Liquidity', value: metrics.liquidityRisk },
    { name: 'Volatility', value: metrics.volatilityRisk },
    { name: 'Protocol', value: metrics.protocolRisk },
    { name: 'MEV', value: metrics.mevRiskScore },
    { name: 'Cross-chain', value: metrics.crossChainRisk },
  ];
  const largest = Math.max(...attribution.map(({ contribution }) => contribution)) || 1;
  return (
    <div className={stale ? 'judged stale' : 'judged'}>
      <div className="radar-side">
        <p className="two-lines">
          <span className="strong">{name}</span>
          <small>Overall risk score, 0 to 1</small>
        </p>
        <p className="score">{metrics.overallRiskScore.toFixed(3)}</p>
        <Radar spokes={spokes} />
      </div>
      <div className="attribution">
        <h3>What makes the score</h3>
        <Table caption="Parts of the score" columns={COLUMNS} className="dense">
          <tbody>
            {attribution.map(({ part, contribution, change }) => (
              <tr key={part}>
                <th scope="row">{PART_NAMES[part]}</th>
                <td className="bar-column">
                  <Bar part={contribution / largest} />
                </td>
                <td className="number">{contribution.toFixed(4)}</td>
                <td className={`number ${change > 0.00005 ? 'down' : change < -0.00005 ? 'up' : 'muted'}`}>
                  {change > 0.00005 ? '+' : ''}
                  {written(change, 4)}
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
        <dl className="facts measures">
          <Fact name="VaR 95">{percent(metrics.var95Pct)}</Fact>
          <Fact name="Drawdown">{percent(metrics.maxDrawdownPct)}</Fact>
          <Fact name="Sharpe">{score(metrics.sharpeRatio)}</Fact>
          <Fact name="Imp. loss">{percent(metrics.impermanentLossPct)}</Fact>
        </dl>
        <Unknowns unavailable={metrics.unavailable} />
      </div>
    </div>
  );
}

/** What cannot be said, by the reason why. */
function Unknowns({ unavailable }: Pick<Risk['metrics'], 'unavailable'>) {
  if (unavailable.length === 0) return null;
  const byReason = Map.groupBy(unavailable, ({ reason }) => reason);
  return (
    <details className="unknowns">
      <summary>{unavailable.length} measures are not known</summary>
      <ul>
        {[...byReason].map(([reason, measures]) => (
          <li key={reason}>
            {words(reason)}: {measures.map(({ field }) => spoken(field)).join(', ')}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** `mevRiskScore` as a person reads it. */
function spoken(field: string): string {
  return field.replace(/Pct$/, '').replace(/[A-Z]/g, ' $&').toLowerCase();
}
