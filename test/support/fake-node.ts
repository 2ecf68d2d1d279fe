import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

const hash = (number: number, fork: string) => `0x${number.toString(16).padStart(8, '0')}${fork.repeat(56)}`;

type Answer = (method: string, params: readonly unknown[]) => unknown;

/** An answer that never comes. */
export const NEVER = Symbol('never');

/** An HTTP status, instead of an answer. */
export class HttpStatus {
  readonly status: number;
  constructor(status: number) {
    this.status = status;
  }
}

/** A refusal in JSON-RPC. */
export class Refusal {
  readonly code: number;
  readonly message: string;
  constructor(code: number, message: string) {
    this.code = code;
    this.message = message;
  }
}

/**
 * What stands for a node where a real one would have to be broken: a chain of empty blocks whose answers a test replaces
 * one method at a time.
 */
export class FakeNode {
  readonly #server: Server;
  readonly overrides = new Map<string, Answer>();
  readonly asked: string[] = [];
  /** Letters 0-9a-f that tell apart blocks of one number. */
  fork = 'a';
  /** Block from which on the fork is the chain's. */
  forkedAt = 0;
  head = 100;
  /** Times of blocks are so many seconds apart from this, seconds. */
  bornAt = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => this.#answer(request, response, body));
    });
  }

  static async start(): Promise<FakeNode> {
    const node = new FakeNode();
    await new Promise<void>((resolve) => {
      node.#server.listen(0, '127.0.0.1', resolve);
    });
    onTestFinished(() => {
      node.#server.closeAllConnections();
      return new Promise<void>((resolve) => {
        node.#server.close(() => resolve());
      });
    });
    return node;
  }

  /** With a key, as providers have it. */
  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}/v2/secret-key`;
  }

  hash(number: number): string {
    return hash(number, number >= this.forkedAt ? this.fork : 'a');
  }

  block(number: number): unknown {
    if (number > this.head) return null;
    return {
      number: `0x${number.toString(16)}`,
      hash: this.hash(number),
      parentHash: this.hash(number - 1),
      timestamp: `0x${(this.bornAt + number).toString(16)}`,
    };
  }

  #answer(_request: IncomingMessage, response: ServerResponse, body: string): void {
    const { id, method, params } = JSON.parse(body) as {
      readonly id: number;
      readonly method: string;
      readonly params: readonly unknown[];
    };
    this.asked.push(method);
    const result = (this.overrides.get(method) ?? ((name, given) => this.#usual(name, given)))(method, params);
    if (result === NEVER) return;
    if (result instanceof HttpStatus) {
      response.writeHead(result.status).end();
      return;
    }
    const said = result instanceof Refusal ? { error: { code: result.code, message: result.message } } : { result };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, ...said }));
  }

  #usual(method: string, [first]: readonly unknown[]): unknown {
    switch (method) {
      case 'eth_chainId':
        return '0x38';
      case 'eth_gasPrice':
        return '0x3b9aca00';
      case 'eth_getBlockByNumber':
        return this.block(first === 'latest' ? this.head : Number(first));
      case 'eth_getBlockReceipts':
        return [];
      default:
        return new Refusal(-32_601, `the method ${method} does not exist`);
    }
  }
}
