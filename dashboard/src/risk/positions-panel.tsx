import type { Latest } from '../data/latest.ts';
import { useIds, useValue } from '../data/use-stream.ts';
import * as decimal from '../format/decimal.ts';
import { percent } from '../format/number.ts';
import { short, words } from '../format/words.ts';
import type { PositionsSubscription } from '../generated/graphql.ts';
import { Fact } from '../parts/fact.tsx';
import { Panel } from '../parts/panel.tsx';
import { number, Table, text } from '../parts/table.tsx';
import { HealthBar } from './health-bar.tsx';
import { POSITIONS } from './questions.ts';

export type Owner = PositionsSubscription['positions'];
type Position = Owner['positions'][number];

interface Props {
  readonly latest: Latest<Owner>;
  readonly chosen: string | null;
  onChoose(positionId: string): void;
}

const COLUMNS = [
  text('Position'),
  number('Value', 'optional'),
  number('PnL'),
  number('Entry', 'price-column'),
  number('Price', 'price-column'),
  text('Health', 'health-column'),
  number('Liquidation'),
];

export function PositionsPanel(props: Props) {
  const { latest } = props;
  const owners = useIds(latest);
  return (
    <Panel
      title="Positions"
      area="positions"
      collection={latest}
      question={POSITIONS}
      empty="Nothing is open. Sign in to see what is yours."
    >
      {owners.map((id) => (
        <OwnerPositions key={id} id={id} {...props} />
      ))}
    </Panel>
  );
}

function OwnerPositions({ id, latest, chosen, onChoose }: Props & { readonly id: string }) {
  const owner = useValue(latest, id);
  if (!owner) return null;
  return (
    <>
      <dl className="facts summary">
        <Fact name="Owner" title={owner.owner}>
          {short(owner.owner)}
        </Fact>
        <Fact name="Value">{decimal.dollars(owner.totalValueUsd)}</Fact>
        <Fact name="Unrealized" tone={decimal.tone(owner.totalUnrealizedPnl)}>
          {decimal.gain(owner.totalUnrealizedPnl)}
        </Fact>
        <Fact name="Open">{owner.positions.length}</Fact>
      </dl>
      {owner.positions.length === 0 ? (
        <p className="message">Nothing is open.</p>
      ) : (
        <Table caption="Open positions. Choose one to see its risk." columns={COLUMNS} className="positions">
          <tbody className={owner.stale ? 'stale' : undefined}>
            {owner.positions.map((position) => (
              <PositionRow
                key={position.id}
                position={position}
                isChosen={position.id === chosen}
                onChoose={onChoose}
              />
            ))}
          </tbody>
        </Table>
      )}
    </>
  );
}

interface RowProps {
  readonly position: Position;
  readonly isChosen: boolean;
  onChoose(positionId: string): void;
}

function PositionRow({ position, isChosen, onChoose }: RowProps) {
  const { id, kind, side, size, leverage, market, currentValueUsd, pnlUsd, entryPrice, currentPrice } = position;
  return (
    <tr data-chosen={isChosen || undefined}>
      <th scope="row">
        <button type="button" className="choose two-lines" aria-pressed={isChosen} onClick={() => onChoose(id)}>
          <span className="strong">
            {market.symbol} {side && <span className={side === 'LONG' ? 'up' : 'down'}>{words(side)}</span>}
          </span>
          <small>
            {words(kind).replace('lp', 'LP').replace('Lp', 'LP')}
            {isAmount(kind) && <span className="optional"> {decimal.amount(size)}</span>}
            {leverage !== null && ` · ${decimal.toPlaces(leverage, 1)}×`}
          </small>
        </button>
      </th>
      <td className="number optional">{currentValueUsd === null ? '—' : decimal.dollars(currentValueUsd)}</td>
      <td className={`number ${decimal.tone(pnlUsd)}`}>{pnlUsd === null ? '—' : decimal.gain(pnlUsd)}</td>
      <td className="number price-column">{entryPrice === null ? '—' : decimal.price(entryPrice)}</td>
      <td className="number price-column">{currentPrice === null ? '—' : decimal.price(currentPrice)}</td>
      <td className="health-column">
        <HealthBar healthFactor={position.healthFactor} isAtRisk={position.isAtRisk} fallback={poolState(position)} />
      </td>
      <td className="number">
        <Liquidation {...position} />
      </td>
    </tr>
  );
}

function Liquidation({ liquidationPrice, liquidationDistancePct }: Position) {
  if (liquidationPrice === null) return <span className="muted">None</span>;
  return (
    <span className="two-lines">
      <span>{decimal.price(liquidationPrice)}</span>
      {liquidationDistancePct !== null && (
        <small>
          {percent(liquidationDistancePct, 1)}
          <span className="optional"> away</span>
        </small>
      )}
    </span>
  );
}

/** The size of a share in a pool is its liquidity, which tells a reader nothing. */
function isAmount(kind: Position['kind']): boolean {
  return kind !== 'LP' && kind !== 'CONCENTRATED_LP';
}

/** What a share in a pool has in the place of a health factor. */
function poolState({ inRange, impermanentLossPct }: Position): string {
  const range = inRange === null ? '' : inRange ? 'In range' : 'Out of range';
  const loss = impermanentLossPct === null ? '' : `IL ${percent(impermanentLossPct)}`;
  return [range, loss].filter(Boolean).join(' · ');
}
