import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Stands between a client and a server, as a network does: what passes can be cut. */
export class CuttableProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #target: URL;
  #accepting = true;
  #joined = 0;
  #passed = '';

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((near) => {
      if (!this.#accepting) {
        near.destroy();
        return;
      }
      this.#joined++;
      const far = createConnection(Number(this.#target.port), this.#target.hostname);
      near.pipe(far).pipe(near);
      far.on('data', (data: Buffer) => {
        this.#passed += data.toString();
      });
      for (const [socket, peer] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          this.#sockets.delete(socket);
          peer.destroy();
        });
      }
    });
  }

  /** Closed when the test ends. */
  static async to(url: string): Promise<CuttableProxy> {
    const proxy = new CuttableProxy(new URL(url));
    await new Promise<void>((resolve) => {
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    onTestFinished(() => {
      proxy.cut();
      return new Promise<void>((resolve) => {
        proxy.#server.close(() => resolve());
      });
    });
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
  }

  /** Connections made through it so far. */
  get joined(): number {
    return this.#joined;
  }

  /** What clients have been sent through it so far. */
  get passed(): string {
    return this.#passed;
  }

  /** Every connection is broken, without a word, and none gets through until `mend`. */
  cut(): void {
    this.#accepting = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Connections that stand pass nothing on any more, and are not told: a network that swallows. New ones get through. */
  freeze(): void {
    for (const socket of this.#sockets) {
      socket.unpipe();
      socket.pause();
    }
  }

  /** @param url where the server behind it is now, if it has come back at another port. */
  mend(url?: string): void {
    if (url !== undefined) this.#target = new URL(url);
    this.#accepting = true;
  }
}
