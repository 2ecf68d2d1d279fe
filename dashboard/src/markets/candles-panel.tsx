import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useQuery } from 'urql';
import { useStream } from '../data/use-stream.ts';
import * as decimal from '../format/decimal.ts';
import { intervalName } from '../format/words.ts';
import {
  type CandleInterval,
  CandlesDocument,
  type CandlesSubscription,
  PastCandlesDocument,
} from '../generated/graphql.ts';
import { Panel } from '../parts/panel.tsx';
import { useTheme } from '../shell/theme.ts';
import type { CandleChart } from './candle-chart.ts';
import { Candles, KEPT } from './candles.ts';

const INTERVALS: readonly CandleInterval[] = ['S1', 'M1', 'M5', 'M15', 'H1', 'H4', 'D1'];

export function CandlesPanel({ symbol }: { readonly symbol: string }) {
  const [interval, setInterval] = useState<CandleInterval>('M1');
  const question = {
    document: CandlesDocument,
    variables: { symbol, interval },
    value: ({ candles }: CandlesSubscription) => candles,
  };
  const candles = useStream(question, () => new Candles());
  const [{ data }] = useQuery({ query: PastCandlesDocument, variables: { symbol, interval, first: KEPT } });
  useEffect(() => {
    if (data) candles.addPast(data.candles.edges.map(({ node }) => node));
  }, [candles, data]);
  return (
    <Panel
      title="Candles"
      area="candles"
      collection={candles}
      question={question}
      empty={`No bar of ${symbol} yet: the first one comes with the next trade.`}
      still
      controls={
        <fieldset className="choices">
          <legend className="hidden">Length of a bar</legend>
          {INTERVALS.map((one) => (
            <button key={one} type="button" aria-pressed={one === interval} onClick={() => setInterval(one)}>
              {intervalName(one)}
            </button>
          ))}
        </fieldset>
      }
    >
      <Drawing key={`${symbol} ${interval}`} candles={candles} symbol={symbol} />
    </Panel>
  );
}

function Drawing({ candles, symbol }: { readonly candles: Candles; readonly symbol: string }) {
  const place = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  const [chart, setChart] = useState<CandleChart | null>(null);
  const bars = useSyncExternalStore(candles.drawn, candles.bars);
  const newest = bars.at(-1);

  useEffect(() => {
    const { current } = place;
    if (!current) return undefined;
    let made: CandleChart | null = null;
    let isGone = false;
    // The library is half of all code of the page: it comes when it is first wanted.
    import('./candle-chart.ts')
      .then((library) => {
        if (isGone) return;
        made = new library.CandleChart(current);
        setChart(made);
      })
      .catch((error: unknown) => console.error(error));
    return () => {
      isGone = true;
      made?.remove();
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours change with the theme, which is no argument
  useEffect(() => chart?.repaint(), [chart, theme]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: after a change of the theme all bars are drawn anew
  useEffect(() => chart?.draw(bars), [chart, bars, theme]);

  return (
    <div className="candles">
      {newest && (
        <dl className="ohlc">
          <Figure name="Open" value={newest.open} />
          <Figure name="High" value={newest.high} />
          <Figure name="Low" value={newest.low} />
          <Figure name="Close" value={newest.close} />
        </dl>
      )}
      <div
        className="chart"
        ref={place}
        role="img"
        aria-label={`Candles of ${symbol}; the newest bar is told in words before`}
      />
    </div>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>
        <abbr title={name}>{name.charAt(0)}</abbr>
      </dt>
      <dd>{decimal.price(value)}</dd>
    </div>
  );
}
