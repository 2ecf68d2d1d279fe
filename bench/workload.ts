import { monotonicMicros } from './monotonic.ts';

/** Thresholds on a trade's quantity, one for each subscriber. */
export interface Thresholds {
  /** `false`: subscribers with the same fate share one threshold. */
  readonly distinct: boolean;
  /** Written into each document, or sent as a variable of one document. */
  readonly as: 'literals' | 'variables';
  /** Subscribers that every event reaches; the others' thresholds lie above it. */
  readonly matching: number;
}

/** What is subscribed to, by how many. */
export interface Workload {
  readonly topic: 'trades' | 'prices';
  readonly sockets: number;
  /** Different selections, dealt out in turn. */
  readonly questions: number;
  /** Of the GraphQL result as JSON: `{"data":{...}}`. */
  readonly payloadBytes: number;
  readonly thresholds: Thresholds | null;
  /** Ask for the cursor too, and hand it back after a cut. */
  readonly resumable: boolean;
}

export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A trade as every server of the benchmark publishes it. */
export interface BenchTrade {
  /** `<stamp, 16 digits>-<sequence, 8 digits>`. */
  readonly tradeId: string;
  readonly symbol: string;
  /** Filled up to the payload's size. */
  readonly source: string;
  readonly price: string;
  readonly quantity: string;
  readonly side: 'BUY';
}

/** A quantity that no threshold lies below: it never matches. */
const OUT_OF_REACH = 1_000_000_000;

/** Makes every stamp 16 digits long, whatever the machine's uptime. */
const STAMP_BASE = 1_000_000_000_000_000;

/** What stands before the stamp in a frame. */
export const STAMP_MARKER = { trades: '"tradeId":"', prices: '"price":"' } as const;

export const STAMP_DIGITS = 16;

/** Subscribers that an event of this workload reaches. */
export function audienceOf({ sockets, thresholds }: Workload): number {
  return thresholds?.matching ?? sockets;
}

/** The operation of subscriber number `index`; `after` is the cursor where it had come. */
export function operationOf(workload: Workload, index: number, after: string | null = null): Operation {
  const { topic, thresholds, resumable } = workload;
  if (topic === 'prices')
    return {
      query: 'subscription { prices { price symbol source sequence snapshot stale timestamp close } }',
      variables: {},
    };
  const selection = selectionOf(workload, index);
  if (resumable)
    return after === null
      ? { query: `subscription { trades { ${selection} cursor } }`, variables: {} }
      : {
          query: `subscription($after: Cursor) { trades(after: $after) { ${selection} cursor } }`,
          variables: { after },
        };
  if (!thresholds) return { query: `subscription { trades { ${selection} } }`, variables: {} };
  const minQuantity = thresholdOf(thresholds, index);
  return thresholds.as === 'literals'
    ? { query: `subscription { trades(filter: {minQuantity: "${minQuantity}"}) { ${selection} } }`, variables: {} }
    : {
        query: `subscription($filter: TradeFilter) { trades(filter: $filter) { ${selection} } }`,
        variables: { filter: { minQuantity } },
      };
}

/** The trade that the workload's subscribers get next, stamped now. */
export function tradeOf(workload: Workload, sequence: number): BenchTrade {
  const quantity = `${workload.thresholds?.matching ?? 1}`;
  const bare: BenchTrade = {
    tradeId: `${stamp()}-${`${sequence}`.padStart(8, '0')}`,
    symbol: 'BTCUSDT',
    source: '',
    price: '61737.63',
    quantity,
    side: 'BUY',
  };
  return { ...bare, source: 'x'.repeat(Math.max(1, workload.payloadBytes - resultText(bare).length)) };
}

/** The GraphQL result that carries a trade, as a server without GraphQL would have it ready. */
function resultText(trade: BenchTrade): string {
  return JSON.stringify({ data: { trades: trade } });
}

/** A message as long as the GraphQL servers' own, for servers that send one ready string to all. */
export function readyMessage(trade: BenchTrade): string {
  return `{"id":"00000000-0000-4000-8000-000000000000","type":"next","payload":${resultText(trade)}}`;
}

/** Now, by the clock that all processes of the machine share; 16 digits. */
function stamp(): string {
  return `${STAMP_BASE + Math.round(monotonicMicros())}`;
}

/** Microseconds since the stamp was made. */
export function ageMicros(text: string): number {
  return monotonicMicros() + STAMP_BASE - Number(text);
}

function selectionOf({ questions }: Workload, index: number): string {
  const question = index % questions;
  // An alias as long as the field's name: the payload keeps its size.
  const side = questions === 1 ? 'side' : `s_${`${question}`.padStart(2, '0')}: side`;
  return `tradeId symbol source price quantity ${side}`;
}

function thresholdOf({ distinct, matching }: Thresholds, index: number): string {
  if (distinct) return `${index + 1}`;
  return index < matching ? '1' : `${OUT_OF_REACH}`;
}
