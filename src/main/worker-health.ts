import { createServer, type ServerResponse } from 'node:http';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Bus } from '../bus/bus.ts';
import { background } from '../lib/background.ts';
import { openRequest } from '../server/requests.ts';
import type { Database } from '../store/database.ts';
import type { Parts } from './parts.ts';
import type { OngoingWork } from './work.ts';

interface WorkerHealthServices extends Parts {
  readonly work: OngoingWork;
  readonly bus: Bus;
  readonly database: Database;
}

/** A request that takes longer than this to arrive is cut, milliseconds: whoever may ask here asks in one packet. */
const REQUEST_MS = 5_000;

/**
 * Answers for whoever runs a worker, on WORKER_PORT. Ready means that it can take work and be heard; one that holds no lease is ready as well.
 * Resolves when it listens, to what ends it.
 */
export async function serveWorkerHealth(services: WorkerHealthServices): Promise<() => Promise<void>> {
  const { WORKER_PORT: port, HOST: host } = services.config;
  if (port === undefined) return async () => undefined;
  const registry = registryOf(services);
  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }, (request, response) => {
    openRequest(request, response, services);
    background('answer a supervisor', answer(request.url ?? '/', response, services, registry), services.log);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  services.log.info({ address: server.address() }, 'worker health is served');
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}

async function answer(
  url: string,
  response: ServerResponse,
  services: WorkerHealthServices,
  registry: Registry,
): Promise<void> {
  const [path] = url.split('?');
  if (path === '/metrics') {
    const text = await registry.metrics();
    response.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' }).end(text);
    return;
  }
  const reasons = services.bus.state() === 'ready' ? [] : ['bus: the event store does not answer'];
  if (path === '/health/live') send(response, 200, { status: 'live' });
  else if (path === '/health/ready')
    send(response, reasons.length === 0 ? 200 : 503, { status: reasons.length === 0 ? 'ready' : 'not ready', reasons });
  else if (path === '/status') send(response, 200, statusOf(services));
  else send(response, 404, { status: 'there is /health/live, /health/ready, /status and /metrics' });
}

function statusOf({ work, bus, clock }: WorkerHealthServices) {
  const now = clock.now();
  return {
    bus: bus.state(),
    memory: process.memoryUsage.rss(),
    leases: [...work.pieces].map(([lease, workers]) => ({
      lease,
      components: workers.map((worker) => {
        const { lastUpdate, startedAt, ...rest } = worker.health();
        return {
          ...rest,
          startedAt: new Date(startedAt).toISOString(),
          lastUpdate: lastUpdate === null ? null : new Date(lastUpdate).toISOString(),
          lagMs: lastUpdate === null ? null : Math.max(0, now - lastUpdate),
        };
      }),
    })),
  };
}

function registryOf({ work, bus, database, clock }: WorkerHealthServices): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, labelNames: string[], collect: (gauge: Gauge) => void | Promise<void>) =>
    new Gauge({
      name: `tidewire_${name}`,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        return collect(this);
      },
    });
  const components = () => [...work.pieces.values()].flatMap((workers) => workers.map((worker) => worker.health()));
  gauge('lease_held', '1 for each piece of work that this process does.', ['lease'], (one) => {
    for (const lease of work.pieces.keys()) one.set({ lease }, 1);
  });
  gauge(
    'worker_component_age_seconds',
    'Since a component of this process last heard something.',
    ['component'],
    (one) => {
      for (const { name, lastUpdate } of components())
        if (lastUpdate !== null) one.set({ component: name }, Math.max(0, clock.now() - lastUpdate) / 1_000);
    },
  );
  gauge('worker_component_errors', 'Errors since a component of this process started.', ['component'], (one) => {
    for (const { name, errorCount } of components()) one.set({ component: name }, errorCount);
  });
  gauge('bus_ready', '1 while the event store answers.', [], (one) => one.set(bus.state() === 'ready' ? 1 : 0));
  gauge('postgres_seconds', 'One read of the database; 5 when it does not answer.', [], async (one) => {
    const began = performance.now();
    const away = await database
      .run((client) => client.$queryRaw`SELECT 1`)
      .then(
        () => false,
        () => true,
      );
    one.set(away ? 5 : (performance.now() - began) / 1_000);
  });
  return registry;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}
