import { Latest } from '../data/latest.ts';
import { useIds, useStream, useValue } from '../data/use-stream.ts';
import { count } from '../format/number.ts';
import { ChainsDocument, type ChainsSubscription } from '../generated/graphql.ts';
import { HealthChip } from '../parts/health-chip.tsx';
import { Panel } from '../parts/panel.tsx';

type Chain = ChainsSubscription['chainStatus'];

const CHAINS = {
  document: ChainsDocument,
  variables: {},
  value: ({ chainStatus }: ChainsSubscription) => chainStatus,
};

export function ChainsPanel() {
  const latest = useStream(CHAINS, () => new Latest<Chain>((a, b) => a.chainId - b.chainId));
  return (
    <Panel title="Chains" area="chains" collection={latest} question={CHAINS} empty="No chain is followed.">
      <Chains latest={latest} />
    </Panel>
  );
}

function Chains({ latest }: { readonly latest: Latest<Chain> }) {
  return (
    <table>
      <caption className="hidden">Chains that are followed</caption>
      <thead>
        <tr>
          <th scope="col">Chain</th>
          <th scope="col">State</th>
          <th scope="col" className="number">
            Head
          </th>
          <th scope="col" className="number">
            Lag
          </th>
          <th scope="col" className="number">
            Pools
          </th>
          <th scope="col" className="number">
            Reorgs
          </th>
        </tr>
      </thead>
      <tbody>
        {useIds(latest).map((id) => (
          <Row key={id} id={id} latest={latest} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ id, latest }: { readonly id: string; readonly latest: Latest<Chain> }) {
  const chain = useValue(latest, id);
  if (!chain) return null;
  const { name, status, message, head, lagMs, poolCount, reorgs, stale } = chain;
  return (
    <tr className={stale ? 'stale' : undefined}>
      <th scope="row" className="strong">
        {name}
      </th>
      <td title={message || undefined}>
        <HealthChip status={status} />
      </td>
      <td className="number">{head === null ? '—' : count(head)}</td>
      <td className="number">{lagMs === null ? '—' : `${(lagMs / 1_000).toFixed(1)} s`}</td>
      <td className="number">{count(poolCount)}</td>
      <td className="number">{count(reorgs)}</td>
    </tr>
  );
}
