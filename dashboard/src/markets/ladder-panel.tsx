import { memo, useState, useSyncExternalStore } from 'react';
import * as decimal from '../format/decimal.ts';
import { Panel } from '../parts/panel.tsx';
import { number, Table, text } from '../parts/table.tsx';
import { useSize } from '../parts/use-size.ts';
import { type BookOfChanges, useBook, useBookNow } from './book.ts';
import { type Rung, rungsOf, spreadOf, stepsOf } from './ladder.ts';

/** The height of a row, as the style sheet has it: so many fit. */
const ROW_PX = 22;
/** The head of the table and the row of the spread. */
const TAKEN_PX = 58;

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
  const { bids, asks, isStale } = useBookNow(book);
  const count = Math.max(3, Math.floor((height - TAKEN_PX) / ROW_PX / 2));
  const step = chosenStep ?? stepsOf(bids[0]?.price ?? '1')[0] ?? '0.01';
  const below = rungsOf(bids, 'bid', step, count);
  const above = rungsOf(asks, 'ask', step, count);
  const deepest = Math.max(...[below, above].map((rungs) => decimal.approximately(rungs.at(-1)?.total ?? '0')));
  const places = Math.max(0, (step.split('.')[1] ?? '').length);
  const spread = spreadOf(bids, asks);
  return (
    <div className={isStale ? 'ladder stale' : 'ladder'} ref={element}>
      <Table caption="Best asks and bids by price, best in the middle" columns={COLUMNS} className="dense">
        <tbody className="asks">
          {above.toReversed().map((rung) => (
            <Row key={rung.price} {...rung} side="ask" part={part(rung, deepest)} places={places} />
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
            <Row key={rung.price} {...rung} side="bid" part={part(rung, deepest)} places={places} />
          ))}
        </tbody>
      </Table>
    </div>
  );
}

/** To the nearest hundredth: what nobody could see changes no style. */
function part(rung: Rung, deepest: number): number {
  return Math.round((decimal.approximately(rung.total) / deepest) * 100) / 100;
}

interface RowProps extends Rung {
  readonly side: 'bid' | 'ask';
  readonly part: number;
  readonly places: number;
}

const Row = memo(function Row({ price, size, total, side, part, places }: RowProps) {
  return (
    <tr>
      <td className={side === 'bid' ? 'up' : 'down'}>
        <span className={`depth-bar ${side}`} style={{ transform: `scaleX(${part})` }} />
        {decimal.price(price, places)}
      </td>
      <td className="number">{decimal.amount(size)}</td>
      <td className="number muted">{decimal.amount(total)}</td>
    </tr>
  );
});
