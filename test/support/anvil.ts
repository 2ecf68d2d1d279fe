import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createTestClient, http, publicActions, walletActions } from 'viem';

/** A real EVM node of a test's own. */
export interface Anvil {
  readonly port: number;
  readonly httpUrl: string;
  readonly wsUrl: string;
  readonly client: ReturnType<typeof clientOf>;
  stop(): Promise<void>;
}

const require = createRequire(import.meta.url);

/** The program of this machine; null where the package has none for it. */
function program(): string | null {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  try {
    const manifest = require.resolve(`@foundry-rs/anvil-${process.platform}-${arch}/package.json`);
    return join(dirname(manifest), 'bin', 'anvil');
  } catch {
    return null;
  }
}

/** Why tests on a real node may be skipped. */
export const HAS_ANVIL = program() !== null;

/** @param port one that was used before, to come back as the same node after a fall; 0 for any. */
export async function startAnvil(chainId: number, port = 0, more: readonly string[] = []): Promise<Anvil> {
  const child = spawn(program() ?? '', ['--port', String(port), '--chain-id', String(chainId), ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const taken = await new Promise<number>((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer) => {
      text += chunk.toString();
      const found = /Listening on [\d.]+:(\d+)/.exec(text)?.[1];
      if (found !== undefined) resolve(Number(found));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`anvil ended: ${text.slice(-500)}`)));
  });
  const httpUrl = `http://127.0.0.1:${taken}`;
  return {
    port: taken,
    httpUrl,
    wsUrl: `ws://127.0.0.1:${taken}`,
    client: clientOf(httpUrl),
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function clientOf(url: string) {
  return createTestClient({ mode: 'anvil', transport: http(url), pollingInterval: 20 })
    .extend(publicActions)
    .extend(walletActions);
}
