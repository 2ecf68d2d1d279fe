import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Delivery } from '../cohorts/delivery.ts';
import { background } from '../lib/background.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { SystemHealth } from '../model/component.ts';
import type { EventStreams } from './event-streams.ts';
import type { Refusals } from './limits/refusals.ts';
import type { Metrics, Siblings } from './metrics.ts';
import { openRequest } from './requests.ts';
import type { WebSockets } from './websocket.ts';

export interface HealthServices {
  readonly health: () => SystemHealth;
  readonly delivery: Pick<Delivery<object>, 'counters' | 'questions' | 'subscriptions'>;
  readonly webSockets: WebSockets;
  readonly eventStreams: EventStreams;
  readonly refusals: Refusals;
  readonly isDraining: () => boolean;
  readonly metrics: Metrics;
  readonly siblings: Siblings | null;
  readonly clock: Clock;
  readonly log: Log;
}

const ANSWERS: Readonly<Record<string, (response: ServerResponse, services: HealthServices) => void>> = {
  '/health/live': (response) => send(response, 200, { status: 'live' }),
  '/health/ready': (response, services) => {
    const { ready, reasons, degraded } = readiness(services);
    send(response, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', reasons, degraded });
  },
  '/status': (response, services) => send(response, 200, statusOf(services)),
  '/metrics': (response, services) => background('scrape', scraped(response, services), services.log),
};

/** Answers for whoever runs this: a load balancer, a supervisor, a person with curl. False for a path that is not its. */
export function answerHealth(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  services: HealthServices,
): boolean {
  const answer = Object.hasOwn(ANSWERS, path) ? ANSWERS[path] : undefined;
  if (!answer) return false;
  openRequest(request, response, services);
  answer(response, services);
  return true;
}

async function scraped(response: ServerResponse, { metrics, clock }: HealthServices): Promise<void> {
  const text = await metrics.text(clock.now());
  response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' }).end(text);
}

/**
 * Ready means that sending clients here makes sense. A venue that is down is told but takes no server out: every other
 * server lacks it too, and they would all be taken out at once.
 */
function readiness({ health, isDraining }: HealthServices) {
  const { components } = health();
  const unwell = components
    .filter(({ status }) => status !== 'HEALTHY')
    .map(({ name, message }) => `${name}: ${message}`);
  const reasons = isDraining() ? ['draining'] : unwell.filter((reason) => reason.startsWith('bus:'));
  return { ready: reasons.length === 0, reasons, degraded: unwell.filter((reason) => !reasons.includes(reason)) };
}

function statusOf({ health, delivery, webSockets, eventStreams, refusals, siblings }: HealthServices) {
  const { status, message, components, timestamp } = health();
  return {
    status,
    message,
    // Of several that share a port, the one that has answered: what follows is its alone.
    ...(siblings && { process: siblings.number }),
    connections: webSockets.connections,
    streams: eventStreams.streams,
    subscriptions: webSockets.subscriptions + eventStreams.streams,
    subscriptionsByTopic: delivery.subscriptions.report(),
    questions: delivery.questions,
    delivery: { ...delivery.counters, joinMs: undefined },
    refused: { ...webSockets.refused.report(), ...refusals.report() },
    memory: process.memoryUsage.rss(),
    components: components.map(({ startedAt, lastUpdate, reportedAt, ...rest }) => ({
      ...rest,
      // Since it last did what it is for: of a feed, since it last heard something.
      lagMs: lastUpdate === null ? null : Math.max(0, timestamp - lastUpdate),
      startedAt: new Date(startedAt).toISOString(),
      lastUpdate: lastUpdate === null ? null : new Date(lastUpdate).toISOString(),
      reportedAt: new Date(reportedAt).toISOString(),
    })),
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}
