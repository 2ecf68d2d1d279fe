import { beforeEach, expect, test } from 'vitest';
import { topics } from '../../src/bus/topics.ts';
import { ArchiveWriter } from '../../src/store/archive/archive-writer.ts';
import { EventPublisher } from '../../src/workers/event-publisher.ts';
import { FailureLog } from '../../src/workers/failure-log.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { funding } from '../support/market.ts';
import { freshDatabase } from '../support/postgres.ts';
import { eventually, noDatabase, silentLog } from '../support/server.ts';
import { RecordingBus } from './recording-bus.ts';

const clock = new FakeClock();
let bus: RecordingBus;

beforeEach(() => {
  bus = new RecordingBus();
});

const published = () => bus.of(topics.fundingRates.name).length;
const publisher = (archive: ArchiveWriter | null) =>
  new EventPublisher(bus, archive, new FailureLog('refused', clock, silentLog));

test('an event that an earlier life has told is not told again, another is', async () => {
  const database = await freshDatabase();
  const first = new ArchiveWriter(database, clock, silentLog);
  publisher(first).publish(topics.fundingRates, funding('A', 1));
  await eventually('it is published', () => published() === 1);
  await first.close();
  // A new process, on a bus that has forgotten.
  const second = new ArchiveWriter(database, clock, silentLog);
  expect(await second.holds(topics.fundingRates, funding('A', 1))).toBe(true);
  const again = publisher(second);
  for (const event of [funding('A', 1), funding('A', 2), funding('B', 1)])
    again.publishUnlessKept(topics.fundingRates, event);
  await eventually('the others are published', () => published() === 3);
  expect(bus.of(topics.fundingRates.name).map(({ key }) => key)).toEqual(['A', 'A', 'B']);
  await second.close();
});

test('an event is told where there is no archive, or none that answers', async () => {
  publisher(null).publishUnlessKept(topics.fundingRates, funding('A', 1));
  expect(published()).toBe(1);
  publisher(new ArchiveWriter(noDatabase, clock, silentLog)).publishUnlessKept(topics.fundingRates, funding('A', 2));
  await eventually('it is published', () => published() === 2);
});
