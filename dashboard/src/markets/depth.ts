import type { Level } from 'tidewire-client';
import { approximately } from '../format/decimal.ts';

/** A point of a depth curve, for a drawing. */
export interface DepthPoint {
  readonly price: number;
  readonly total: number;
}

export function depthOf(levels: readonly Level[]): readonly DepthPoint[] {
  let total = 0;
  return levels.map(({ price, size }) => {
    total += approximately(size);
    return { price: approximately(price), total };
  });
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Half the range of prices that is drawn, around `middle`. */
  readonly reach: number;
  readonly middle: number;
  readonly deepest: number;
}

export function xOf(price: number, { width, reach, middle }: Frame): number {
  return ((price - middle + reach) / (2 * reach)) * width;
}

export function yOf(total: number, { height, deepest }: Frame): number {
  return height - (total / deepest) * height;
}

/** The steps of one side, as a line from the middle outwards. */
export function stairs(points: readonly DepthPoint[], frame: Frame): string {
  const [first] = points;
  if (!first) return '';
  let path = `M${xOf(first.price, frame).toFixed(1)} ${frame.height}`;
  for (const { price, total } of points) path += `H${xOf(price, frame).toFixed(1)}V${yOf(total, frame).toFixed(1)}`;
  return path;
}

/** Where the line ends on the ground: the area is the line and this. */
export function closed(line: string, points: readonly DepthPoint[], frame: Frame): string {
  const last = points.at(-1);
  return last && line ? `${line}H${xOf(last.price, frame) < frame.width / 2 ? 0 : frame.width}V${frame.height}Z` : '';
}

/** So many round numbers within a range, as a person would write them on an axis. */
export function ticks(from: number, to: number, wanted: number): readonly number[] {
  const rough = (to - from) / wanted;
  if (!(rough > 0)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const found: number[] = [];
  for (let tick = Math.ceil(from / step); tick * step <= to; tick += 1) found.push(tick * step);
  return found;
}
