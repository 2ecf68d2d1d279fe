import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { pinned } from './child.ts';
import { NODE_22 } from './node-22.ts';

const PEERS = [
  ...['graphql', 'graphql-yoga', 'graphql-ws', 'ws', 'graphql-redis-subscriptions', 'ioredis', 'mercurius'],
  ...['mqemitter-redis', 'fastify', 'socket.io', '@socket.io/redis-adapter', 'uws-pack'],
];

/** What the figures were measured on and with, a line each. */
export function machine(): string {
  const [first] = cpus();
  const peers = PEERS.map((name) => `${name} ${versionOf(name)}`);
  const redis = /v=(\S+)/.exec(printed('redis-server', ['--version']))?.[1] ?? 'none';
  const load = loadavg()
    .map((value) => value.toFixed(2))
    .join(' ');
  return [
    `${new Date().toISOString().slice(0, 16)}Z, ${first?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${type()} ${release()}`,
    `Node ${process.version}${existsSync(NODE_22) ? `, for uws ${printed(NODE_22.pathname, ['--version']).trim()}` : ''}, Redis ${redis}`,
    peers.join(', '),
    pinned()
      ? `servers on core 0, load and Redis on core 1; load average at the start ${load}`
      : `processes are NOT kept on cores of their own here; load average at the start ${load}`,
  ].join('\n');
}

function versionOf(name: string): string {
  const file = new URL(`node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}

function printed(command: string, args: readonly string[]): string {
  return spawnSync(command, args, { encoding: 'utf8' }).stdout ?? '';
}
