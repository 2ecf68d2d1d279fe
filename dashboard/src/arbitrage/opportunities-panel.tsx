import { memo, useState } from 'react';
import * as decimal from '../format/decimal.ts';
import { percent } from '../format/number.ts';
import { clock } from '../format/time.ts';
import { chainName, short, words } from '../format/words.ts';
import { OpportunitiesDocument, type OpportunitiesSubscription, type OpportunityState } from '../generated/graphql.ts';
import { RecentTable } from '../parts/recent-panel.tsx';
import { number, text } from '../parts/table.tsx';
import { ALL, type Filter, Filters } from './filters.tsx';

type Opportunity = OpportunitiesSubscription['opportunities'];

const KEPT = 100;

/** What can still be taken. */
const OPEN: OpportunityState[] = ['OPENED', 'UPDATED'];

const TONES: Readonly<Record<OpportunityState, string>> = {
  OPENED: 'accent',
  UPDATED: 'accent',
  CLOSED: '',
  RETRACTED: 'warn',
};

const COLUMNS = [
  text('Pool'),
  text('Chain', 'optional'),
  text('State'),
  number('Imbalance'),
  number('Gas', 'optional'),
  number('Profit'),
  number('Realized', 'optional'),
  number('Found', 'optional'),
];

export function OpportunitiesPanel() {
  const [filter, setFilter] = useState<Filter>(ALL);
  const question = {
    document: OpportunitiesDocument,
    variables: {
      last: KEPT,
      ...(filter.chainId !== null && { chainIds: [filter.chainId] }),
      ...(filter.minProfitUsd !== null && { minProfitUsd: filter.minProfitUsd }),
      ...(filter.openOnly && { states: OPEN }),
    },
    value: ({ opportunities }: OpportunitiesSubscription) => opportunities,
  };
  return (
    <RecentTable
      title="Opportunities"
      area="opportunities"
      question={question}
      keep={KEPT}
      empty="No pool is out of balance as far as this filter looks."
      controls={<Filters filter={filter} onChange={setFilter} />}
      caption="Opportunities, newest first"
      columns={COLUMNS}
      Row={Row}
    />
  );
}

const Row = memo(function Row({ event: one }: { readonly event: Opportunity }) {
  return (
    <tr className={one.state === 'CLOSED' || one.state === 'RETRACTED' ? 'past' : undefined}>
      <th scope="row" className="strong" title={one.poolAddress}>
        <span className="two-lines">
          {one.poolName}
          <small className="narrow-only">{chainName(one.chainId)}</small>
        </span>
      </th>
      <td className="optional">{chainName(one.chainId)}</td>
      <td>
        <span className={`chip ${TONES[one.state]}`}>{stateOf(one)}</span>
      </td>
      <td className="number">{percent(one.imbalancePct)}</td>
      <td className="number muted optional">{decimal.dollars(one.gasCostUsd)}</td>
      <td className={`number ${decimal.tone(one.profitUsd)}`}>{decimal.gain(one.profitUsd)}</td>
      <td className="number optional" title={one.captureTxHash ?? undefined}>
        {realized(one)}
      </td>
      <td className="number muted optional">{clock(one.detectedAt)}</td>
    </tr>
  );
});

/** What somebody made of it, or whose transaction took it where that is not known yet. */
function realized({ realizedProfitUsd, captureTxHash }: Opportunity): string {
  if (realizedProfitUsd !== null) return decimal.gain(realizedProfitUsd);
  return captureTxHash === null ? '—' : short(captureTxHash);
}

function stateOf({ state, closeReason }: Opportunity): string {
  if (state === 'CLOSED' && closeReason) return words(closeReason);
  return OPEN.includes(state) ? 'Open' : words(state);
}
