import { createConnection, createServer, type Server, type Socket } from 'node:net';

/**
 * A narrow network between a server and its readers. It takes whatever the server sends, at once, so that what lies in no
 * kernel is counted here; and passes on only so many bytes as it is allowed. What readers send is passed on at once.
 */
export class ThrottledProxy {
  readonly #server: Server;
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  /** What waits, oldest first. */
  #waiting: { readonly near: Socket; readonly bytes: Buffer }[] = [];
  #credit = 0;
  #received = 0;
  #passed = 0;

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((near) => this.#join(near));
  }

  static async to(url: string): Promise<ThrottledProxy> {
    const proxy = new ThrottledProxy(new URL(url));
    await new Promise<void>((resolve) => {
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
  }

  /** Bytes that the server has sent, ever. */
  get received(): number {
    return this.#received;
  }

  /** Bytes that have been passed on to the readers, ever. */
  get passed(): number {
    return this.#passed;
  }

  /** Bytes that the server has sent and no reader has got. */
  get held(): number {
    return this.#received - this.#passed;
  }

  /** So many more bytes may pass, now or as they come. */
  allow(bytes: number): void {
    this.#credit += bytes;
    this.#pass();
  }

  /** What was allowed and not used is lost: a network does not save up. */
  forfeit(): void {
    this.#credit = 0;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #join(near: Socket): void {
    const far = createConnection(Number(this.#target.port), this.#target.hostname);
    near.on('data', (data) => far.write(data));
    far.on('data', (bytes: Buffer) => {
      this.#received += bytes.length;
      this.#waiting.push({ near, bytes });
      this.#pass();
    });
    for (const [socket, peer] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        peer.destroy();
      });
    }
  }

  #pass(): void {
    while (this.#credit > 0) {
      const first = this.#waiting.shift();
      if (!first) return;
      const { near, bytes } = first;
      const now = bytes.subarray(0, this.#credit);
      if (now.length < bytes.length) this.#waiting.unshift({ near, bytes: bytes.subarray(now.length) });
      this.#credit -= now.length;
      this.#passed += now.length;
      near.write(now);
    }
  }
}
