import {
  CandlestickSeries,
  ColorType,
  createChart,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type UTCTimestamp,
} from 'lightweight-charts';
import { approximately, price, toPlaces } from '../format/decimal.ts';
import type { Candle } from './candles.ts';

/** The part of the chart, from below, that volumes take. */
const VOLUME_PART = 0.18;

/** Room at the right, bars: the time of the newest one is written below it in full. */
const RIGHT_BARS = 4;

/** Of the price axis, pixels, for nine digits and signs: left to its labels it moves the chart when a wider digit comes. */
const AXIS_PX = 84;

/** Colours of the page as they are now: a canvas knows no variables. */
interface Colours {
  readonly text: string;
  readonly line: string;
  readonly up: string;
  readonly down: string;
  readonly surface: string;
}

function coloursOf(element: Element): Colours {
  const probe = document.createElement('span');
  element.append(probe);
  const resolved = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    text: resolved('muted'),
    line: resolved('line'),
    up: resolved('up'),
    down: resolved('down'),
    surface: resolved('surface'),
  };
  probe.remove();
  return colours;
}

/** A drawing of bars. It is given the newest bars at each change, and draws no more than what changed. */
export class CandleChart {
  readonly #element: HTMLElement;
  readonly #chart: IChartApi;
  readonly #prices: ISeriesApi<'Candlestick'>;
  readonly #volumes: ISeriesApi<'Histogram'>;
  #drawn: readonly Candle[] = [];
  #colours: Colours;

  constructor(element: HTMLElement) {
    this.#element = element;
    this.#colours = coloursOf(element);
    this.#chart = createChart(element, { autoSize: true, layout: { attributionLogo: false } });
    this.#prices = this.#chart.addSeries(CandlestickSeries, {
      priceFormat: {
        type: 'custom',
        minMove: 0.00000001,
        formatter: (value: number) => price(toPlaces(plain(value), 8)),
      },
    });
    this.#volumes = this.#chart.addSeries(HistogramSeries, {
      priceScaleId: 'volume',
      priceFormat: { type: 'volume' },
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.#volumes.priceScale().applyOptions({ scaleMargins: { top: 1 - VOLUME_PART, bottom: 0 } });
    this.repaint();
  }

  /** Takes the colours of the page anew. */
  repaint(): void {
    this.#colours = coloursOf(this.#element);
    const { text, line, up, down, surface } = this.#colours;
    this.#chart.applyOptions({
      layout: {
        background: { type: ColorType.Solid, color: surface },
        textColor: text,
        fontFamily: getComputedStyle(this.#element).fontFamily,
        fontSize: 11,
      },
      grid: { vertLines: { color: line }, horzLines: { color: line } },
      rightPriceScale: { borderColor: line, minimumWidth: AXIS_PX },
      timeScale: { borderColor: line, timeVisible: true, secondsVisible: false, rightOffset: RIGHT_BARS },
    });
    this.#prices.applyOptions({
      upColor: up,
      downColor: down,
      wickUpColor: up,
      wickDownColor: down,
      borderVisible: false,
    });
    this.#drawn = [];
  }

  draw(bars: readonly Candle[]): void {
    const changed = bars.slice(this.#unchanged(bars));
    if (changed.length === bars.length) {
      this.#prices.setData(bars.map(barOf));
      this.#volumes.setData(bars.map((bar) => this.#volumeOf(bar)));
      // At once: an animation would be cut short by the next bar, and end wherever it was.
      this.#chart.timeScale().scrollToPosition(RIGHT_BARS, false);
    } else
      for (const bar of changed) {
        this.#prices.update(barOf(bar));
        this.#volumes.update(this.#volumeOf(bar));
      }
    this.#drawn = bars;
  }

  remove(): void {
    this.#chart.remove();
  }

  /** How many bars from the oldest on are drawn as they are; the chart can only change the newest ones. */
  #unchanged(bars: readonly Candle[]): number {
    const first = this.#drawn.findIndex(({ id }) => id === bars[0]?.id);
    if (first < 0) return 0;
    let count = 0;
    while (count < bars.length && bars[count] === this.#drawn[first + count]) count += 1;
    return count < this.#drawn.length - first - 1 ? 0 : count;
  }

  #volumeOf({ openTime, open, close, volume }: Candle) {
    const { up, down } = this.#colours;
    const isUp = approximately(close) >= approximately(open);
    return { time: timeOf(openTime), value: approximately(volume ?? '0'), color: faint(isUp ? up : down) };
  }
}

function barOf({ openTime, open, high, low, close }: Candle) {
  return {
    time: timeOf(openTime),
    open: approximately(open),
    high: approximately(high),
    low: approximately(low),
    close: approximately(close),
  };
}

/** The chart writes what it is given as UTC: it is given the time of here. */
function timeOf(instant: string): UTCTimestamp {
  const date = new Date(instant);
  return (date.getTime() / 1_000 - date.getTimezoneOffset() * 60) as UTCTimestamp;
}

/** A place on the axis, without an exponent. */
function plain(value: number): string {
  return value.toFixed(12);
}

function faint(colour: string): string {
  return colour.replace('rgb(', 'rgba(').replace(')', ', 0.35)');
}
