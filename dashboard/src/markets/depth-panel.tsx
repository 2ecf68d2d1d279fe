import { type PointerEvent, useState } from 'react';
import { Panel } from '../parts/panel.tsx';
import { useSize } from '../parts/use-size.ts';
import { type BookOfChanges, useBook, useBookDrawn } from './book.ts';
import { closed, type DepthPoint, depthOf, type Frame, stairs, ticks, xOf, yOf } from './depth.ts';

/** Room below the curves for the prices. */
const AXIS_PX = 20;

export function DepthPanel({ symbol }: { readonly symbol: string }) {
  const { question, book } = useBook(symbol);
  return (
    <Panel
      title="Depth"
      area="depth"
      collection={book}
      question={question}
      empty={`${symbol} has no order book.`}
      still
    >
      <DepthChart book={book} symbol={symbol} />
    </Panel>
  );
}

const FIGURES = new Intl.NumberFormat('en', { maximumSignificantDigits: 7 });
const SIZES = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, notation: 'compact' });

function DepthChart({ book, symbol }: { readonly book: BookOfChanges; readonly symbol: string }) {
  const [element, { width, height }] = useSize<HTMLDivElement>();
  const [pointed, setPointed] = useState<number | null>(null);
  const levels = useBookDrawn(book);
  const bids = depthOf(levels.bids);
  const asks = depthOf(levels.asks);
  const frame = frameOf(bids, asks, width, height - AXIS_PX);
  const sizes = frame ? ticks(0, frame.deepest, 3) : [];
  const point = (event: PointerEvent) => setPointed(event.clientX - event.currentTarget.getBoundingClientRect().left);
  return (
    <div className="depth" ref={element} onPointerMove={point} onPointerLeave={() => setPointed(null)}>
      {frame && (
        <svg width={width} height={height} role="img" aria-label={describe(symbol, bids, asks)}>
          {sizes.map((tick) => (
            <line key={tick} className="grid" x1={0} x2={width} y1={yOf(tick, frame)} y2={yOf(tick, frame)} />
          ))}
          {pricesOf(frame).map((tick) => (
            <text key={tick} x={xOf(tick, frame)} y={height - 6} textAnchor="middle">
              {FIGURES.format(tick)}
            </text>
          ))}
          <Side points={bids} frame={frame} side="bid" />
          <Side points={asks} frame={frame} side="ask" />
          {sizes.map((tick) => (
            <text key={tick} x={width - 8} y={yOf(tick, frame) - 4} textAnchor="end">
              {tick > 0 && SIZES.format(tick)}
            </text>
          ))}
          <line className="middle" x1={width / 2} x2={width / 2} y1={0} y2={frame.height} />
          {pointed !== null && <Pointed x={pointed} bids={bids} asks={asks} frame={frame} />}
        </svg>
      )}
    </div>
  );
}

/** A written price takes so much of the axis; nearer to an edge it would be cut. */
const LABEL_PX = 110;

function pricesOf(frame: Frame): readonly number[] {
  const { middle, reach, width } = frame;
  const marks = ticks(middle - reach, middle + reach, Math.max(2, Math.floor(width / LABEL_PX)));
  return marks.filter((tick) => Math.abs(xOf(tick, frame) - width / 2) < (width - LABEL_PX / 2) / 2);
}

function frameOf(
  bids: readonly DepthPoint[],
  asks: readonly DepthPoint[],
  width: number,
  height: number,
): Frame | null {
  const [bid] = bids;
  const [ask] = asks;
  if (!bid || !ask || width <= 0 || height <= 0) return null;
  const middle = (bid.price + ask.price) / 2;
  // The side that reaches less far bounds both: a curve that ends in the middle of the drawing would look like a wall.
  const reach = Math.min(middle - (bids.at(-1)?.price ?? 0), (asks.at(-1)?.price ?? 0) - middle) || 1;
  const within = [...bids, ...asks].filter(({ price }) => Math.abs(price - middle) <= reach);
  const deepest = Math.max(...within.map(({ total }) => total)) * 1.08;
  return { width, height, reach, middle, deepest };
}

function Side({
  points,
  frame,
  side,
}: {
  readonly points: readonly DepthPoint[];
  readonly frame: Frame;
  readonly side: string;
}) {
  const line = stairs(points, frame);
  return (
    <g className={side}>
      <path className="area" d={closed(line, points, frame)} />
      <path className="edge" d={line} />
    </g>
  );
}

interface PointedProps {
  readonly x: number;
  readonly bids: readonly DepthPoint[];
  readonly asks: readonly DepthPoint[];
  readonly frame: Frame;
}

/** What lies between the middle and where the pointer is. */
function Pointed({ x, bids, asks, frame }: PointedProps) {
  const price = (x / frame.width) * 2 * frame.reach + frame.middle - frame.reach;
  const isBid = price < frame.middle;
  const reached = (isBid ? bids : asks).filter((point) => (isBid ? point.price >= price : point.price <= price)).at(-1);
  const total = reached?.total ?? 0;
  const isRight = x > frame.width / 2;
  return (
    <g className={isBid ? 'pointed bid' : 'pointed ask'}>
      <line x1={x} x2={x} y1={0} y2={frame.height} />
      <circle cx={x} cy={yOf(total, frame)} r={3.5} />
      <text className="said" x={isRight ? x - 10 : x + 10} y={16} textAnchor={isRight ? 'end' : 'start'}>
        {SIZES.format(total)} to {FIGURES.format(price)}
      </text>
    </g>
  );
}

function describe(symbol: string, bids: readonly DepthPoint[], asks: readonly DepthPoint[]): string {
  const side = (points: readonly DepthPoint[]) =>
    `${SIZES.format(points.at(-1)?.total ?? 0)} down to ${FIGURES.format(points.at(-1)?.price ?? 0)}`;
  return `Depth of ${symbol}: bids ${side(bids)}, asks ${side(asks).replace('down', 'up')}.`;
}
