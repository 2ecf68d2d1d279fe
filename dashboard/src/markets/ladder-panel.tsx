import { memo, useState, useSyncExternalStore } from 'react';
import * as decimal from '../format/decimal.ts';
import { Panel } from '../parts/panel.tsx';
import { number, Table, text } from '../parts/table.tsx';
import { useSize } from '../parts/use-size.ts';
import { type BookOfChanges, useBook, useBookDrawn } from './book.ts';
import { type Rung, rungsOf, spreadOf, stepsOf } from './ladder.ts';

/** Heights of a row, which the head has as well, and of the spread's, as the style sheet has them: so many fit. */
const ROW_PX = 22;
const SPREAD_PX = 26;
/** Left free below. */
const REST_PX = 10;

const COLUMNS = [text('Price'), number('Size'), number('Total')];

export function LadderPanel({ symbol }: { readonly symbol: string }) {
  const { question, book } = useBook(symbol);
  const [step, setStep] = useState<string | null>(null);
  return (
    <Panel
      title="Order book"
      area="ladder"
      collection={book}
      question={question}
      empty={`${symbol} has no order book.`}
      still
      controls={<Steps book={book} step={step} onChoose={setStep} />}
    >
      <Ladder book={book} chosenStep={step} />
    </Panel>
  );
}

interface StepsProps {
  readonly book: BookOfChanges;
  readonly step: string | null;
  onChoose(step: string): void;
}

function Steps({ book, step, onChoose }: StepsProps) {
  // As text, which is the same while they are: prices change with every frame, steps hardly ever.
  const known = useSyncExternalStore(book.changes.subscribe, () => stepsOf(book.now().bids[0]?.price ?? '1').join(' '));
  const steps = known.split(' ');
  return (
    <label className="steps">
      <span className="hidden">Price step of the ladder</span>
      <select value={step ?? steps[0]} onChange={({ target }) => onChoose(target.value)}>
        {steps.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </label>
  );
}

function Ladder({ book, chosenStep }: { readonly book: BookOfChanges; readonly chosenStep: string | null }) {
  const [element, { height }] = useSize<HTMLDivElement>();
  const { bids, asks, isStale } = useBookDrawn(book);
  const count = Math.max(3, Math.floor((height - ROW_PX - SPREAD_PX - REST_PX) / ROW_PX / 2));
  const step = chosenStep ?? stepsOf(bids[0]?.price ?? '1')[0] ?? '0.01';
  const below = rungsOf(bids, 'bid', step, count);
  const above = rungsOf(asks, 'ask', step, count).toReversed();
  const deepest = Math.max(...[below.at(-1), above[0]].map((rung) => decimal.approximately(rung?.total ?? '0')));
  const places = Math.max(0, (step.split('.')[1] ?? '').length);
  const spread = spreadOf(bids, asks);
  return (
    <div className={isStale ? 'ladder stale' : 'ladder'} ref={element}>
      {/* One drawing behind all rows: a style of each would be resolved anew with each change. */}
      <svg className="bars" viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" aria-hidden="true">
        <path className="ask" d={barsOf(above, ROW_PX, deepest)} />
        <path className="bid" d={barsOf(below, (above.length + 1) * ROW_PX + SPREAD_PX, deepest)} />
      </svg>
      <Table caption="Best asks and bids by price, best in the middle" columns={COLUMNS} className="dense">
        <tbody className="asks">
          {above.map((rung) => (
            <Row key={rung.price} {...rung} side="ask" places={places} />
          ))}
        </tbody>
        <tbody>
          <tr className="spread-row">
            <th scope="row">Spread</th>
            <td className="number">{spread === null ? '—' : decimal.price(spread, Math.max(2, places))}</td>
            <td />
          </tr>
        </tbody>
        <tbody className="bids">
          {below.map((rung) => (
            <Row key={rung.price} {...rung} side="bid" places={places} />
          ))}
        </tbody>
      </Table>
    </div>
  );
}

/** How deep the book is down to each rung: a bar a row from `top` on, from the right, a hundred wide at the deepest. */
function barsOf(rungs: readonly Rung[], top: number, deepest: number): string {
  return rungs
    .map(({ total }, index) => {
      const left = (100 - (decimal.approximately(total) / deepest) * 100).toFixed(1);
      const from = top + index * ROW_PX + 1;
      return `M${left} ${from}H100V${from + ROW_PX - 2}H${left}Z`;
    })
    .join('');
}

interface RowProps extends Rung {
  readonly side: 'bid' | 'ask';
  readonly places: number;
}

const Row = memo(function Row({ price, size, total, side, places }: RowProps) {
  return (
    <tr>
      <td className={side === 'bid' ? 'up' : 'down'}>{decimal.price(price, places)}</td>
      <td className="number">{decimal.amount(size)}</td>
      <td className="number muted">{decimal.amount(total)}</td>
    </tr>
  );
});
