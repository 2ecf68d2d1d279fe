import { useState } from 'react';
import { Recent } from '../data/recent.ts';
import { useEvents, useStream } from '../data/use-stream.ts';
import * as decimal from '../format/decimal.ts';
import { percent } from '../format/number.ts';
import { clock } from '../format/time.ts';
import { chainName, short, words } from '../format/words.ts';
import { OpportunitiesDocument, type OpportunitiesSubscription, type OpportunityState } from '../generated/graphql.ts';
import { Panel } from '../parts/panel.tsx';
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
  const recent = useStream(question, () => new Recent<Opportunity>(KEPT));
  return (
    <Panel
      title="Opportunities"
      area="opportunities"
      collection={recent}
      question={question}
      empty="No pool is out of balance as far as this filter looks."
      controls={<Filters filter={filter} onChange={setFilter} />}
    >
      <Table recent={recent} />
    </Panel>
  );
}

function Table({ recent }: { readonly recent: Recent<Opportunity> }) {
  return (
    <table>
      <caption className="hidden">Opportunities, newest first</caption>
      <thead>
        <tr>
          <th scope="col">Pool</th>
          <th scope="col">Chain</th>
          <th scope="col">State</th>
          <th scope="col" className="number">
            Imbalance
          </th>
          <th scope="col" className="number">
            Gas
          </th>
          <th scope="col" className="number">
            Profit
          </th>
          <th scope="col" className="number">
            Realized
          </th>
          <th scope="col" className="number">
            Found
          </th>
        </tr>
      </thead>
      <tbody>
        {useEvents(recent).map((one) => (
          <tr key={one.id} className={one.state === 'CLOSED' || one.state === 'RETRACTED' ? 'past' : undefined}>
            <th scope="row" className="strong" title={one.poolAddress}>
              {one.poolName}
            </th>
            <td>{chainName(one.chainId)}</td>
            <td>
              <span className={`chip ${TONES[one.state]}`}>{stateOf(one)}</span>
            </td>
            <td className="number">{percent(one.imbalancePct)}</td>
            <td className="number muted">{decimal.dollars(one.gasCostUsd)}</td>
            <td className={`number ${decimal.isNegative(one.profitUsd) ? 'down' : 'up'}`}>
              {decimal.gain(one.profitUsd)}
            </td>
            <td className="number" title={one.captureTxHash ?? undefined}>
              {one.realizedProfitUsd !== null
                ? decimal.gain(one.realizedProfitUsd)
                : one.captureTxHash === null
                  ? '—'
                  : short(one.captureTxHash)}
            </td>
            <td className="number muted">{clock(one.detectedAt)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function stateOf({ state, closeReason }: Opportunity): string {
  if (state === 'CLOSED' && closeReason) return words(closeReason);
  return OPEN.includes(state) ? 'Open' : words(state);
}
