import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { startRedis } from './redis.ts';

/**
 * What a number of connections and deliveries takes, from what was measured: docs/SCALE.md is what this prints, with words.
 *
 *     npm run scale                                        # one million connections, ten million deliveries a second
 *     npm run scale -- --events 5000 --share 0.1           # processes that hear a tenth of the events
 *     npm run scale -- --measure-redis                     # what one message to one more subscriber costs Redis, on this machine
 */

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '1000000' },
    deliveries: { type: 'string', default: '10000000' },
    /** Events a second, of all topics that somebody listens to. */
    events: { type: 'string', default: '1000' },
    /** Deliveries that go out in one write to a socket. */
    gathered: { type: 'string', default: '1' },
    /** Different questions that an event is executed for in each process. */
    questions: { type: 'string', default: '3' },
    /** How busy a core may be. */
    busy: { type: 'string', default: '0.6' },
    /** Share of the events that a process needs, when it subscribes to parts of topics. 1: whole topics, as it is. */
    share: { type: 'string', default: '1' },
    'measure-redis': { type: 'boolean', default: false },
  },
});

/** Redis' own time for an event: one script that numbers, stores and sends (DESIGN of the bus), microseconds. */
const REDIS_EVENT_US = 6.8;

/** For each subscriber that it is sent to, microseconds: `--measure-redis`, the figure of docs/SCALE.md. */
const REDIS_SEND_US = 2.1;

interface Row {
  readonly name: string;
  readonly perSecond: number;
}

/** The rows of one run of one server: only those can be compared. */
function rowsOf(results: string, server: string): readonly Row[] {
  const [, run = ''] = results.split('### All rows, one round');
  return [...run.matchAll(/^\| ([a-z0-9-]+) +\| ([a-z.-]+) +\| +([\d,]+) \|/gm)].flatMap(
    ([, name = '', of, rate = '']) => (of === server ? [{ name, perSecond: Number(rate.replaceAll(',', '')) }] : []),
  );
}

/** Microseconds of a process: of a delivery's frame, of a write to a socket, of an execution. */
interface Costs {
  readonly frame: number;
  readonly write: number;
  readonly execution: number;
}

/** Deliveries in a burst, and sockets and questions of the rows that the costs are taken from. */
const BURST = 8;
const SOCKETS = 1_000;
const QUESTIONS = 100;

function costsOf(rows: readonly Row[]): Costs {
  const cost = (name: string) => {
    const row = rows.find((one) => one.name === name);
    if (!row) throw new Error(`bench/RESULTS.md has no row ${name}`);
    return 1_000_000 / row.perSecond;
  };
  const [single, burst] = [cost('singles-1000'), cost('bursts-1000')];
  const write = (single - burst) / (1 - 1 / BURST);
  // The two rows with many questions do not agree: what lies between them.
  const more = (cost('singles-questions') - single) * (cost('bursts-questions') - burst);
  const execution = (Math.sqrt(more) * SOCKETS) / (QUESTIONS - 1);
  return { frame: single - write - execution / SOCKETS, write, execution };
}

/** Microseconds of a delivery. */
function deliveryCost({ frame, write, execution }: Costs, gathered: number, executions: number): number {
  return frame + write / gathered + execution * executions;
}

/** What the model says of rows, beside what was measured: of the two with many questions its execution is the mean, of the others nothing is taken. */
const CHECKS: readonly { readonly row: string; readonly gathered: number; readonly executions: number }[] = [
  { row: 'singles-8000', gathered: 1, executions: 1 / 8_000 },
  { row: 'bursts-8000', gathered: BURST, executions: 1 / 8_000 },
  { row: 'singles-questions', gathered: 1, executions: QUESTIONS / SOCKETS },
  { row: 'bursts-questions', gathered: BURST, executions: QUESTIONS / SOCKETS },
  { row: 'singles-state', gathered: 1, executions: 1 / SOCKETS },
  { row: 'bursts-state', gathered: BURST, executions: 1 / SOCKETS },
  { row: 'singles-filter-10000', gathered: 1, executions: 1 / 10_000 },
  { row: 'singles-filters-10000', gathered: 1, executions: 1 / 10_000 },
];

function check(costs: Costs, rows: readonly Row[]): void {
  console.log('| row | measured/s | model/s | error |\n|---|--:|--:|--:|');
  const errors: number[] = [];
  for (const { row, gathered, executions } of CHECKS) {
    const measured = rows.find(({ name }) => name === row)?.perSecond;
    if (measured === undefined) continue;
    const modelled = 1_000_000 / deliveryCost(costs, gathered, executions);
    const error = modelled / measured - 1;
    errors.push(Math.abs(error));
    console.log(`| ${row} | ${count(measured)} | ${count(modelled)} | ${(100 * error).toFixed(0)} % |`);
  }
  const mean = errors.reduce((sum, one) => sum + one, 0) / errors.length;
  console.log(`\nmean error ${(100 * mean).toFixed(0)} %, largest ${(100 * Math.max(...errors)).toFixed(0)} %\n`);
}

