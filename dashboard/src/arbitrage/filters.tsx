import { useState } from 'react';

export interface Filter {
  readonly chainId: number | null;
  /** As it was typed, once it is a number. */
  readonly minProfitUsd: string | null;
  readonly openOnly: boolean;
}

export const ALL: Filter = { chainId: null, minProfitUsd: null, openOnly: false };

const CHAINS = [
  { chainId: 1, name: 'Ethereum' },
  { chainId: 56, name: 'BNB Chain' },
  { chainId: 137, name: 'Polygon' },
];

const AMOUNT = /^\d{1,12}(\.\d{1,8})?$/;

/** What the server sends, not what this page shows of it: each change is another subscription. */
export function Filters({ filter, onChange }: { readonly filter: Filter; onChange(filter: Filter): void }) {
  const [typed, setTyped] = useState(filter.minProfitUsd ?? '');
  const isWrong = typed !== '' && !AMOUNT.test(typed);
  const type = (text: string) => {
    setTyped(text);
    if (text === '' || AMOUNT.test(text)) onChange({ ...filter, minProfitUsd: text || null });
  };
  return (
    <fieldset className="filters">
      <legend className="hidden">Filter</legend>
      <label>
        <span className="hidden">Chain</span>
        <select
          className="field"
          value={filter.chainId ?? ''}
          onChange={({ target }) => onChange({ ...filter, chainId: target.value === '' ? null : Number(target.value) })}
        >
          <option value="">All chains</option>
          {CHAINS.map(({ chainId, name }) => (
            <option key={chainId} value={chainId}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span className="hidden">Least profit in dollars</span>
        <input
          className="field amount"
          inputMode="decimal"
          placeholder="Min profit, $"
          value={typed}
          aria-invalid={isWrong}
          onChange={({ target }) => type(target.value.trim())}
        />
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={filter.openOnly}
          onChange={({ target }) => onChange({ ...filter, openOnly: target.checked })}
        />
        Open only
      </label>
    </fieldset>
  );
}
