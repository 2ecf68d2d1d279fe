import type { Latest } from '../data/latest.ts';
import { useIds, useValue } from '../data/use-stream.ts';
import { count } from '../format/number.ts';
import { ChainsDocument, type ChainsSubscription } from '../generated/graphql.ts';
import { HealthChip } from '../parts/health-chip.tsx';
import { LatestPanel } from '../parts/latest-panel.tsx';
import { number, Table, text } from '../parts/table.tsx';

type Chain = ChainsSubscription['chainStatus'];

const CHAINS = {
  document: ChainsDocument,
  variables: {},
  value: ({ chainStatus }: ChainsSubscription) => chainStatus,
};

const COLUMNS = [
  text('Chain'),
  text('State'),
  number('Head'),
  number('Lag'),
  number('Pools', 'optional'),
  number('Reorgs', 'optional'),
];

export function ChainsPanel() {
  return (
    <LatestPanel
      title="Chains"
      area="chains"
      question={CHAINS}
      order={(a, b) => a.chainId - b.chainId}
      empty="No chain is followed."
    >
      {(latest) => <Chains latest={latest} />}
    </LatestPanel>
  );
}

function Chains({ latest }: { readonly latest: Latest<Chain> }) {
  return (
    <Table caption="Chains that are followed" columns={COLUMNS}>
      <tbody>
        {useIds(latest).map((id) => (
          <Row key={id} id={id} latest={latest} />
        ))}
      </tbody>
    </Table>
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
      <td className="number optional">{count(poolCount)}</td>
      <td className="number optional">{count(reorgs)}</td>
    </tr>
  );
}