function project(costs: Costs): void {
  const [connections, deliveries, events] = [
    Number(values.connections),
    Number(values.deliveries),
    Number(values.events),
  ];
  const [gathered, questions, busy, share] = [
    Number(values.gathered),
    Number(values.questions),
    Number(values.busy),
    Number(values.share),
  ];
  const perDelivery = deliveryCost(costs, gathered, 0);
  // Executions are a process's own: the more processes, the more of them.
  const executionsUs = events * share * questions * costs.execution;
  const left = busy * 1_000_000 - executionsUs;
  if (left <= 0)
    return console.log(
      `${count(events * share * questions)} executions a second in each process are ${(executionsUs / 1_000_000).toFixed(1)} cores: no number of processes is enough.`,
    );
  const byDeliveries = Math.ceil((deliveries * perDelivery) / left);
  const byConnections = Math.ceil(connections / 10_000);
  const processes = Math.max(byDeliveries, byConnections);
  const redisUs = events * (REDIS_EVENT_US + processes * share * REDIS_SEND_US);
  const redisAlone = busy * 1_000_000;
  const subscribers = Math.floor((redisAlone / events - REDIS_EVENT_US) / REDIS_SEND_US / share);
  console.log(
    `${count(connections)} connections, ${count(deliveries)} deliveries/s, ${count(events)} events/s, ${gathered} deliveries a write,`,
  );
  console.log(
    `${questions} questions a process and event, cores ${100 * busy} % busy, processes hear ${100 * share} % of the events:\n`,
  );
  console.log(
    `- a delivery: ${perDelivery.toFixed(1)} us of a process, of which ${(costs.write / gathered).toFixed(1)} are the write`,
  );
  console.log(`- executions: ${((executionsUs / 1_000_000) * 100).toFixed(0)} % of each process`);
  console.log(
    `- processes: ${processes} (${byDeliveries} for deliveries, ${byConnections} for connections), ${count((connections * 10.2) / 1_048_576)} GB for connections`,
  );
  console.log(
    `- Redis: ${(redisUs / 1_000_000).toFixed(1)} cores of sending; one server carries ${count(Math.max(0, subscribers))} processes`,
  );
  console.log(
    `- so ${redisUs <= redisAlone ? 'one Redis is enough' : `${Math.ceil(processes / Math.max(1, subscribers))} servers that send: replicas, or parts of the topics`}`,
  );
}

/** Redis' own processor time for one message to each of a number of subscribers. */
async function measureRedis(): Promise<void> {
  const server = await startRedis();
  if (!server) throw new Error('there is no redis-server here');
  const publisher = new Redis(server.url);
  const payload = 'x'.repeat(300);
  const used = async () => {
    const info = await publisher.info('cpu');
    return ['used_cpu_user', 'used_cpu_sys'].reduce(
      (sum, name) => sum + Number(new RegExp(`${name}:([\\d.]+)`).exec(info)?.[1]),
      0,
    );
  };
  const subscribers: Redis[] = [];
  const measured: number[] = [];
  for (const wanted of [0, 20, 60]) {
    while (subscribers.length < wanted) {
      const one = new Redis(server.url);
      await one.subscribe('live');
      subscribers.push(one);
    }
    const before = await used();
    const messages = 10_000;
    for (let sent = 0; sent < messages; sent += 10)
      await Promise.all(Array.from({ length: 10 }, () => publisher.publish('live', payload)));
    measured.push(((await used()) - before) * (1_000_000 / messages));
    console.log(`${wanted} subscribers: ${measured.at(-1)?.toFixed(1)} us a message`);
  }
  const [none = 0, , most = 0] = measured;
  console.log(`${((most - none) / 60).toFixed(2)} us for each subscriber`);
  for (const one of [publisher, ...subscribers]) one.disconnect();
  await server.stop();
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

if (values['measure-redis']) await measureRedis();
else {
  const rows = rowsOf(readFileSync(new URL('RESULTS.md', import.meta.url), 'utf8'), 'tidewire');
  const costs = costsOf(rows);
  console.log(
    `frame ${costs.frame.toFixed(2)} us, write ${costs.write.toFixed(2)} us, execution ${costs.execution.toFixed(1)} us\n`,
  );
  check(costs, rows);
  project(costs);
}
