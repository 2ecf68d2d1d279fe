import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** What `npm start` promises where the dashboard is built: it serves within this of being called. */
const READY_WITHIN_MS = 30_000;

/** Longer than any drain: whoever is still there then will not end by itself. */
const ENDS_WITHIN_MS = 30_000;

/** Between two looks at a server that is starting; a refused connection costs nothing. */
const LOOK_EVERY_MS = 50;

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** How long it may take to serve, milliseconds; left out: what `npm start` promises. */
  readonly readyWithinMs?: number;
  /** Where it serves; left out: a free one. */
  readonly port?: number;
}

export interface StartedServer {
  readonly url: string;
  readonly port: number;
  /** From the start of the command to the first 200 of /health/ready, milliseconds. */
  readonly readyAfterMs: number;
  /** SIGTERM to the command alone, as a supervisor does. Throws unless it ends with code 0 and frees its port. */
  terminate(): Promise<void>;
  /** SIGKILL to the command and all that it started. */
  kill(): Promise<void>;
}

/** @throws Error with the end of the output when the command ends, or is not ready in time; nothing is left running. */
export async function startServer(command: Command): Promise<StartedServer> {
  const port = command.port ?? (await freePort());
  const readyWithinMs = command.readyWithinMs ?? READY_WITHIN_MS;
  const startedAt = performance.now();
  // A process group of its own: killing it reaches the server behind npm and its shell, and nobody else.
  const child = spawn(command.file, command.args, {
    cwd: command.cwd,
    env: { ...command.env, PORT: String(port), HOST: '127.0.0.1' },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-4_000);
    });
  let ended: string | undefined;
  const exit = once(child, 'exit').then(([code, signal]) => {
    ended = signal === null ? `code ${code}` : `${signal}`;
    return ended;
  });

  const kill = async (): Promise<void> => {
    if (child.pid !== undefined) killGroup(child.pid);
    await exit;
  };
  const terminate = async (): Promise<void> => {
    child.kill('SIGTERM');
    const end = await Promise.race([exit, pause(ENDS_WITHIN_MS, undefined, { ref: false })]);
    const serving = await isReady(port);
    await kill();
    if (end !== 'code 0') throw new Error(`SIGTERM ended it with ${end ?? 'nothing'}\n${output}`);
    if (serving) throw new Error('the command ended on SIGTERM, the server behind it still serves');
  };

  while (!(await isReady(port))) {
    const late = performance.now() - startedAt > readyWithinMs;
    if (ended !== undefined || late) {
      await kill();
      throw new Error(`${late ? `not ready within ${readyWithinMs} ms` : `ended with ${ended}`}\n${output}`);
    }
    await pause(LOOK_EVERY_MS);
  }
  const readyAfterMs = Math.round(performance.now() - startedAt);
  return { url: `http://127.0.0.1:${port}`, port, readyAfterMs, terminate, kill };
}

async function isReady(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

/** A port that nobody has just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

/** A group whose last process has ended cannot be found any more: that is what was wanted. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    return;
  }
}
