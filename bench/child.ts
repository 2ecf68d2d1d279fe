import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Cores of their own for the server and for what loads it: neither is scheduled on the other's. */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

/** Longest wait for an answer, milliseconds: a benchmark that hangs must end. */
const ANSWER_MS = 180_000;

/** Longest wait for a process to be there, milliseconds. */
const START_MS = 20_000;

/** Wait for a process to end by itself, milliseconds. */
const STOP_MS = 5_000;

const canPin = availableParallelism() > 1 && spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;

/** Whether processes are kept on cores of their own here. */
export function pinned(): boolean {
  return canPin;
}

/** `command` on one core where this machine can do that. */
export function onCore(core: number, command: string, args: readonly string[]): [string, string[]] {
  return canPin ? ['taskset', ['-c', `${core}`, command, ...args]] : [command, [...args]];
}

/** Node flags of every process that is measured: those of `npm start`, and the means to collect before memory is read. */
const NODE_FLAGS = ['--max-semi-space-size=16', '--expose-gc', '--disable-warning=ExperimentalWarning'];

export interface ChildOptions {
  readonly core: number;
  readonly file: URL;
  /** Handed over as JSON. */
  readonly argument: unknown;
  /** Path of another Node than this one. */
  readonly node?: string;
  readonly flags?: readonly string[];
}

interface Answer {
  readonly number: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** A process of the benchmark, asked over the channel that Node gives parent and child. */
export class Child {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  #asked = 0;

  private constructor({ core, file, argument, node = process.execPath, flags = [] }: ChildOptions) {
    const nodeArgs = [...NODE_FLAGS, ...flags, file.pathname, JSON.stringify(argument)];
    const [command, args] = onCore(core, node, nodeArgs);
    // Its standard output goes to ours for errors: the table alone is printed on standard output.
    this.#process = spawn(command, args, { stdio: ['ignore', 2, 2, 'ipc'] });
    this.#process.on('message', (answer: Answer) => this.#answered(answer));
    const gone = (how: string) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${file.pathname} ended: ${how}`));
      this.#waiting.clear();
    };
    this.#process.once('exit', (code, signal) => gone(signal ?? `exit code ${code}`));
    this.#process.once('error', (error) => gone(error.message));
  }

  /** Resolves when it answers. */
  static async start(options: ChildOptions): Promise<Child> {
    const child = new Child(options);
    await child.#wait(0, START_MS);
    return child;
  }

  ask<R>(name: string, request: unknown = {}): Promise<R> {
    const number = ++this.#asked;
    const answer = this.#wait<R>(number, ANSWER_MS);
    this.#process.send({ number, name, request });
    return answer;
  }

  /** Resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => this.#process.once('exit', () => resolve()));
    // It ends by itself when the channel does: a profile that was asked for is then written.
    this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(timer);
  }

  #wait<R>(number: number, limitMs: number): Promise<R> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(number);
        reject(new Error(`no answer within ${limitMs} ms`));
      }, limitMs);
      const settle = (then: () => void) => {
        clearTimeout(timer);
        then();
      };
      this.#waiting.set(number, {
        resolve: (result) => settle(() => resolve(result)),
        reject: (error) => settle(() => reject(error)),
      });
    });
  }

  #answered({ number, result, error }: Answer): void {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (error === undefined) waiting?.resolve(result as never);
    else waiting?.reject(new Error(error));
  }
}
