import { Latest } from '../data/latest.ts';
import { useIds, useStream, useValue } from '../data/use-stream.ts';
import { percent, score, written } from '../format/number.ts';
import { words } from '../format/words.ts';
import type { RiskPart, RiskSubscription } from '../generated/graphql.ts';
import { Panel } from '../parts/panel.tsx';
import { RISK } from './questions.ts';
import { Radar } from './radar.tsx';

type Risk = RiskSubscription['riskUpdates'];

interface Props {
  readonly chosen: string | null;
  /** How the position is called that was chosen. */
  readonly name: string;
}

export function RadarPanel({ chosen, name }: Props) {
  const latest = useStream(RISK, () => new Latest<Risk>());
  return (
    <Panel title="Risk" area="radar" collection={latest} question={RISK} empty="There is no position to judge.">
      <Judged latest={latest} chosen={chosen} name={name} />
    </Panel>
  );
}

const PART_NAMES: Readonly<Record<RiskPart, string>> = {
  LIQUIDITY: 'Liquidity',
  VOLATILITY: 'Volatility',
  PROTOCOL: 'Protocol',
  MEV: 'MEV',
  CROSS_CHAIN: 'Cross-chain',
};

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
        <table className="dense">
          <caption className="hidden">Parts of the score</caption>
          <thead>
            <tr>
              <th scope="col">Part</th>
              <th scope="col" className="bar-column">
                <span className="hidden">Drawn</span>
              </th>
              <th scope="col" className="number">
                Score
              </th>
              <th scope="col" className="number">
                Change
              </th>
            </tr>
          </thead>
          <tbody>
            {attribution.map(({ part, contribution, change }) => (
              <tr key={part}>
                <th scope="row">{PART_NAMES[part]}</th>
                <td className="bar-column">
                  <span className="bar" aria-hidden="true">
                    <span style={{ transform: `scaleX(${Math.round((contribution / largest) * 100) / 100})` }} />
                  </span>
                </td>
                <td className="number">{contribution.toFixed(4)}</td>
                <td className={`number ${change > 0.00005 ? 'down' : change < -0.00005 ? 'up' : 'muted'}`}>
                  {change > 0.00005 ? '+' : ''}
                  {written(change, 4)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <dl className="facts measures">
          <Measure name="VaR 95" value={percent(metrics.var95Pct)} />
          <Measure name="Drawdown" value={percent(metrics.maxDrawdownPct)} />
          <Measure name="Sharpe" value={score(metrics.sharpeRatio)} />
          <Measure name="Imp. loss" value={percent(metrics.impermanentLossPct)} />
        </dl>
        <Unknowns unavailable={metrics.unavailable} />
      </div>
    </div>
  );
}

function Measure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
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
