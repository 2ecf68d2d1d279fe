import { type Recording, recordingOf } from './recording.ts';

export interface SyntheticOptions {
  readonly market: Recording['market'];
  /** Upper case. Default `BTCUSDT`. */
  readonly pair?: string;
  /** Each is one diff, two trades, one best price, and on spot one ticker: 100 ms apart. */
  readonly steps: number;
}

/** Update and trade ids of the first step, so that tests can name what they expect. */
export const FIRST_TRADE = 1_000;
export const FIRST_UPDATE = 5_000;

/** Frames of one step. */
export const FRAMES_A_STEP = 5;

/** Updates in one diff. */
export const UPDATES_A_STEP = 10;

/** 2026-01-01T00:00:00Z, milliseconds. */
const START = 1_767_225_600_000;

/**
 * A recording in the venue's format, made up: a book of three levels a side whose best bid's size says which step it is,
 * trades numbered from {@link FIRST_TRADE}, updates from {@link FIRST_UPDATE}. Its snapshot lies within the first diff.
 */
export function syntheticRecording({ market, pair = 'BTCUSDT', steps }: SyntheticOptions): Recording {
  const lines: string[] = [];
  const snapshotId = FIRST_UPDATE + UPDATES_A_STEP / 2;
  for (let step = 0; step < steps; step++) {
    const at = START + step * 100;
    const sent = (stream: string, data: object) =>
      lines.push(`${at}000000 ${JSON.stringify({ stream: `${pair.toLowerCase()}@${stream}`, data })}`);
    const U = FIRST_UPDATE + step * UPDATES_A_STEP;
    const u = U + UPDATES_A_STEP - 1;
    const levels = {
      b: [
        ['100.00', `${step + 1}.00`],
        ['99.00', step % 2 ? '0.00' : '7.00'],
      ],
      a: [['101.00', `${step + 2}.00`]],
    };
    if (market === 'spot') sent('depth@100ms', { e: 'depthUpdate', E: at, s: pair, U, u, ...levels });
    else sent('depth@0ms', { e: 'depthUpdate', E: at, T: at - 1, s: pair, U, u, pu: U - 1, ...levels });
    if (step === 0) {
      const bids = [
        ['100.00', '1.00'],
        ['99.00', '7.00'],
        ['98.00', '1.00'],
      ];
      const asks = [
        ['101.00', '2.00'],
        ['102.00', '1.00'],
        ['103.00', '1.00'],
      ];
      lines.push(`${at}000001 ${JSON.stringify({ lastUpdateId: snapshotId, bids, asks })}`);
    }
    for (const side of [0, 1]) {
      const t = FIRST_TRADE + step * 2 + side;
      const trade = { e: 'trade', E: at, s: pair, t, p: side ? '101.00' : '100.00', q: '0.50', T: at, m: side === 0 };
      sent('trade', market === 'spot' ? { ...trade, M: true } : { ...trade, X: 'MARKET' });
    }
    const quote = { u, s: pair, b: '100.00', B: `${step + 1}.00`, a: '101.00', A: `${step + 2}.00` };
    sent('bookTicker', market === 'spot' ? quote : { e: 'bookTicker', ...quote, T: at, E: at });
    sent('ticker', { e: '24hrTicker', E: at, s: pair, c: '101.00', o: '90.00', h: '110.00', l: '80.00', v: '1234.50' });
  }
  return recordingOf(market, lines);
}
